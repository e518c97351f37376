"""Letters in words: every one of them, to its real event, and with hostile words in it."""

import dataclasses
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from email.message import EmailMessage
from html.parser import HTMLParser
from importlib import resources

import pytest

from domain.asking import ask_next_host
from domain.deadlines import MEANINGS, Asked
from domain.events import InstalmentFellDue, MobilityEnded, Outcome
from domain.joining import ApplicationPurpose
from domain.letters import LETTER_OF, Purpose
from domain.people import Language
from mail.compose import compose
from mail.context import LetterContext
from mail.envelope import envelope_of
from mail.gathered import FOLDER
from mail.letters import OWN_FACTS
from mail.letters.grant_decided import grant_decided
from mail.letters.instalment_due import instalment_due
from mail.message import as_message, message_id_of
from mail.wording import Composed
from tests.builders import first_with_room
from tests.mail.journeys import (
    ANA,
    BERGEN,
    BORAS,
    EMELIE,
    FRIDA,
    OFFICE,
    Journey,
    Told,
    every_letter,
)
from tests.mail.reading import read_message

SENDER = "Mobility engine <mobility@example.org>"
LETTERS = every_letter()
FEBRUARY = datetime(2026, 2, 2, 9, tzinfo=UTC)


def name_of(letter: LetterContext) -> str:
    return f"{letter.order.purpose}-{letter.order.event}-{letter.order.to}-{letter.order.ordinal}"


LetterTest = Callable[[LetterContext], None]


def of_every(letters: Iterable[LetterContext]) -> Callable[[LetterTest], Callable[[], None]]:
    """The same test of each of these letters, one after another; what fails says of which."""

    def all_of_them(test: LetterTest) -> Callable[[], None]:
        def run() -> None:
            for letter in letters:
                try:
                    test(letter)
                except AssertionError as failure:
                    failure.add_note(f"The letter is {name_of(letter)}.")
                    raise

        return run

    return all_of_them


every = of_every(LETTERS)


def written(letter: LetterContext) -> Composed:
    return compose(letter, sender=SENDER)


def as_sent(letter: LetterContext, date: datetime = FEBRUARY) -> EmailMessage:
    """The letter as a mail program reads it."""
    return read_message(letter, written(letter), sender=SENDER, date=date)


def find(purpose: Purpose, to: str, *, ordinal: int = 0, nth: int = 0) -> LetterContext:
    found = [
        letter for letter in LETTERS
        if (letter.order.purpose, letter.order.to) == (purpose, to)
        and bool(letter.order.ordinal) == bool(ordinal)
    ]  # fmt: skip
    return found[nth]


def ended_as(outcome: Outcome) -> list[LetterContext]:
    return [
        letter for letter in LETTERS
        if isinstance(event := letter.event, MobilityEnded) and event.outcome is outcome
    ]  # fmt: skip


class Page(HTMLParser):
    """What a browser would make of a letter: its elements, addresses and words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words += data


ELEMENTS = {
    "html", "head", "meta", "title", "body", "table", "tr", "td", "p", "ul", "ol", "li", "pre",
    "code", "blockquote", "a", "hr", "br", "strong",
}  # fmt: skip


def test_every_purpose_has_a_folder_and_every_folder_a_purpose() -> None:
    letters = resources.files("mail") / "letters"
    folders = {f.name: f for f in letters.iterdir() if f.is_dir() and f.name != "__pycache__"}

    assert folders.keys() == {*Purpose, *ApplicationPurpose, FOLDER}
    for folder in folders.values():
        assert {f.name for f in folder.iterdir()} == {"subject.txt", "body.md"}


def test_facts_of_one_letter_stand_beside_its_folder_under_its_name() -> None:
    letters = resources.files("mail") / "letters"
    modules = {f.name.removesuffix(".py") for f in letters.iterdir() if f.name.endswith(".py")}
    named = {purpose.value.replace("-", "_") for purpose in OWN_FACTS}

    assert named == modules - {"__init__"}
    for purpose, facts in OWN_FACTS.items():
        assert facts.__name__ == purpose.value.replace("-", "_")


def test_journeys_write_every_letter_and_remind_of_every_question() -> None:
    first = {letter.order.purpose for letter in LETTERS if not letter.is_reminder}
    reminders = {letter.order.purpose for letter in LETTERS if letter.is_reminder}

    assert first == set(Purpose)
    assert reminders == set(LETTER_OF.values())


@every
def test_letter_says_everything_it_sets_out_to_say(letter: LetterContext) -> None:
    composed = written(letter)

    for part in (composed.subject, composed.text, composed.html):
        assert "None" not in part
        assert "{{" not in part
        assert "{%" not in part
        assert "domain." not in part
    assert composed.text.startswith(f"Dear {letter.recipient.name},\n\n")
    assert composed.subject.endswith("(M-2026-0001)")
    assert "\n\n\n" not in composed.text


@every
def test_plain_text_is_laid_out_for_reading(letter: LetterContext) -> None:
    for line in written(letter).text.splitlines():
        assert "\\" not in line
        assert line.startswith("    ") or len(line) <= 76
        # A sentence that runs into the next one is a line break lost in a template.
        assert not re.search(r"[a-z]{2}[.;][A-Z]", line)


@every
def test_html_holds_nothing_but_text(letter: LetterContext) -> None:
    page = Page(written(letter).html)

    assert page.elements <= ELEMENTS
    assert all(value.startswith("mailto:") for name, value in page.attributes if name == "href")
    assert not [name for name, _ in page.attributes if name in {"src", "background"}]
    assert "url(" not in written(letter).html


@every
def test_letter_says_whom_to_ask_and_which_mobility_it_is(letter: LetterContext) -> None:
    text = written(letter).text

    footer = text[text.index("\n---\n") :]
    assert ("M-2026-0001" in footer) is letter.is_about_it
    assert letter.contact.name in " ".join(text.split())
    assert f"<{letter.contact.email}>" in text


@every
def test_letter_tells_no_evaluation(letter: LetterContext) -> None:
    composed = written(letter)

    assert "SECRET" not in composed.text + composed.html


@every
def test_question_comes_with_its_day_what_silence_means_and_the_command(
    letter: LetterContext,
) -> None:
    asked = letter.order.while_asked
    if asked is None:
        assert not letter.deadline
        return
    text = " ".join(written(letter).text.split())

    assert letter.deadline in text
    assert MEANINGS[asked].silence in text
    assert f"--as {letter.recipient.email}" in text
    assert any(f"mobility {verb} M-2026-0001" in text for verb in COMMANDS[asked])


COMMANDS = {
    Asked.PLACE: ("accept", "decline"),
    Asked.OTHER_DATES: ("accept-dates", "decline-dates"),
    Asked.FREE_PLACE: ("move", "cancel"),
    Asked.SIGNATURES: ("sign",),
    Asked.GRANT_DECISION: ("award",),
    Asked.INSTALMENT: ("pay",),
    Asked.AGENDA: ("put-agenda",),
    Asked.AGENDA_CHANGE: ("accept-agenda", "return-agenda"),
    Asked.AGENDA_ACCEPTANCE: ("accept-agenda",),
    Asked.ATTENDANCE: ("attend",),
    Asked.EVALUATION: ("evaluate",),
    Asked.FOLLOW_UP: ("follow-up",),
    Asked.ADDRESS: ("correct-address",),
    Asked.CARD_FACTS: ("follow-up",),
}


@every
def test_reminder_is_the_same_letter_and_says_so(letter: LetterContext) -> None:
    composed = written(letter)
    line = f"This is reminder {letter.order.ordinal}; you have until {letter.deadline}."

    assert composed.subject.startswith("Reminder 1: ") == letter.is_reminder
    assert (line in composed.text) == letter.is_reminder


def test_deadline_is_the_last_whole_day_of_the_reader() -> None:
    letter = find(Purpose.HOST_ASKED_FOR_A_PLACE, ANA)
    deadline = datetime(2027, 2, 5, 23, 59, tzinfo=UTC)

    for zone in ("Europe/Stockholm", "Atlantic/Azores", "Europe/Istanbul", "Atlantic/Reykjavik"):
        there = letter.sending.model_copy(update={"id": "soc", "zone": zone})
        assert dataclasses.replace(letter, receiving=there).day_of(deadline) == (
            "Friday 5 February 2027"
        )


def test_day_of_an_answer_is_the_readers_own() -> None:
    letter = find(Purpose.HOST_ASKED_FOR_A_PLACE, ANA)
    late = datetime(2026, 7, 10, 11, 30, tzinfo=UTC)
    auckland = letter.sending.model_copy(update={"id": "soc", "zone": "Pacific/Auckland"})

    assert letter.day_of(late) == "Friday 10 July 2026"
    assert dataclasses.replace(letter, receiving=auckland).day_of(late) == "Friday 10 July 2026"


def test_without_a_host_the_sender_reads_who_was_asked_why_not_others_and_what_would_help() -> None:
    text = " ".join(written(find(Purpose.NO_HOST_FOUND, BORAS, nth=1)).text.split())

    said = [
        "Catalonia (SOC): has put forward other dates, which were declined (9–11 Jun 2026);",
        "Vestland County: has put forward other dates, which nobody answered in time",
        "rule by rule; one host may break several: - 1 offer is the sending organisation's own;",
        "- 2,310 hosts are not open on all days of the visit;",
        "What would help, each by itself: - 1,200 hosts could be asked if the visit were on other",
        "- 1 host could be asked if the visit were longer or shorter.",
    ]
    assert [words for words in said if words not in text] == []
    shorter = " ".join(written(find(Purpose.NO_HOST_FOUND, BORAS)).text.split())
    assert "(SOC): has declined (dates do not suit); - Vestland County: has not answered" in shorter
    assert "What would help" not in shorter


def test_a_host_whose_dates_were_not_accepted_reads_why_and_nothing_of_the_next_one() -> None:
    declined = written(find(Purpose.OTHER_DATES_DECLINED, ANA)).text
    unanswered = written(find(Purpose.OTHER_DATES_DECLINED, BERGEN)).text

    assert "These dates do not suit them." in " ".join(declined.split())
    assert "Silence counts as a no." in " ".join(unanswered.split())
    for text in (declined, unanswered):
        assert text.count("9–11 Jun 2026") == 1
        assert "5–7 May" not in text
    assert "Vestland" not in declined


def test_a_match_on_other_dates_says_so_to_everybody_and_to_its_host() -> None:
    of_sender, of_host = (
        " ".join(written(letter).text.split())
        for letter in LETTERS
        if letter.order.purpose is Purpose.MATCH_MADE
        and getattr(letter.event, "instead_of", None)
        and letter.order.to in (BORAS, ANA)
    )

    assert "The request was for 5–7 May 2026; the host put forward these dates" in of_sender
    assert "has accepted the dates you put forward: 9–11 Jun 2026 (3 days)" in of_host
    assert "The request was for" not in of_host


def test_instalment_reminder_states_the_amounts_of_the_event() -> None:
    letter = find(Purpose.INSTALMENT_DUE, BORAS)
    event = letter.event
    assert isinstance(event, InstalmentFellDue)

    assert dict(instalment_due(letter).instalments) == {
        letter.name_of(person): amount for person, amount in event.amounts.items()
    }
    reminder = find(Purpose.INSTALMENT_DUE, BORAS, ordinal=1)
    assert instalment_due(reminder).instalments == (("Frida Augustsson", Decimal("840.00")),)


def test_namesakes_are_not_given_each_others_instalment() -> None:
    letter = find(Purpose.INSTALMENT_DUE, BORAS)
    twins = tuple(p.model_copy(update={"name": "Eva Ek"}) for p in letter.participants)

    twice = dataclasses.replace(letter, participants=twins)

    own = instalment_due(letter).instalments
    assert instalment_due(twice).instalments == tuple(("Eva Ek", amount) for _, amount in own)


def test_namesakes_are_shown_their_own_amounts_only() -> None:
    letter = find(Purpose.GRANT_DECIDED, FRIDA)
    twins = tuple(p.model_copy(update={"name": "Eva Ek"}) for p in letter.participants)

    twice = dataclasses.replace(letter, participants=twins, recipient=twins[0])

    assert {line.participant for line in twice.shown_lines} == {FRIDA}
    assert grant_decided(twice) == grant_decided(letter)


def test_money_asked_back_is_named_to_the_cent() -> None:
    own = written(find(Purpose.INSTALMENT_RECLAIMED, FRIDA)).text
    listed = written(find(Purpose.INSTALMENT_RECLAIMED, OFFICE)).text

    assert "That is 840.00 euro." in own
    assert "- Frida Augustsson: 840.00 euro" in listed


def test_grant_letter_marks_illustrations_and_names_the_line_without_a_rate() -> None:
    text = " ".join(written(find(Purpose.GRANT_TO_DECIDE, OFFICE)).text.split())

    assert text.count("Status: illustration, not real money") == 2
    assert "Source: University of Opole, rates page for calls 2024-25" in text
    assert "--decision awarded --amount organisational-support=AMOUNT --as" in text
    assert "LINE: travel/M-2026-0001-p2" in text


def test_participant_sees_their_own_amounts_only() -> None:
    text = written(find(Purpose.GRANT_DECIDED, FRIDA)).text

    assert "1,050.00 euro" in text
    assert "Emelie" not in text
    assert "Emelie" in written(find(Purpose.GRANT_DECIDED, BORAS)).text


def test_host_is_asked_without_names() -> None:
    text = written(find(Purpose.HOST_ASKED_FOR_A_PLACE, ANA)).text

    assert "youth and outreach" in text
    assert "Frida" not in text


def test_withdrawal_names_who_and_why_and_keeps_their_words_from_the_host() -> None:
    sending = written(find(Purpose.PARTICIPANT_WITHDREW, BORAS)).text
    host = written(find(Purpose.PARTICIPANT_WITHDREW, ANA)).text
    own = written(find(Purpose.PARTICIPANT_WITHDREW, EMELIE)).text

    assert "Emelie Persson no longer takes part" in sending
    assert all("illness" in text for text in (sending, host, own))
    assert "autumn" in sending
    assert "autumn" not in host
    assert own.startswith("Dear Emelie Persson,\n\nYou no longer take part")


def test_withdrawn_participant_unknown_to_the_context_is_not_named() -> None:
    letter = dataclasses.replace(find(Purpose.PARTICIPANT_WITHDREW, ANA), concerned=())

    text = written(letter).text

    assert "A participant no longer takes part" in text
    assert "-p2" not in text


@pytest.mark.parametrize(
    ("to", "nth", "said", "unsaid"),
    [
        (ANA, 0, "You were asked for a place on the old dates.", "signs it again"),
        (BORAS, 0, "Hosts are ranked and asked anew", "no longer counts"),
        (FRIDA, 0, "Hosts are ranked and asked anew", "what you have booked"),
        (ANA, 1, "it is drawn up anew and everybody signs it again", "The agenda falls"),
        (ANA, 2, "Once everybody has signed, you are asked for one", "The grant is computed"),
        (BORAS, 2, "an award stands", "has been paid"),
        (OFFICE, 0, "After that you are asked for your decision", "signs it again"),
        (OFFICE, 1, "what you decided stands and you are not asked again", "After that you"),
        (FRIDA, 3, "The first instalment has been paid and stays paid.", "You were asked for"),
    ],
)
def test_a_move_says_from_when_to_when_why_and_what_comes_next(
    to: str, nth: int, said: str, unsaid: str
) -> None:
    letter = find(Purpose.VISIT_MOVED, to, nth=nth)
    text = " ".join(written(letter).text.split())

    old, new = MOVES[nth + 2 * (to == OFFICE)]
    assert f"was planned for {old} May 2026; it is now planned for {new} 2026." in text
    assert "Please try us again in autumn." in text
    assert said in text
    assert unsaid not in text


MOVES = (
    ("5\N{EN DASH}7", "12\N{EN DASH}14 May"),
    ("12\N{EN DASH}14", "19\N{EN DASH}21 May"),
    ("19\N{EN DASH}21", "26\N{EN DASH}28 May"),
    ("26\N{EN DASH}28", "2\N{EN DASH}4 Jun"),
)
"""From when to when it is moved, time after time."""


def test_end_names_outcome_cause_and_note() -> None:
    cancelled = [one for one in ended_as(Outcome.CANCELLED) if not one.view.merged_into]

    assert {letter.order.to for letter in cancelled} == {BORAS, ANA, OFFICE, FRIDA, EMELIE}
    for letter in cancelled:
        text = " ".join(written(letter).text.split())
        assert "was cancelled. The cause: force majeure." in text
        assert "> Please try us again in autumn." in text


def test_the_end_of_a_duplicate_says_what_goes_on_and_of_nothing_that_it_was_cancelled() -> None:
    merged = [one for one in ended_as(Outcome.CANCELLED) if one.view.merged_into]

    assert {letter.order.to for letter in merged} == {BORAS, ANA, FRIDA, EMELIE}
    for letter in merged:
        text = " ".join(written(letter).text.split())
        assert "was merged with another one. It was a duplicate of M-2026-0002, which goes" in text
        assert "whoever was to travel in this one takes part in that one." in text
        assert "no more reminders come" in text
        assert "cause" not in text
        assert "cancelled" not in text.casefold()


def test_words_of_the_last_to_withdraw_go_to_the_sending_coordinator_only() -> None:
    withdrawn = ended_as(Outcome.WITHDRAWN)

    told = {letter.order.to for letter in withdrawn if "autumn" in written(letter).text}

    assert {letter.order.to for letter in withdrawn} == {BORAS, ANA, OFFICE}
    assert told == {BORAS}


def test_place_not_given_does_not_blame_the_host_asked_next() -> None:
    journey = Journey()
    journey.fall_silent(Asked.PLACE)
    lapsed = next(c for c in journey.letters if c.order.purpose is Purpose.PLACE_NOT_GIVEN)
    ask_next_host(journey.mobility, first_with_room(journey.mobility), at=journey.now)

    text = " ".join(written(journey.context(lapsed.order, lapsed.entry)).text.split())

    assert "A host that was asked (offer soc-inclusion) has not answered in time" in text
    assert "Vestland County is being asked now and has until" in text
    assert "Catalonia" not in text


def test_contradictions_name_people() -> None:
    text = written(find(Purpose.CARD_STOPPED, BORAS)).text

    assert "Frida Augustsson left on 6 May 2026" in text
    assert "M-2026-0001-p1" not in text


def test_agenda_to_accept_shows_what_is_to_be_accepted() -> None:
    letter = find(Purpose.AGENDA_TO_ACCEPT, BORAS)

    assert "Tuesday 5 May 2026, 09:30 to 12:00" in written(letter).text
    bare = written(dataclasses.replace(letter, sessions=())).text
    assert "If you have not seen it, ask Ana Cáceres Gómez for it" in bare


# Messages.


def test_message_has_both_forms_and_says_a_machine_wrote_it() -> None:
    message = as_sent(find(Purpose.MATCH_MADE, BORAS))

    assert message.get_content_type() == "multipart/alternative"
    kinds = [part.get_content_type() for part in message.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Bcc"] is None
    assert message.as_bytes().isascii()


def test_names_and_words_survive_the_journey_as_they_are_spelt() -> None:
    letter = find(Purpose.HOST_ASKED_FOR_A_PLACE, ANA)

    message = as_sent(letter)

    assert message["To"].addresses[0].display_name == "Ana Cáceres Gómez"
    body = message.get_body(("plain",))
    assert body is not None
    assert "Working Life Department Borås Stad" in body.get_content()


def test_reply_goes_to_the_person_to_ask() -> None:
    to_frida, to_asa = find(Purpose.MATCH_MADE, FRIDA), find(Purpose.PLACE_NOT_GIVEN, BORAS)
    lost = to_frida.sending_coordinator.model_copy(update={"email": "nobody"})

    assert as_sent(to_frida)["Reply-To"].addresses[0].addr_spec == "asa.oberg@boras.example"
    assert as_sent(to_asa)["Reply-To"] is None
    assert as_sent(dataclasses.replace(to_frida, sending_coordinator=lost))["Reply-To"] is None


def test_date_is_said_in_utc() -> None:
    letter = find(Purpose.MATCH_MADE, BORAS)
    stockholm = datetime(2026, 2, 2, 10, tzinfo=timezone(timedelta(hours=1)))

    assert as_sent(letter, stockholm)["Date"] == "Mon, 02 Feb 2026 09:00:00 +0000"


def test_calendar_goes_along_as_an_invitation() -> None:
    message = as_sent(find(Purpose.AGENDA_ACCEPTED, FRIDA))

    (calendar,) = message.iter_attachments()
    assert calendar.get_content_type() == "text/calendar"
    assert calendar["Content-Type"].params["method"] == "REQUEST"
    assert calendar.get_filename() == "agenda.ics"
    assert calendar.get_content().startswith("BEGIN:VCALENDAR")


def test_paper_goes_along_byte_for_byte() -> None:
    (paper,) = as_sent(find(Purpose.AGREEMENT_TO_SIGN, FRIDA)).iter_attachments()

    assert (paper.get_content_type(), paper.get_content()) == ("application/pdf", b"%PDF-1.7")


def test_message_id_is_the_same_for_the_same_letter_only() -> None:
    keys = [letter.order.key for letter in LETTERS[:20]]
    ids = {message_id_of(key, "example.org") for key in keys}

    assert message_id_of(keys[0], "example.org") == message_id_of(keys[0], "example.org")
    assert len(ids) == len(set(keys))
    assert all(re.fullmatch(r"<[0-9a-f]{32}@example\.org>", name) for name in ids)


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b.example, c@d.example", "a@b.example\r\nBcc: c@d.example", "x@y@z.example",
     "<x@y.example>", "a b@c.example", "x@", "@y.example", "a..b@c.example", "frída@c.example",
     "x@" + "a" * 70 + ".example"],
)  # fmt: skip
def test_unusable_address_leaves_the_letter_without_one(address: str) -> None:
    letter = find(Purpose.MATCH_MADE, BORAS)
    stray = letter.recipient.model_copy(update={"email": address})

    message = as_sent(dataclasses.replace(letter, recipient=stray))

    assert message["Bcc"] is None
    assert len(message["To"].addresses) == 1
    assert "@" not in message["To"].addresses[0].addr_spec or "a" * 70 in address


def test_address_in_a_swedish_domain_is_written_as_servers_know_it() -> None:
    letter = find(Purpose.MATCH_MADE, BORAS)
    asa = letter.recipient.model_copy(update={"email": "asa@borås.example"})

    message = as_sent(dataclasses.replace(letter, recipient=asa))

    assert message["To"].addresses[0].addr_spec == "asa@xn--bors-soa.example"


# Hostile words.

EVIL = (
    "Eve\r\nBcc: evil@evil.example\r\n\r\n# Pay now\n<script>alert(1)</script> "
    "[click](https://evil.example) ![x](https://evil.example/x.png) <https://evil.example> "
    "`code` *bold* {{ 7 * 7 }} {% endblock %} &lt;b&gt; \u202egnp.exe | a | "
    "=?utf-8?q?x=0ABcc=3A_e=40evil.example?= \x00\x1b[2J\u2028end"
)
HOSTILE_WORDS = Told(
    title=EVIL, objective=EVIL, note=EVIL, frida=EVIL, emelie=EVIL, boras=EVIL, ana=EVIL,
    sending=EVIL, profile=EVIL,
)  # fmt: skip
HOSTILE = [
    letter
    for language in (Language.ENGLISH, Language.CATALAN)
    for letter in every_letter(HOSTILE_WORDS, language)
]


@of_every(HOSTILE)
def test_hostile_words_are_only_words(letter: LetterContext) -> None:
    composed = written(letter)
    page = Page(composed.html)

    assert page.elements <= ELEMENTS - {"h1", "img", "script", "em"}
    links = {value for name, value in page.attributes if name == "href"}
    assert links <= {f"mailto:{letter.contact.email}", *(f"mailto:{p.email}" for p in ALL)}
    assert "<script" not in composed.html
    assert "49" not in composed.subject
    assert "[click](https://evil.example)" in " ".join(page.words.split())
    assert "\n" not in composed.subject
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e\u2028]", composed.text + composed.html)
    arrived = as_sent(letter)
    assert set(arrived.keys()) <= HEADERS
    assert [a.addr_spec for a in arrived["To"].addresses] == [letter.recipient.email]
    replies = [a.addr_spec for a in arrived["Reply-To"].addresses] if arrived["Reply-To"] else []
    assert replies in ([], [letter.contact.email])
    assert arrived["Subject"].strip() == composed.subject.replace("=?", "= ?")


HEADERS = {
    "From", "To", "Reply-To", "Subject", "Content-Language", "Date", "Message-ID",
    "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding",
}  # fmt: skip
ALL = tuple(Journey().people.values())


@of_every([*LETTERS, *HOSTILE])
def test_envelope_bears_the_readers_address(letter: LetterContext) -> None:
    sent = as_message(written(letter), letter, sender=SENDER, message_id="<a@b>", date=FEBRUARY)

    envelope = envelope_of(sent)

    assert (envelope.sender, envelope.recipient) == ("mobility@example.org", letter.recipient.email)
    assert envelope.content.isascii()
    assert max(len(line) for line in envelope.content.splitlines()) <= 998


@of_every(HOSTILE)
def test_hostile_words_stand_unescaped_and_in_their_place_in_plain_text(
    letter: LetterContext,
) -> None:
    text = written(letter).text

    assert "\\" not in text
    assert "[click](https://evil.example)" in " ".join(text.split())
    # Words may be wrapped onto a new line, but they never begin a paragraph of ours.
    for block in text.split("\n\n"):
        assert not block.startswith(("# Pay", "Bcc:", "<script>", "    #", "end"))
