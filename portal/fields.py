"""What stands in the fields of a form: what was typed, where it comes back."""

from dataclasses import dataclass

from portal.forms import Typed


@dataclass(frozen=True)
class Refused:
    """An act that was not recorded: why, in one sentence, and everything that was typed.

    Without a sentence nothing is wrong: the form only comes back with more room in it.
    """

    act: str
    sentence: str
    typed: Typed
    field: str = ""
    is_english: bool = False  #: the desk's own sentence, in the language of its rules


@dataclass(frozen=True)
class Kept:
    """The fields of one form: as they were typed, where it comes back, else as they begin."""

    act: str
    typed: Typed | None
    wrong: str = ""

    @classmethod
    def of(cls, act: str, refused: Refused | None) -> "Kept":
        """The fields of one act's form."""
        if refused and refused.act == act:
            return cls(act, refused.typed, refused.field)
        return cls(act, None)

    def value(self, name: str, otherwise: object = "") -> str:
        """What stands in a field."""
        return str(otherwise) if self.typed is None else self.typed.get(name, "")

    def is_ticked(self, name: str, value: str, *, otherwise: bool = False) -> bool:
        """Whether a box is ticked, or an answer chosen."""
        return otherwise if self.typed is None else value in self.typed.getlist(name)
