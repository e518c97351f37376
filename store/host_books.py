"""The books of hosts as a stroke of the journal writes them: places, requests and answers.

They are written in the statement that writes the journal, so neither says what the other does not.
"""

import json
from datetime import date, timedelta

from domain.host_book import HostBook, Places

IN_STROKE = """
    , given_back as (
      delete from place where reference = :reference and exists (select from entry)
        and (offer <> :offer or not day = any(cast(:days as date[])))
    ), had as (
      insert into place (offer, day, reference, organisation, guests, is_taken)
      select :offer, day, :reference, :organisation, :guests, :is_taken
      from unnest(cast(:days as date[])) as of (day)
      where exists (select from entry)
      on conflict (offer, day, reference) do update
        set guests = excluded.guests, is_taken = excluded.is_taken
    ), asked as (
      insert into host_answer (reference, asked_n, organisation, asked_at, answered_at, answer)
      select :reference, n, organisation, at, answered_at, answer
      from jsonb_to_recordset(cast(:asked as jsonb))
        as a (n integer, organisation text, at timestamptz, answered_at timestamptz, answer text)
      where exists (select from entry)
      on conflict do nothing
    ), answered as (
      update host_answer set answered_at = cast(:answered_at as timestamptz),
        answer = :answer, answered_in = default
      where reference = :reference and exists (select from entry) and answer is null
        and asked_n = (
        select max(asked_n) from host_answer
        where reference = :reference and asked_n < :answered_n)
    )
"""
"""Has the rows of this mobility match the places it has now; given none, it has none."""


def facts_of(book: HostBook) -> dict[str, object]:
    """What ``IN_STROKE`` is filled with."""
    places, answered = book.places, book.answered
    return {
        "offer": places.offer if places else "",
        "organisation": places.organisation if places else "",
        "guests": places.guests if places else 0,
        "is_taken": places is not None and places.is_taken,
        "days": _days(places) if places else [],
        "asked": json.dumps([one.model_dump(mode="json") for one in book.asked]),
        "answered_n": answered.n if answered else 0,
        "answered_at": answered.at if answered else None,
        "answer": answered.answer if answered else None,
    }


def _days(places: Places) -> list[date]:
    length = (places.last_day - places.first_day).days + 1
    return [places.first_day + timedelta(days=n) for n in range(length)]
