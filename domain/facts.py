"""The two kinds of record everything in the domain is made of, and the names of things."""

from typing import NewType

from pydantic import BaseModel, ConfigDict

Reference = NewType("Reference", str)
"""The public name of a mobility, such as ``M-2026-0042``, or of an application to join."""
PersonId = NewType("PersonId", str)
"""Stands for a person in histories and in the journal, which never hold a name."""
OrganisationId = NewType("OrganisationId", str)
OfferId = NewType("OfferId", str)


class Fact(BaseModel):
    """Something that was said or has happened: never changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class State(BaseModel):
    """Something that changes as the mobility goes on, carried from run to run.

    Unknown fields are ignored, so that an older worker can read a newer state.
    """

    model_config = ConfigDict(extra="ignore")


class Writing(Fact):
    """Stands for a text a person wrote; the text itself lives in the store, where it can be erased.

    ``digest`` is keyed with the mobility's own key: whoever holds the text and the key can check
    it, and once the key is destroyed nobody can guess the text from it.
    """

    id: str
    digest: str
