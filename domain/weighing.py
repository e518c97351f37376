"""How much each criterion weighs when hosts are ranked: data of the product and of the office."""

import tomllib
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError

from domain.facts import Fact

Points = Annotated[int, Field(ge=0, le=1000, strict=True)]
Days = Annotated[int, Field(ge=1, le=3660, strict=True)]


class PerThing(Fact):
    """Points for each thing, up to a most."""

    each: Points
    most: Points


class FieldWeights(Fact):
    """Points for a narrow field in common, and for another one of the same broad field."""

    same: Points
    near: Points
    most: Points


class LanguageWeights(Fact):
    """Points for each language in common, and for each level of the one spoken best."""

    each: Points
    step: Points
    most: Points


class RoomWeights(Fact):
    """Points for places that stay free."""

    spare: Points


class AnswerWeights(Fact):
    """Points for answering, and how the past counts."""

    points: Points
    expected_percent: Annotated[int, Field(ge=0, le=100, strict=True)]
    half_life_days: Days
    prior: Annotated[int, Field(ge=1, le=100, strict=True)]


class QuicknessWeights(Fact):
    """Points for answering soon."""

    points: Points
    expected_days: Days


class BalanceWeights(PerThing):
    """Points for each mobility that was sent and not hosted in turn, within so many days."""

    days: Days


class Weights(Fact):
    """What every criterion weighs."""

    themes: PerThing
    fields: FieldWeights
    tags: PerThing
    languages: LanguageWeights
    room: RoomWeights
    answers: AnswerWeights
    quickness: QuicknessWeights
    balance: BalanceWeights
    access: PerThing


class WeightsNotAcceptable(Exception):  # noqa: N818 - told to whoever edits the file
    """A file of weights does not make sense: one sentence saying where."""


def read_weights(*texts: str) -> Weights:
    """Read files of weights, the later over the earlier; together they cover every criterion.

    Raises:
        WeightsNotAcceptable: naming the criterion and what is wrong with it.
    """
    given: dict[str, Any] = {}
    for text in texts:
        try:
            given |= tomllib.loads(text)
        except tomllib.TOMLDecodeError as mistake:
            raise WeightsNotAcceptable(f"The weights are not TOML: {mistake}.") from None
    try:
        return Weights.model_validate(given)
    except ValidationError as trouble:
        raise WeightsNotAcceptable(_where(trouble, Weights.model_fields)) from None


def _where(trouble: ValidationError, known: Mapping[str, object]) -> str:
    mistake = trouble.errors(include_url=False, include_context=False)[0]
    place = " > ".join(str(part) for part in mistake["loc"])
    if mistake["loc"][0] not in known:
        return f"The weights name '{mistake['loc'][0]}': choose from {', '.join(known)}."
    return f"The weights at '{place}': {mistake['msg'].removeprefix('Value error, ')}."
