"""The words that tie what a text states to the visit, and those that tie it to something else.

People write of many days: a plan within ten days, an induction of two, a fair in March. What they
state counts only where the words of the same clause make it a statement about this visit.
"""

import re

from domain.request import Activity

_VISIT = "visit|stay|programme|program|mobility|exchange|trip|journey|placement"
_OF_ACTIVITY = {
    Activity.JOB_SHADOWING: "job[- ]shadowing|shadowing",
    Activity.TEACHING: "teaching",
    Activity.COURSE: "course|training",
    Activity.TRAINEESHIP: "traineeship|internship",
    Activity.LONG_TRAINEESHIP: "traineeship|internship",
    Activity.ADULT_STAY: "course|training",
    Activity.LONG_ADULT_STAY: "course|training",
    Activity.INVITED_EXPERT: "teaching|training",
}
NAME = r"(?-i:[A-Z\u00c0-\u00de])[\w&'-]*"
"""A name, whatever it names: Barcelona, SOC."""
TO_PLACES = (
    r"(?:\s+(?:to|in|at|of|by|with|from|for|the|our|their|and|itself|there|here|group|team|"
    rf"colleagues|participants|visitors|{NAME}))*"
)
"""What may stand between the visit and what is said of it: to the team of SOC in Barcelona."""
HYPHEN = "[-\u2010\u2011\u2012\u2013\u2014]"
_NO_NOUN = (
    "of|to|in|at|for|with|from|on|by|as|during|before|after|later|earlier|ago|and|or|that|which|"
    "who|where|when|while|per|each|every|a|an|the|is|was|were|are|has|had|into|until|long|there|"
    "here|abroad|together"
)
_NOUN = re.compile(rf"['\u2019]?((?:,?\s+(?!(?:{_NO_NOUN})\b)[a-z\u00df-\u00ff][\w'-]*){{0,4}})")
_CLAUSE_ENDS = re.compile(
    r"[.!?](?=\s|$)|[,;:()\n]|\s(?:that|who|whose|where|because|while|but|although|whereas)\s"
)
_ANOTHER_VISIT = re.compile(
    r"\b(?:not|never|previous|earlier|former|preparatory|return|next|another|future|online|virtual|"
    r"last year|usually|often|every|each|would|could|should|might|rather than|instead of)\b|n't\b",
    re.IGNORECASE,
)


def words_of_visit(activity: Activity) -> str:
    """The nouns that mean the visit itself, as one pattern."""
    return rf"\b(?:{_VISIT}|{_OF_ACTIVITY[activity]})\b"


def clause_of(said: re.Match[str]) -> tuple[str, str]:
    """The words of the same clause before and after what is said."""
    text = said.string
    begins = max((end.end() for end in _CLAUSE_ENDS.finditer(text, 0, said.start())), default=0)
    ends = _CLAUSE_ENDS.search(text, said.end())
    return text[begins : said.start()], text[said.end() : ends.start() if ends else len(text)]


def noun_after(said: re.Match[str]) -> str:
    """The noun that this goes with: ``exchange programme`` after ``three-day``, or nothing."""
    found = _NOUN.match(said.string, said.end())
    return found[1] if found else ""


def is_of_another_visit(before: str, after: str) -> bool:
    """Whether the clause speaks of some other visit than this one, or denies what it says."""
    return any(_ANOTHER_VISIT.search(part) for part in (before, after))
