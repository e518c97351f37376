"""What the world calls its countries, regions and languages: ISO 3166, NUTS, ISO 639."""

import pycountry

from activities.almanac import knows_region

OTHER_NAMES = {"EL": ("Greece", "GR"), "UK": ("the United Kingdom", "GB")}
"""How papers of the European Union write countries, and ISO 3166-1 does not."""
NUTS_PREFIXES = {iso: papers for papers, (_, iso) in OTHER_NAMES.items()}
WITHOUT_A_CODE = ("XK",)
"""Kosovo has no code of its own in ISO 3166-1; everybody writes this one."""


def odd_country(code: str) -> str | None:
    """What is wrong with a country, and what to do; none if there is such a country."""
    if code in OTHER_NAMES:
        name, iso = OTHER_NAMES[code]
        return f"'{code}', as papers of the European Union write {name}: write {iso}"
    if code in WITHOUT_A_CODE or pycountry.countries.get(alpha_2=code):
        return None
    return f"'{code}', which is no country by ISO 3166-1: write it as two letters, such as SE"


def odd_subdivision(code: str, country: str) -> str | None:
    """What is wrong with a region of a country; none if it has such a region.

    Where holidays are known by regions that are newer than our table, those are regions as well.
    """
    found = pycountry.subdivisions.get(code=code)  # type: ignore[no-untyped-call]
    found = found or knows_region(code)
    if found and code.startswith(f"{country}-"):
        return None
    return (
        f"'{code}', which is no region of {country} by ISO 3166-2: write it as ES-CT, or leave it "
        "out"
    )


def odd_nuts(code: str, country: str) -> str | None:
    """What is wrong with a NUTS code; none if it begins as those of its country do."""
    prefix = NUTS_PREFIXES.get(country, country)
    if code.startswith(prefix):
        return None
    return (
        f"'{code}', which is no NUTS code of {country}: they begin with {prefix}; correct it or "
        "leave it out"
    )


def odd_language(code: str) -> str | None:
    """What is wrong with a language; none if there is such a language."""
    kind = "alpha_2" if len(code) == 2 else "alpha_3"
    if pycountry.languages.get(**{kind: code}):
        return None
    return f"'{code}', which is no language by ISO 639: write it as two or three letters, as en"
