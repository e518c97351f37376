"""What Erasmus+ pays: computed from dated rates, decided by the programme office.

Every figure comes from a rate file with its source and status. A category without a rate on file
is shown as such and never guessed: the office gives its amount when it decides.
"""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from domain.errors import GrantNotAcceptable
from domain.facts import Fact, PersonId, State
from domain.request import MobilityRequest

BASE_RATE_DAYS = 14
"""Days at the base rate; from the fifteenth on 70 % (Opole 2024-25, several older annexes). The
rounding of 70 % differs between agencies, so the published figure is needed, not computed."""
INSTALMENT_DAYS = 30
"""First payment within 30 calendar days of signature and no later than the start (model clauses
of signed grant agreements)."""


class RateStatus(StrEnum):
    """How well a figure is founded."""

    OFFICIAL = "official"  #: read in the Programme Guide or in the agency's annex
    THIRD_PARTY = "third-party copies agree"  #: not read in the Guide itself
    ILLUSTRATION = "illustration"  #: of another programme; never for real money


class Category(StrEnum):
    """What an amount is for."""

    TRAVEL = "travel"
    INDIVIDUAL_SUPPORT = "individual support"
    ORGANISATIONAL_SUPPORT = "organisational support"


class Rate(Fact):
    """One amount in euro, and everything that decides whether it is the right one.

    ``from_km`` is the lower limit of a distance band; the highest one reached applies. ``group`` is
    the country group of the receiving country.
    """

    category: Category
    amount: Decimal
    call_years: tuple[int, ...]
    sectors: tuple[str, ...] = ()
    national_agency: str | None = None
    green: bool | None = None
    from_km: int | None = None
    group: int | None = None
    source: str
    status: RateStatus


class GrantRates(Fact):
    """The rates on file and the country groups they refer to."""

    rates: tuple[Rate, ...]
    country_groups: dict[str, int]

    def find(self, category: Category, request: MobilityRequest, country: str) -> Rate | None:
        """The one rate that applies, none when it is not on file.

        The table is chosen by the call year of the grant agreement, never by the visit's date.
        """
        funding = request.funding
        fitting = [
            rate
            for rate in self.rates
            if rate.category is category
            and funding.call_year in rate.call_years
            and (not rate.sectors or funding.sector in rate.sectors)
            and rate.national_agency in (None, funding.national_agency)
            and rate.green in (None, funding.green_travel)
            and (rate.group is None or rate.group == self.country_groups.get(country))
            and (rate.from_km is None or rate.from_km <= funding.distance_km)
        ]
        # Of two rates for the same band the later one holds: the office's, not the product's own.
        return max(reversed(fitting), key=lambda rate: rate.from_km or 0, default=None)


def read_rates(*texts: str) -> GrantRates:
    """Read rate files (TOML): the product's own first, then what the office has added."""
    rates: list[Rate] = []
    groups: dict[str, int] = {}
    for text in texts:
        content = tomllib.loads(text)
        groups |= content.get("country_groups", {})
        common = content.get("common", {})
        rates += [Rate.model_validate(common | row) for row in content.get("rate", [])]
    return GrantRates(rates=tuple(rates), country_groups=groups)


MOST_EURO = 1_000_000
"""The most that is believed where no rate is on file to hold an amount against. Our own bound."""


class GrantLine(Fact):
    """One amount of the grant with its reason; no amount when no rate is on file."""

    id: str
    category: Category
    participant: PersonId | None
    units: int
    amount: Decimal | None
    basis: str
    source: str
    status: RateStatus | None


class GrantDecision(StrEnum):
    """What the programme office decides."""

    AWARDED = "awarded"
    AWARDED_IN_PART = "awarded in part"
    REJECTED = "rejected"


class Grant(State):
    """The computed lines, the decision and the first instalment.

    ``decided_on`` is the day of the first award: from then on money may be paid. ``instalments`` is
    what each participant gets first, as it fell due.
    """

    lines: tuple[GrantLine, ...] = ()
    is_for_other_dates: bool = False
    decision: GrantDecision | None = None
    amounts: dict[str, Decimal] = {}
    decided_on: date | None = None
    instalments: dict[PersonId, Decimal] = {}
    instalment_due: date | None = None
    instalment_paid_on: date | None = None

    @property
    def total(self) -> Decimal:
        """What the office has awarded, in euro."""
        return sum(self.amounts.values(), Decimal(0))

    @property
    def must_be_computed(self) -> bool:
        """Whether there are no lines for the dates that hold."""
        return not self.lines or self.is_for_other_dates

    def fall_with_dates(self) -> None:
        """The visit is moved: it must be computed anew, and nothing is due by the old dates."""
        self.is_for_other_dates = True
        if self.instalment_paid_on is None:
            self.instalment_due = None

    def is_upheld_by(self, lines: tuple[GrantLine, ...]) -> bool:
        """Whether what was decided holds for lines computed anew: they come to the same sums."""
        return self.decision is not None and _sums(lines) == _sums(self.lines)

    def put_anew(self, lines: tuple[GrantLine, ...]) -> "Grant":
        """These lines, undecided. An instalment that was paid stays paid."""
        return Grant(
            lines=lines, decided_on=self.decided_on, instalments=self.instalments,
            instalment_due=self.instalment_due, instalment_paid_on=self.instalment_paid_on,
        )  # fmt: skip

    def leave_out(self, person: PersonId) -> None:
        """Take somebody out of a computed grant: their lines, and their head in the shared one."""
        self.lines = tuple(
            _for_one_less(line) if line.participant is None else line
            for line in self.lines
            if line.participant != person
        )

    def withdraw_award(self, person: PersonId) -> Decimal:
        """Let the amounts awarded for somebody fall, and return what they came to, in euro."""
        own = [line.id for line in self.lines if line.participant == person]
        fallen = sum((self.amounts[name] for name in own), Decimal(0))
        self.amounts |= dict.fromkeys(own, Decimal(0))
        return fallen

    def decide(self, decision: GrantDecision, given: dict[str, Decimal]) -> dict[str, Decimal]:
        """The amounts that a decision comes to, line by line. Changes nothing.

        Raises:
            GrantNotAcceptable: for an unknown line, a line left without amount, an amount above
                the computed one or beyond belief, or a decision that is not what its amounts say.
        """
        if decision is GrantDecision.REJECTED:
            if given:
                raise GrantNotAcceptable("A rejected grant has no amounts: leave them out.")
            return {}
        self._check_given(given)
        amounts = {line.id: self._amount(line, given) for line in self.lines}
        lowered = any(
            line.amount is not None and amounts[line.id] < line.amount for line in self.lines
        )
        if lowered and decision is GrantDecision.AWARDED:
            raise GrantNotAcceptable(
                "An amount is below the computed one: call the decision 'awarded in part'."
            )
        if not lowered and decision is GrantDecision.AWARDED_IN_PART:
            raise GrantNotAcceptable(
                "No amount is below the computed one: call the decision 'awarded', or lower one."
            )
        return amounts

    def _check_given(self, given: dict[str, Decimal]) -> None:
        lines = {line.id: line for line in self.lines}
        for name, amount in given.items():
            if name not in lines:
                raise GrantNotAcceptable(
                    f"There is no line {name} in this grant: it has {', '.join(lines)}."
                )
            computed = lines[name].amount
            if computed is None and amount > MOST_EURO:
                raise GrantNotAcceptable(
                    f"{amount} euro for {name} is more than any grant has: give at most "
                    f"{MOST_EURO} euro for a line without a rate."
                )
            if amount < 0 or (computed is not None and amount > computed):
                raise GrantNotAcceptable(
                    f"{amount} euro for {name} is outside what the rates give: 0 to {computed}."
                )

    @staticmethod
    def _amount(line: GrantLine, given: dict[str, Decimal]) -> Decimal:
        amount = given.get(line.id, line.amount)
        if amount is None:
            raise GrantNotAcceptable(f"No rate is on file for {line.id}: give its amount.")
        return amount


def compute_grant(
    request: MobilityRequest,
    participants: tuple[PersonId, ...],
    rates: GrantRates,
    receiving_country: str,
) -> tuple[GrantLine, ...]:
    """Work out every line of the grant, with the reason and the source of each figure."""
    lines: list[GrantLine] = []
    for person in participants:
        lines.append(_travel(request, person, rates, receiving_country))
        lines.append(_support(request, person, rates, receiving_country))
    rate = rates.find(Category.ORGANISATIONAL_SUPPORT, request, receiving_country)
    lines.append(
        _line(Category.ORGANISATIONAL_SUPPORT, None, len(participants), rate, "participants")
    )
    return tuple(lines)


def _travel(
    request: MobilityRequest, person: PersonId, rates: GrantRates, country: str
) -> GrantLine:
    funding = request.funding
    rate = rates.find(Category.TRAVEL, request, country)
    read_on = funding.distance_read_on
    basis = f"{funding.distance_km} km one way, read in the distance calculator on {read_on}"
    return _line(Category.TRAVEL, person, 1, rate, basis)


def _support(
    request: MobilityRequest, person: PersonId, rates: GrantRates, country: str
) -> GrantLine:
    activity, travel = len(request.days), request.funding.travel_days
    days = activity + travel
    basis = f"{activity} days of activity and {travel} of travel"
    rate = rates.find(Category.INDIVIDUAL_SUPPORT, request, country)
    if days > BASE_RATE_DAYS:
        # Nothing seen says whether travel days use up the days at the base rate, nor how 70 % is
        # rounded: the office decides, we do not guess.
        rate, basis = None, f"{basis}, more than {BASE_RATE_DAYS} at the base rate"
    return _line(Category.INDIVIDUAL_SUPPORT, person, days, rate, basis)


def _line(
    category: Category, person: PersonId | None, units: int, rate: Rate | None, basis: str
) -> GrantLine:
    name = category.value.replace(" ", "-")
    return GrantLine(
        id=f"{name}/{person}" if person else name,
        category=category,
        participant=person,
        units=units,
        amount=rate.amount * units if rate else None,
        basis=f"{units} x {rate.amount} euro: {basis}" if rate else f"no rate on file: {basis}",
        source=rate.source if rate else "",
        status=rate.status if rate else None,
    )


def _sums(lines: tuple[GrantLine, ...]) -> dict[str, tuple[Decimal | None, int]]:
    """What each line comes to; without a rate on file, for how much the office gives an amount."""
    return {line.id: (line.amount, line.units) for line in lines}


def _for_one_less(line: GrantLine) -> GrantLine:
    units = line.units - 1
    if line.amount is None:
        return line.model_copy(update={"units": units})
    rate = line.amount / line.units
    counted = line.basis.partition(" x ")[2]
    return line.model_copy(
        update={"units": units, "amount": rate * units, "basis": f"{units} x {counted}"}
    )


def instalment_due(*, signed_on: date, first_day: date) -> date:
    """The day the first instalment is due: 30 days after signature, or the start if sooner."""
    return min(signed_on + timedelta(days=INSTALMENT_DAYS), first_day)


def first_instalment(grant: Grant, participant: PersonId, percent: int) -> Decimal:
    """What one participant is paid first, in euro, rounded down to the cent."""
    own = sum(
        (grant.amounts[line.id] for line in grant.lines if line.participant == participant),
        Decimal(0),
    )
    return (own * percent / 100).quantize(Decimal("0.01"), rounding="ROUND_DOWN")
