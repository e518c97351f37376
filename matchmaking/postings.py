"""Which rows have something: growing lists of row numbers, kept in arrays."""

from collections import defaultdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
"""As numpy itself counts places: with any other numbers it takes twice as long to look them up."""
Column = NDArray[Any]
FEW = 16


def grown(column: Column, length: int) -> Column:
    """The column with room for so many rows, and then some; what is new is nought."""
    if length <= len(column):
        return column
    wider = np.zeros(max(length, 2 * len(column), FEW), column.dtype)
    wider[: len(column)] = column
    return wider


class Posting:
    """The rows that have one word. None stands there twice."""

    __slots__ = ("_kept", "_length")

    def __init__(self) -> None:
        self._kept, self._length = np.zeros(FEW, np.intp), 0

    @property
    def rows(self) -> Rows:
        """All of them, in no order."""
        return self._kept[: self._length]

    def add(self, row: int) -> None:
        """A row that is not there yet."""
        self._kept = grown(self._kept, self._length + 1)
        self._kept[self._length] = row
        self._length += 1

    def remove(self, row: int) -> None:
        """A row that is there; the last takes its place."""
        [[at]] = np.nonzero(self.rows == row)
        self._length -= 1
        self._kept[at] = self._kept[self._length]


class Postings:
    """The rows of every word of one kind, such as themes."""

    def __init__(self) -> None:
        self._of: dict[str, Posting] = defaultdict(Posting)

    def add(self, words: set[str], row: int) -> None:
        """A row with its words."""
        for word in words:
            self._of[word].add(row)

    def remove(self, words: set[str], row: int) -> None:
        """A row with the words it had."""
        for word in words:
            self._of[word].remove(row)

    def rows(self, word: str) -> Rows:
        """Every row that has this word."""
        found = self._of.get(word)
        return found.rows if found else NOBODY


class Blackouts:
    """The periods in which rows are closed: as many of each row as it has."""

    def __init__(self) -> None:
        self._kept, self._length = np.zeros((3, FEW), np.int32), 0

    def add(self, row: int, first: int, last: int) -> None:
        """One period of a row, by the ordinals of its days."""
        if self._length == self._kept.shape[1]:
            self._kept = np.concatenate([self._kept, np.zeros_like(self._kept)], axis=1)
        self._kept[:, self._length] = row, first, last
        self._length += 1

    def remove(self, row: int) -> None:
        """All periods of a row."""
        left = self._kept[:, : self._length]
        left = left[:, left[0] != row]
        self._length = left.shape[1]
        self._kept[:, : self._length] = left

    def rows_closed(self, first: int, last: int) -> Rows:
        """The rows that are closed on one of these days, some of them more than once."""
        rows, begin, end = self._kept[:, : self._length]
        closed: Rows = rows[(begin <= last) & (end >= first)].astype(np.intp)
        return closed


NOBODY: Rows = np.zeros(0, np.intp)
