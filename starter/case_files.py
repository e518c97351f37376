"""The YAML files coordinators write: directory, request, and so on.

One file may hold several sections; each command reads its own. Names and e-mail addresses stand
here as people write them, and are turned into references at the desk.
"""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

import yaml
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from domain.agenda import SessionKind, WallTime
from domain.assignment import Mode
from domain.evaluation import Consent, Mark
from domain.hosting import HostingOffer
from domain.matchmaking import EVENT_REFERENCE
from domain.people import Email, Language, Level, Organisation, Person
from domain.request import Activity, Funding
from starter.mistakes import what_is_wrong, where_in

EXAMPLE = Path(__file__).parent.parent / "examples" / "boras-soc-2026.yaml"
"""The customer's own case, for the demo and to copy from."""
EXAMPLES = {"application": "girona-joins-2027.yaml", "event": "autumn-meeting.yaml"}
"""The example of each section that the customer's case does not have."""


class BadFile(Exception):  # noqa: N818 - the file is bad, we are not at fault
    """A file that cannot be used: one sentence saying what, where and what to do."""


class _Reader(yaml.SafeLoader):
    """YAML in which a word is what people see: 14:00 a time, NO a country, twice the same a slip.

    Left to itself, YAML takes 14:00 for the number 840 and NO for a no.
    """

    yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in known if tag.endswith((":null", ":merge"))]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002 - PyYAML's own signature
        names = [name.value for name, _ in node.value if isinstance(name, yaml.ScalarNode)]
        for n, (name, _) in enumerate(node.value):
            if isinstance(name, yaml.ScalarNode) and name.value in names[:n]:
                raise yaml.constructor.ConstructorError(
                    problem=f"'{name.value}' stands there twice", problem_mark=name.start_mark
                )
        return super().construct_mapping(node, deep)


class Section(BaseModel):
    """A part of a file. Unknown words are mistakes, not extras."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class DirectorySection(Section):
    """Organisations, the people who answer for them, and what they offer.

    What is left out stays as it is: to correct one person's address, that person is enough.
    """

    organisations: tuple[Organisation, ...] = ()
    people: tuple[Person, ...] = ()
    offers: tuple[HostingOffer, ...] = ()

    @model_validator(mode="after")
    def _check_is_not_empty(self) -> Self:
        if not (self.organisations or self.people or self.offers):
            raise ValueError("holds nothing: add organisations, people or offers")
        return self


class ParticipantEntry(Section):
    """One person who travels. Without a language, the directory's, or else English."""

    name: Text
    email: Email
    profile: Text
    language: Language | None = None


class RequestSection(Section):
    """What the sending organisation asks for."""

    sending: Text
    coordinator: Text
    programme_office: Text
    activity: Activity
    title: Text
    context: Text
    objectives: Annotated[tuple[Text, ...], Field(min_length=1)]
    participants: Annotated[tuple[ParticipantEntry, ...], Field(min_length=1)]
    themes: tuple[Text, ...]
    languages: Annotated[tuple[Text, ...], Field(min_length=1)]
    first_day: date
    last_day: date
    funding: Funding
    fields: tuple[Text, ...] | None = None
    tags: tuple[Text, ...] | None = None
    least_level: Level | None = None
    fewer_opportunities: bool | None = None
    event: Text | None = None


class SessionEntry(Section):
    """One session of the host's agenda; objectives by their number in the request."""

    day: date
    starts: WallTime
    ends: WallTime
    kind: SessionKind = SessionKind.SHARED
    participants: Literal["all"] | tuple[Text, ...] = "all"
    objectives: tuple[int, ...] = ()
    title: Text
    place: Text


class EvaluationEntry(Section):
    """One person's evaluation; marks in the order of the objectives."""

    who: Text
    marks: tuple[Mark, ...]
    lessons: tuple[Text, ...] = ()
    testimonial: str = ""
    consent: Consent = Consent.NO


class FollowUpEntry(Section):
    """What was seen, what will be adapted, how long it was; title and context if they changed."""

    stated_days: Annotated[int, Field(ge=1)]
    seen: Text
    adapted: Text
    title: Text | None = None
    context: Text | None = None


class EventSection(Section):
    """A matchmaking event: until when requests join, and how often hosts are asked."""

    reference: Annotated[str, StringConstraints(pattern=EVENT_REFERENCE)]
    name: Text
    programme_office: Text
    closes: date
    rounds: Annotated[int, Field(ge=1, le=10)] = 3
    answer_days: Annotated[int, Field(ge=1, le=60)] = 12
    mode: Mode = Mode.BEST_TOTAL


class ApplicantEntry(Section):
    """Who speaks for an organisation that wants to join."""

    name: Text
    email: Email
    profile: str = ""
    language: Language = Language.ENGLISH


class ApplicationSection(Section):
    """What an organisation tells that wants to join the partnership."""

    organisation: Organisation
    coordinator: ApplicantEntry
    programme_office: Text
    motivation: Text

    @model_validator(mode="after")
    def _check_tells_no_more(self) -> Self:
        if self.organisation.promoters or self.organisation.logo:
            raise ValueError(
                "names promoters or a logo: leave them out, and give the picture with --logo"
            )
        return self


class CaseDocument(Section):
    """A whole file."""

    directory: DirectorySection | None = None
    request: RequestSection | None = None
    agenda: tuple[SessionEntry, ...] | None = None
    evaluations: tuple[EvaluationEntry, ...] | None = None
    follow_up: FollowUpEntry | None = None
    event: EventSection | None = None
    application: ApplicationSection | None = None


Part = TypeVar("Part")


def read_yaml(path: Path) -> object:
    """What stands in a YAML file.

    Raises:
        BadFile: saying what is wrong, where, and what to do.
    """
    try:
        return _Reader(path.read_text("utf-8-sig")).get_single_data()
    except OSError as trouble:
        raise BadFile(f"{path} cannot be read ({trouble.strerror}): check the name.") from None
    except UnicodeDecodeError:
        raise BadFile(f"{path} is not UTF-8 text: save it as UTF-8.") from None
    except yaml.YAMLError as trouble:
        raise BadFile(f"{path} is not YAML: {_mark(trouble)}: correct it there.") from None
    except (RecursionError, ValueError):
        raise BadFile(f"{path} is not YAML as it is used here: write as in the example.") from None


def read_file(path: Path) -> CaseDocument:
    """Read one file.

    Raises:
        BadFile: saying what is wrong, where, and what to do.
    """
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise BadFile(f"{path} holds no sections: begin with 'request:', as in the example.")
    try:
        return CaseDocument.model_validate(content)
    except ValidationError as trouble:
        raise BadFile(f"{path}: {_first_mistake(trouble)}.") from None


def section(part: Part | None, name: str, path: Path) -> Part:
    """The section a command needs.

    Raises:
        BadFile: when the file does not have it.
    """
    if part is None:
        example = EXAMPLES.get(name, EXAMPLE.name)
        raise BadFile(f"{path} has no section '{name}:': add it, as in examples/{example}.")
    return part


def _mark(trouble: yaml.YAMLError) -> str:
    mark = getattr(trouble, "problem_mark", None)
    problem = getattr(trouble, "problem", None) or "it cannot be parsed"
    return f"{problem}, line {mark.line + 1}" if mark else str(problem)


def _first_mistake(trouble: ValidationError) -> str:
    mistake = trouble.errors()[0]
    more = trouble.error_count() - 1
    rest = f" (and {more} more)" if more else ""
    return f"'{where_in(mistake)}' {what_is_wrong(mistake)}{rest}"


def move(document: CaseDocument, weeks: int) -> CaseDocument:
    """The same case so many weeks later: every date of request and agenda moves together."""
    later = timedelta(weeks=weeks)
    request, agenda = document.request, document.agenda
    if request is not None:
        request = request.model_copy(
            update={"first_day": request.first_day + later, "last_day": request.last_day + later}
        )
    if agenda is not None:
        agenda = tuple(s.model_copy(update={"day": s.day + later}) for s in agenda)
    return document.model_copy(update={"request": request, "agenda": agenda})
