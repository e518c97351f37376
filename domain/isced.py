"""The narrow fields of education and training: ISCED-F 2013 (UNESCO Institute for Statistics).

A field is three digits. Within each broad field the last digit 0 stands for what is not further
defined, 8 for what lies between several fields, 9 for what has no field of its own.
"""

from typing import NamedTuple


class Broad(NamedTuple):
    """A broad field and its narrow ones, by their last digit."""

    name: str
    narrow: dict[str, str]


BROAD_FIELDS = {
    "00": Broad("Generic programmes and qualifications", {
        "1": "Basic programmes and qualifications",
        "2": "Literacy and numeracy",
        "3": "Personal skills and development",
    }),
    "01": Broad("Education", {"1": "Education"}),
    "02": Broad("Arts and humanities", {
        "1": "Arts",
        "2": "Humanities (except languages)",
        "3": "Languages",
    }),
    "03": Broad("Social sciences, journalism and information", {
        "1": "Social and behavioural sciences",
        "2": "Journalism and information",
    }),
    "04": Broad("Business, administration and law", {
        "1": "Business and administration",
        "2": "Law",
    }),
    "05": Broad("Natural sciences, mathematics and statistics", {
        "1": "Biological and related sciences",
        "2": "Environment",
        "3": "Physical sciences",
        "4": "Mathematics and statistics",
    }),
    "06": Broad("Information and communication technologies", {
        "1": "Information and communication technologies",
    }),
    "07": Broad("Engineering, manufacturing and construction", {
        "1": "Engineering and engineering trades",
        "2": "Manufacturing and processing",
        "3": "Architecture and construction",
    }),
    "08": Broad("Agriculture, forestry, fisheries and veterinary", {
        "1": "Agriculture",
        "2": "Forestry",
        "3": "Fisheries",
        "4": "Veterinary",
    }),
    "09": Broad("Health and welfare", {"1": "Health", "2": "Welfare"}),
    "10": Broad("Services", {
        "1": "Personal services",
        "2": "Hygiene and occupational health services",
        "3": "Security services",
        "4": "Transport services",
    }),
}  # fmt: skip
ENDINGS = {
    "0": "not further defined",
    "8": "inter-disciplinary",
    "9": "not elsewhere classified",
}
GENERIC = "00"
"""Generic programmes are between no fields: they alone have no 8."""


def _fields(code: str, broad: Broad) -> dict[str, str]:
    endings = {digit: f"{broad.name}, {ending}" for digit, ending in ENDINGS.items()}
    if code == GENERIC:
        del endings["8"]
    return {code + digit: name for digit, name in sorted((broad.narrow | endings).items())}


FIELDS = {
    field: name
    for code, broad in BROAD_FIELDS.items()
    for field, name in _fields(code, broad).items()
}
"""Every narrow field with its name, in the order of the codes."""


def odd_field(fields: tuple[str, ...]) -> str | None:
    """What is wrong with the first that is no narrow field, and what to do; none if all are."""
    return next((_about(field) for field in fields if field not in FIELDS), None)


def _about(field: str) -> str:
    if field in BROAD_FIELDS:
        narrow = [code for code in FIELDS if code.startswith(field)]
        return (
            f"'{field}' is a broad field: name a narrow one of it, {', '.join(narrow[:-1])} or "
            f"{narrow[-1]}"
        )
    # Spreadsheets take 092 for a number and drop its nought.
    whole = next((code for code in FIELDS if code == field.zfill(3)), None)
    meant = whole if whole and field.isdigit() else "092 for welfare"
    return f"'{field}' is no field of ISCED-F 2013: write its three digits, such as {meant}"
