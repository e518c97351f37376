"""Reading what somebody typed into a form, or saying in one sentence what cannot be read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from starlette.datastructures import ImmutableMultiDict

from mail.speech import Speech

Choice = TypeVar("Choice", bound=StrEnum)
Typed = ImmutableMultiDict[str, str]
_MONEY = re.compile(r"[0-9]{1,12}([.,][0-9]{1,2})?")
_LONG_MONEY = re.compile(r"[0-9]{1,3}(?:(?P<thousand>[.,])[0-9]{3})+(?P<cents>[.,][0-9]{1,2})")


class Unreadable(Exception):  # noqa: N818 - told to the person in front of the screen
    """What was typed cannot be read: one sentence in the reader's language, and the field."""

    def __init__(self, sentence: str, name: str) -> None:
        super().__init__(sentence)
        self.name = name


@dataclass(frozen=True)
class Form:
    """What was typed. Each field is read as what it is meant to be.

    ``place`` says where in a long form a field stands, for the sentence about it.
    """

    typed: Typed
    speech: Speech
    place: str = field(default="")

    def text(self, name: str) -> str:
        """A text as it was typed; empty where there is none."""
        lines = self.typed.get(name, "").replace("\0", "").splitlines()
        return "\n".join(line.rstrip() for line in lines).strip()

    def needed(self, name: str) -> str:
        """A text that cannot be left out.

        Raises:
            Unreadable: when it is empty.
        """
        if not (text := self.text(name)):
            raise self.unreadable(
                name, self.speech.gettext("Something is missing: fill it in.")
            )  # fmt: skip
        return text

    def day(self, name: str) -> date:
        """A day.

        Raises:
            Unreadable: when it is none.
        """
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise self.unreadable(
                name, self.speech.gettext("A day is missing: choose it, or write 2027-05-31.")
            ) from None

    def clock(self, name: str) -> time:
        """A time of the day, on the host's own clock.

        Raises:
            Unreadable: when it is none.
        """
        try:
            return time.fromisoformat(self.text(name)).replace(tzinfo=None)
        except ValueError:
            raise self.unreadable(
                name, self.speech.gettext("A time is missing: write it as 09:30.")
            ) from None

    def number(self, name: str, most: int) -> int:
        """A whole number from one on.

        Raises:
            Unreadable: when it is none, or out of bounds.
        """
        text = self.text(name)
        if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= most:
            sentence = self.speech.gettext("Give a whole number from 1 to %(most)s.")
            raise self.unreadable(name, sentence % {"most": most})
        return int(text)

    def choice(self, name: str, among: Iterable[Choice]) -> Choice:
        """One of several answers.

        Raises:
            Unreadable: when none of them is chosen.
        """
        given = self.typed.get(name, "")
        for one in among:
            if one.value == given:
                return one
        raise self.unreadable(name, self.speech.gettext("Choose one of the answers."))

    def amount(self, name: str) -> Decimal | None:
        """An amount in euro, with a comma or a point before the cents; none where it is empty.

        Raises:
            Unreadable: when it is no amount. A single separator before three digits may be meant
                either way, and is not guessed at.
        """
        text = "".join(self.text(name).split())
        if not text:
            return None
        long = _LONG_MONEY.fullmatch(text)
        if long and long["thousand"] != long["cents"][0]:
            text = text.replace(long["thousand"], "")
        if not _MONEY.fullmatch(text):
            sentence = self.speech.gettext("'%(given)s' is no amount: write it as 1234.50.")
            raise self.unreadable(name, sentence % {"given": self.text(name)})
        return Decimal(text.replace(",", "."))

    def ticked(self, name: str) -> tuple[str, ...]:
        """Everything that is ticked under this name."""
        return tuple(self.typed.getlist(name))

    def check_is_meant(self) -> None:
        """Hold up an act that cannot be taken back until it is said to be meant.

        Raises:
            Unreadable: when the tick is missing.
        """
        if not self.ticked("sure"):
            raise self.unreadable("sure", self.speech.gettext("Please tick that you mean it."))

    def unreadable(self, name: str, sentence: str) -> Unreadable:
        """What to say of a field, with its place."""
        return Unreadable(f"{self.place} {sentence}".strip(), name)
