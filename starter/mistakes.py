"""What is wrong with what people wrote, in our own words: where, what, and what to do."""

from pydantic_core import ErrorDetails

from domain.matchmaking import EVENT_REFERENCE
from domain.people import COUNTRY, EMAIL, LANGUAGE, NUTS, OID, PIC, SUBDIVISION

FORMS_OF_PATTERN = {
    COUNTRY: "a country as two capital letters, such as SE",
    EVENT_REFERENCE: "a reference such as E-2027-01",
    EMAIL: "an e-mail address",
    LANGUAGE: "a language as two or three small letters, such as en",
    NUTS: "a NUTS code, such as ES511",
    OID: "an OID: E and eight digits, such as E10123456",
    PIC: "a PIC of nine digits, such as 999123456",
    SUBDIVISION: "a region by ISO 3166-2, such as ES-CT",
}
FORMS = {
    "date": "a day such as 2026-05-31",
    "time": "a time such as 09:30",
    "int": "a whole number",
    "bool": "yes or no",
    "tuple": "a list, each line of it beginning with '-'",
    "dict": "languages with their levels, such as {en: C1, es: B2}",
    "model": "a section of its own, with one 'word: value' a line",
    "string": "a text",
}


def where_in(mistake: ErrorDetails) -> str:
    """The way to the place of a mistake, such as ``agenda > 2 > ends``."""
    way = [step for step in mistake["loc"] if step != "[key]"]
    return " > ".join(str(step + 1 if isinstance(step, int) else step) for step in way)


def what_is_wrong(mistake: ErrorDetails) -> str:
    """What is wrong there, and what to do; goes behind the place."""
    kind, given = mistake["type"], mistake.get("input")
    if kind == "missing":
        return "is missing: add it"
    if kind == "extra_forbidden":
        return "is not a word we know here: check its spelling or take it out"
    if kind == "value_error":
        return mistake["msg"].removeprefix("Value error, ")
    if given in (None, []) or (isinstance(given, str) and not given.strip()):
        return "is empty: fill it in"
    shown = f", not '{given}'" if isinstance(given, str | int | float) else ""
    what = mistake["msg"].removeprefix("Input should be ")
    return f"should be {_form(kind, mistake) or what}{shown}: correct it"


def _form(kind: str, mistake: ErrorDetails) -> str:
    """What is wanted, in our own words where the library's are for programmers."""
    if pattern := mistake.get("ctx", {}).get("pattern"):
        return FORMS_OF_PATTERN.get(pattern, "")
    return next((form for start, form in FORMS.items() if kind.startswith(f"{start}_")), "")
