"""The dated rules in force on a day, as plain frozen values that the pure rules take.

Rows of `dated_rule` with a campaign win over those of a mission, which win over the general ones;
among rows in force the latest `valid_from` wins. `DEFAULTS` is what a new installation starts with
(DOMAIN §3, §8; certainty there), written by `seed`; afterwards the rows are the truth.
"""

import json
from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Date, Integer, Select, String, Text, bindparam, cast, insert, or_, select
from sqlalchemy.orm import Session

from energymed.base.db import read_rows
from energymed.partners.cascade_rules import CASCADE_DEFAULTS, CascadeRules
from energymed.partners.cheque_band_rows import seed_cheque_bands
from energymed.partners.cheque_campaign_rows import seed_cheque_campaigns
from energymed.partners.models import Campaign, DatedRule
from energymed.partners.procedure_rules import PROCEDURE_DEFAULTS, ProcedureRules, WinterTruce
from energymed.partners.result_rules import PREFIX, RESULT_RULES, ResultRule, declared
from energymed.partners.waiting_rules import WAITING_DEFAULTS, WaitingRules

DEFAULTS: dict[str, tuple[Any, str]] = {
    "calling_windows": ([["09:00", "12:30"], ["13:30", "19:00"]], "DOMAIN §8"),
    "calling_weekdays": ([0, 1, 2, 3, 4], "DOMAIN §8"),
    "calling_bounds": (["08:00", "20:00"], "DOMAIN §8"),
    "attempts_per_day": (1, "DOMAIN §8"),
    "attempts_per_period": ({"attempts": 4, "days": 30, "half_days": 2}, "DOMAIN §8"),
    "refusal_rest_days": (60, "DOMAIN §8"),
    "voicemail_gap_days": (7, "DOMAIN §8"),
    "same_day_minutes": (45, "choix du produit (docs/choices.md)"),
    "not_now_minutes": (120, "choix du produit (docs/choices.md)"),
    "lease_minutes": (15, "DESIGN, Queue and calling"),
    "message_gap_days": (7, "docs/choices.md, Messages"),
    "message_names_partner": (False, "docs/choices.md, Messages"),
    "instalment_days": (7, "choix du produit (docs/choices.md)"),
    "instalment_cents": (100, "choix du produit (docs/choices.md)"),
    "names_per_number": (4, "choix du produit (docs/choices.md)"),
    "directory_months": (12, "choix du produit (docs/choices.md)"),
    "need_days": (365, "choix du produit (docs/choices.md)"),
    "deposits_per_hour": (60, "choix du produit (docs/choices.md)"),
    "repeat_days": (183, "DOMAIN §15"),
    "several_days": (31, "DOMAIN §15"),
    "least_debt_cents": (0, "convention du partenaire"),
    "least_age_days": (0, "convention du partenaire"),
    "winter_truce": ({"from": [11, 1], "to": [3, 31]}, "Code de l'action sociale, art. L115-3"),
    # payment plans and household budgets
    "plan_count_alone": (12, "DOMAIN §7"),
    "plan_months_alone": (12, "DOMAIN §7"),
    "plan_smallest_alone": (1_000, "choix du produit (docs/choices.md)"),
    "plan_count_most": (36, "choix du produit (docs/choices.md)"),
    "plan_months_most": (36, "choix du produit (docs/choices.md)"),
    "plan_smallest_most": (100, "choix du produit (docs/choices.md)"),
    "budget_day_cents": (700, "DOMAIN §14"),
    "budget_tight_percent": (10, "DOMAIN §14"),
    "budget_energy_percent": (8, "DOMAIN §14"),
    "budget_floor_rsa": (65_169, "RSA, une personne seule, avril 2026"),
    "budget_floor_aspa": (104_360, "ASPA, une personne seule, 2026"),
    "budget_ask_insurance": (10_000, "choix du produit (docs/choices.md)"),
    "budget_ask_phone": (5_000, "choix du produit (docs/choices.md)"),
    "budget_ask_transport": (20_000, "choix du produit (docs/choices.md)"),
    "budget_ask_other_charges": (15_000, "choix du produit (docs/choices.md)"),
    **PROCEDURE_DEFAULTS,
    **WAITING_DEFAULTS,
    **CASCADE_DEFAULTS,
}
DEFAULTS_FROM = date(2000, 1, 1)

Rows = tuple[tuple[str, str], ...]
DaysOf = Callable[[date], int]


@dataclass(frozen=True, slots=True)
class CallingRules:
    """When and how often a person may be called (DOMAIN §8). Times are those of Paris."""

    windows: tuple[tuple[time, time], ...]
    weekdays: frozenset[int]
    earliest: time
    latest: time
    attempts_per_day: int
    attempts_per_period: int
    period_days: int
    half_days: int
    refusal_rest_days: int
    voicemail_gap_days: int
    lease_minutes: int
    same_day_minutes: int = 45
    not_now_minutes: int = 120
    results: Mapping[str, ResultRule] = field(default_factory=lambda: RESULT_RULES)

    def counts(self, result: str) -> bool:
        """Whether a result is an attempt to reach the person."""
        return self.results[result].counts


@dataclass(frozen=True, slots=True)
class MessageRules:
    """When and how often a person may be written to, and whether the partner may be named."""

    earliest: time
    latest: time
    gap_days: int
    names_partner: bool


@dataclass(frozen=True, slots=True)
class SignalRules:
    """When a household is signalled again or by several; what a convention leaves out (0: none).

    A repeat comes within `repeat_days` of an earlier case, several partners within `several_days`
    of each other. Below `least_debt_cents`, or before a debt is `least_age_days` old, a line is
    outside the convention.
    """

    repeat_days: int
    several_days: int
    least_debt_cents: int
    least_age_days: int


def seed(session: Session) -> int:
    """Write the general rules that are missing; returns how many. Safe to repeat.

    And the campaigns of the energy cheque with their bands.
    """
    seed_cheque_campaigns(session)
    seed_cheque_bands(session)
    general = select(DatedRule.code).where(
        DatedRule.campaign_id.is_(None), DatedRule.kind.is_(None)
    )
    known = set(session.scalars(general))
    missing = [
        {"code": code, "value": {"value": value}, "source": source, "valid_from": DEFAULTS_FROM}
        for code, (value, source) in DEFAULTS.items()
        if code not in known
    ]
    if missing:
        session.execute(insert(DatedRule), missing)
    return len(missing)


def load_calling_rules(
    session: Session,
    on: date,
    *,
    partner_id: int | None = None,
    kind: str | None = None,
) -> CallingRules:
    """The calling rules in force on `on`, for a campaign when partner and kind are given."""
    return calling_rules_from(_rows_in_force(session, on, partner_id, kind))


@lru_cache(maxsize=256)
def calling_rules_from(rows: Rows) -> CallingRules:
    """The calling rules of rows (code, value as JSON), the stronger ones last.

    Worked out once for the same rows, which are read every time.
    """
    values = _values(rows)
    period = values["attempts_per_period"]
    bounds = [time.fromisoformat(text) for text in values["calling_bounds"]]
    return CallingRules(
        windows=tuple(
            (time.fromisoformat(start), time.fromisoformat(end))
            for start, end in values["calling_windows"]
        ),
        weekdays=frozenset(values["calling_weekdays"]),
        earliest=bounds[0],
        latest=bounds[1],
        attempts_per_day=values["attempts_per_day"],
        attempts_per_period=period["attempts"],
        period_days=period["days"],
        half_days=period["half_days"],
        refusal_rest_days=values["refusal_rest_days"],
        voicemail_gap_days=values["voicemail_gap_days"],
        lease_minutes=values["lease_minutes"],
        same_day_minutes=values["same_day_minutes"],
        not_now_minutes=values["not_now_minutes"],
        results={code: declared(code, values.get(PREFIX + code) or {}) for code in RESULT_RULES},
    )


def load_message_rules(
    session: Session, on: date, *, partner_id: int | None = None, kind: str | None = None
) -> MessageRules:
    """The rules on text messages and e-mails in force on `on`, for a campaign when given."""
    values = _values(_rows_in_force(session, on, partner_id, kind))
    earliest, latest = (time.fromisoformat(text) for text in values["calling_bounds"])
    return MessageRules(
        earliest=earliest,
        latest=latest,
        gap_days=values["message_gap_days"],
        names_partner=values["message_names_partner"],
    )


def load_instalment_tolerance(
    session: Session, on: date, *, partner_id: int | None = None, kind: str | None = None
) -> tuple[int, int]:
    """How many days late and how many cents short a payment still settles an instalment due `on`.

    For a campaign when partner and kind are given.
    """
    values = _values(_rows_in_force(session, on, partner_id, kind))
    return values["instalment_days"], values["instalment_cents"]


def load_solution_rules(
    session: Session, on: date, *, partner_id: int | None = None, kind: str | None = None
) -> Mapping[str, Any]:
    """{code: value} of the rules on plans and budgets in force on `on`, for a campaign when given.

    `mediation.plan_limits` and `mediation.budget_rules` give them their shapes.
    """
    values = _values(_rows_in_force(session, on, partner_id, kind))
    return {code: values[code] for code in values if code.startswith(("plan_", "budget_"))}


def load_waiting_rules(
    session: Session, on: date, *, partner_id: int | None = None, kind: str | None = None
) -> WaitingRules:
    """How long one waits for whom, in force on `on`, for a campaign when given."""
    return WaitingRules.of(_values(_rows_in_force(session, on, partner_id, kind)))


def load_cascade_rules(
    session: Session, on: date, *, partner_id: int | None = None, kind: str | None = None
) -> CascadeRules:
    """After how many calls in vain which way is proposed on `on`, for a campaign when given."""
    return CascadeRules.of(_values(_rows_in_force(session, on, partner_id, kind)))


def load_instalment_days(session: Session, *, partner_id: int, kind: str) -> DaysOf:
    """How many days late an instalment due on a day may be paid, for a campaign; two queries.

    For many instalments at once: the rule is read once for each time at which it changes.
    """
    bounds = sorted(_changes(session, "instalment_days"))
    known: dict[int, int] = {}

    def of(on: date) -> int:
        since = bisect_right(bounds, on)
        if since not in known:
            found = load_instalment_tolerance(session, on, partner_id=partner_id, kind=kind)
            known[since] = found[0]
        return known[since]

    return of


def _changes(session: Session, code: str) -> set[date]:
    """The days from which the values of a rule may be others."""
    periods = select(DatedRule.valid_from, DatedRule.valid_to).where(DatedRule.code == code)
    rows = session.execute(periods).all()
    ends = {last + timedelta(days=1) for _first, last in rows if last is not None}
    return {first for first, _last in rows} | ends


def load_names_per_number(session: Session, on: date) -> int:
    """How many names a telephone number may stand under and still tell who lives together."""
    value: int = _values(_rows_in_force(session, on, None, None))["names_per_number"]
    return value


def load_winter_truce(session: Session, on: date) -> WinterTruce:
    """The winter truce in force on `on`."""
    return _winter_truce(_values(_rows_in_force(session, on, None, None)))


def _winter_truce(values: Mapping[str, Any]) -> WinterTruce:
    value = values["winter_truce"]
    return WinterTruce(first=tuple(value["from"]), last=tuple(value["to"]))


def load_signal_rules(
    session: Session, on: date, *, partner_id: int | None = None, kind: str | None = None
) -> SignalRules:
    """The rules on signals in force on `on`, for a campaign when given."""
    return _signal_rules(_values(_rows_in_force(session, on, partner_id, kind)))


def load_case_rules(
    session: Session, on: date, *, partner_id: int, kind: str
) -> tuple[ProcedureRules, SignalRules]:
    """The rules of the unpaid-bill procedure and of signals for a campaign, in one query."""
    values = _values(_rows_in_force(session, on, partner_id, kind))
    return ProcedureRules.of(values, _winter_truce(values)), _signal_rules(values)


def load_fsl_months(session: Session, on: date) -> int:
    """For how many months a request filed `on` with an FSL keeps supply at most."""
    months: int = _values(_rows_in_force(session, on, None, None))["fsl_months"]
    return months


def _signal_rules(values: Mapping[str, Any]) -> SignalRules:
    return SignalRules(
        repeat_days=values["repeat_days"],
        several_days=values["several_days"],
        least_debt_cents=values["least_debt_cents"],
        least_age_days=values["least_age_days"],
    )


def load_directory_months(session: Session, on: date) -> int:
    """After how many months a row of the directory is to be checked again, on `on`."""
    months: int = _values(_rows_in_force(session, on, None, None))["directory_months"]
    return months


def load_need_days(session: Session, on: date) -> int:
    """For how many days what a person needs is kept when it is noted `on`."""
    days: int = _values(_rows_in_force(session, on, None, None))["need_days"]
    return days


def load_deposits_per_hour(session: Session, on: date) -> int:
    """How many files a partner may bring by itself within an hour, on `on`."""
    most: int = _values(_rows_in_force(session, on, None, None))["deposits_per_hour"]
    return most


def _rows_in_force(session: Session, on: date, partner_id: int | None, kind: str | None) -> Rows:
    asked = {"day": on, "partner": partner_id, "kind": kind}
    return tuple((code, value) for code, value in read_rows(session, _in_force(), asked))


def _values(rows: Rows) -> dict[str, Any]:
    """What holds for each code: the rows come in the order in which they win."""
    values = {code: value for code, (value, _source) in DEFAULTS.items()}
    values.update({code: json.loads(value)["value"] for code, value in rows})
    return values


@cache
def _in_force() -> Select[str, str]:
    """(code, value as JSON) of the rows in force, the stronger ones last."""
    day, kind = bindparam("day", type_=Date()), bindparam("kind", type_=String())
    campaign = (
        select(Campaign.id)
        .where(Campaign.partner_id == bindparam("partner", type_=Integer()), Campaign.kind == kind)
        .scalar_subquery()
    )
    return (
        select(DatedRule.code, cast(DatedRule.value, Text))
        .where(DatedRule.valid_from <= day)
        .where(or_(DatedRule.valid_to.is_(None), DatedRule.valid_to >= day))
        .where(or_(DatedRule.campaign_id.is_(None), DatedRule.campaign_id == campaign))
        .where(or_(DatedRule.kind.is_(None), DatedRule.kind == kind))
        .order_by(
            DatedRule.campaign_id.is_not(None), DatedRule.kind.is_not(None), DatedRule.valid_from
        )
    )
