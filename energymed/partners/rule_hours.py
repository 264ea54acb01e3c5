"""Rules that must agree: no calling window, of anybody, goes beyond the bounds of the day.

Windows beyond the bounds would leave cases that never open. Both are dated, so they are compared
on every day from which one of them holds.
"""

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.errors import BadInput, DomainError, Refused
from energymed.base.i18n import N_
from energymed.partners.models import Campaign, DatedRule
from energymed.partners.rule_shapes import EARLIEST, LATEST

WINDOWS, BOUNDS = HOURS = ("calling_windows", "calling_bounds")


def lock_rule(session: Session, code: str) -> None:
    """One change at a time of a rule, and of those that it must agree with."""
    together = HOURS if code in HOURS else (code,)
    general = (DatedRule.campaign_id.is_(None), DatedRule.kind.is_(None))
    found = select(DatedRule.id).where(DatedRule.code.in_(together), *general)
    session.scalars(found.order_by(DatedRule.id).with_for_update()).all()


def check_changed(session: Session, rule: DatedRule, since: date) -> None:
    """Refuse the change of a rule after which windows would lie beyond the bounds.

    Raises:
        BadInput: with `params["field"]`.
    """
    if rule.code not in HOURS:
        return
    for windows, bounds in _beyond(session, since):
        if rule.code == BOUNDS:
            raise _too_narrow(session, windows, bounds)
        if _owner(windows) == _owner(rule):
            earliest, latest = bounds
            raise BadInput(
                N_("Les plages restent dans les bornes de la journée : %(earliest)s – %(latest)s."),
                earliest=f"{earliest:%H:%M}", latest=f"{latest:%H:%M}", field="windows",
            )  # fmt: skip


def check_withdrawn(session: Session, rule: DatedRule, since: date) -> None:
    """Refuse the withdrawal of a rule after which windows would lie beyond the bounds.

    Raises:
        Refused: naming the windows.
    """
    if rule.code not in HOURS:
        return
    for windows, _bounds in _beyond(session, since):
        if rule.code == BOUNDS or _owner(windows) == _owner(rule):
            raise Refused(
                N_("Sans ce changement, des plages (%(windows)s) seraient hors des bornes de la "
                   "journée : changez-les d'abord."),
                windows=_said(windows),
            )  # fmt: skip


def within(spans: Sequence[Sequence[str]], bounds: tuple[time, time]) -> bool:
    """Whether every span lies between the bounds."""
    earliest, latest = bounds
    return all(
        earliest <= time.fromisoformat(start) and time.fromisoformat(end) <= latest
        for start, end in spans
    )


def _beyond(session: Session, since: date) -> Iterator[tuple[DatedRule, tuple[time, time]]]:
    """Windows that go beyond the bounds on a day from `since` on, with these bounds."""
    rules = list(session.scalars(select(DatedRule).where(DatedRule.code.in_(HOURS))))
    bounds = [rule for rule in rules if rule.code == BOUNDS]
    windows = sorted((rule for rule in rules if rule.code == WINDOWS), key=_owner)
    owners = [list(own) for _owner_key, own in groupby(windows, key=_owner)]
    for day in _turns(rules, since):
        limits = _limits(latest_in_force(bounds, day))
        for own in owners:
            holds = latest_in_force(own, day)
            if holds is not None and not within(holds.value["value"], limits):
                yield holds, limits


def _turns(rules: Sequence[DatedRule], since: date) -> list[date]:
    """The days from `since` on from which something else may hold."""
    ends = (rule.valid_to + timedelta(days=1) for rule in rules if rule.valid_to is not None)
    return sorted({since, *(day for day in (*(r.valid_from for r in rules), *ends) if day > since)})


def latest_in_force(own: Sequence[DatedRule], day: date) -> DatedRule | None:
    """Of the values of one scope the one that holds on a day."""
    begun = [rule for rule in own if rule.valid_from <= day]
    begun = [rule for rule in begun if rule.valid_to is None or rule.valid_to >= day]
    return max(begun, key=lambda rule: rule.valid_from, default=None)


def _limits(rule: DatedRule | None) -> tuple[time, time]:
    """The bounds of a rule, never beyond those of the profession."""
    if rule is None:
        return EARLIEST, LATEST
    earliest, latest = map(time.fromisoformat, rule.value["value"])
    return max(earliest, EARLIEST), min(latest, LATEST)


def _too_narrow(session: Session, rule: DatedRule, bounds: tuple[time, time]) -> DomainError:
    starts = min(time.fromisoformat(start) for start, _end in rule.value["value"])
    said = {
        "windows": _said(rule), "field": "earliest" if starts < bounds[0] else "latest",
    }  # fmt: skip
    if rule.campaign_id is None:
        return BadInput(
            N_("Des plages (%(windows)s) iraient au-delà de ces bornes : changez-les d'abord."),
            **said,
        )
    return BadInput(
        N_("Des plages de %(partner)s (%(windows)s) iraient au-delà de ces bornes : changez-les "
           "d'abord."),
        partner=session.get_one(Campaign, rule.campaign_id).partner.name, **said,
    )  # fmt: skip


def _owner(rule: DatedRule) -> tuple[int, str]:
    return rule.campaign_id or 0, rule.kind or ""


def _said(rule: DatedRule) -> str:
    return ", ".join(f"{start} – {end}" for start, end in rule.value["value"])
