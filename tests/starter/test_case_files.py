"""The files people write: what YAML would make of them, and what is made of them here."""

import re
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from starter.case_files import EXAMPLE, BadFile, CaseDocument, move, read_file, section
from starter.demo import LEAD, weeks_to_a_coming_year

NORWAY = """
directory:
  organisations:
    - {id: vestland, name: Vestland, city: Bergen, region: V, country: NO, zone: Europe/Oslo}
  people: []
"""
AGENDA = """
agenda:
  - {day: 2026-05-05, starts: 9:30, ends: 14:00, title: 2026, place: Yes}
"""


def _read(folder: Path, text: str) -> CaseDocument:
    file = folder / "case.yaml"
    file.write_text(text, "utf-8")
    return read_file(file)


def test_the_example_can_be_read() -> None:
    document = read_file(EXAMPLE)

    assert document.request is not None
    assert document.request.first_day == date(2026, 5, 5)
    # They are no part of a case, and have examples of their own.
    missing = [name for name in CaseDocument.model_fields if not getattr(document, name)]
    assert missing == ["event", "application"]
    assert read_file(EXAMPLE.with_name("autumn-meeting.yaml")).event is not None
    assert read_file(EXAMPLE.with_name("girona-joins-2027.yaml")).application is not None


def test_norway_is_a_country(tmp_path: Path) -> None:
    directory = section(_read(tmp_path, NORWAY).directory, "directory", tmp_path)

    assert directory.organisations[0].country == "NO"


def test_a_time_without_quotation_marks_is_a_time(tmp_path: Path) -> None:
    [session] = section(_read(tmp_path, AGENDA.replace("9:30", "09:30")).agenda, "agenda", tmp_path)

    assert (session.starts, session.ends) == (time(9, 30), time(14))
    assert (session.title, session.place) == ("2026", "Yes")


def test_a_time_without_its_zero_is_asked_for_again(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"'agenda > 1 > starts' should be a time such as 09:30"):
        _read(tmp_path, AGENDA)


def test_a_word_that_stands_twice_in_one_section_is_a_slip(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"'seen' stands there twice, line 4: correct it there"):
        _read(tmp_path, "follow_up:\n  stated_days: 3\n  seen: a\n  seen: b\n  adapted: c\n")


def test_a_section_left_empty_is_not_there(tmp_path: Path) -> None:
    document = _read(tmp_path, "agenda:\nfollow_up: ~\n")

    with pytest.raises(BadFile, match="has no section 'agenda:'"):
        section(document.agenda, "agenda", tmp_path / "case.yaml")
    assert document.follow_up is None


def test_several_mistakes_are_counted_and_the_first_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"'follow_up > stated_days' is missing: add it \(and 2 more"):
        _read(tmp_path, "follow_up: {}\n")


@pytest.mark.parametrize("weeks", [0, 1, 52, 104])
def test_all_dates_move_by_the_same_weeks_and_stay_on_their_weekday(weeks: int) -> None:
    document = read_file(EXAMPLE)

    later = move(document, weeks)

    assert document.request is not None
    assert later.request is not None
    for name in ("first_day", "last_day"):
        moved = getattr(later.request, name) - getattr(document.request, name)
        assert moved == timedelta(weeks=weeks)
    days = [session.day for session in document.agenda or ()]
    moved_days = [session.day for session in later.agenda or ()]
    assert moved_days == [day + timedelta(weeks=weeks) for day in days]
    assert [day.weekday() for day in moved_days] == [day.weekday() for day in days]
    assert (
        later.model_copy(update={"request": document.request, "agenda": document.agenda})
        == document
    )


def test_a_file_without_dates_moves_nowhere() -> None:
    assert move(CaseDocument(), 52) == CaseDocument()
    assert weeks_to_a_coming_year(CaseDocument(), date(2026, 1, 1)) == 0


@pytest.mark.parametrize(
    ("today", "weeks"),
    [
        (date(2026, 1, 1), 0),
        (date(2026, 5, 5) - LEAD, 0),
        (date(2026, 5, 5) - LEAD + timedelta(days=1), 52),
        (date(2026, 11, 24), 52),
        (date(2028, 6, 1), 156),
    ],
)
def test_the_demo_moves_by_whole_years_until_there_is_time_for_the_story(
    today: date, weeks: int
) -> None:
    document = read_file(EXAMPLE)

    assert weeks_to_a_coming_year(document, today) == weeks

    later = move(document, weeks).request
    assert later is not None
    assert later.first_day >= today + LEAD


def test_the_example_moved_as_the_readme_says_lies_on_working_days() -> None:
    readme = (EXAMPLE.parents[1] / "README.md").read_text("utf-8")
    [(given, moved)] = re.findall(r"^sed 's/([\d-]+)/([\d-]+)/' ", readme, re.MULTILINE)
    text = EXAMPLE.read_text("utf-8").replace(given, moved)

    days = {date.fromisoformat(day) for day in re.findall(rf"{moved}\d", text)}

    assert [f"{day:%A}" for day in sorted(days)] == ["Tuesday", "Wednesday", "Thursday"]
    assert f"{min(days).day}-{max(days):%-d %B %Y}, Tuesday to Thursday" in readme


def test_the_readme_speaks_of_one_reference_with_the_year_of_asking() -> None:
    readme = (EXAMPLE.parents[1] / "README.md").read_text("utf-8")
    [asked_in] = re.findall(r"asked on \d+ \w+ (\d{4})", readme)

    assert set(re.findall(r"\bM-\d{4}-\d+\b", readme)) == {f"M-{asked_in}-0001"}
