"""Changing the dated rules: a new value from a day on, for all, for a mission or for a campaign.

Nothing is overwritten: what held before stays on file with its days, so that what was done under
it can be explained a year later. A change that has not begun may be changed again or withdrawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.audit import Acting
from energymed.base.clock import paris_date
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.base.i18n import N_
from energymed.partners.models import Campaign, DatedRule
from energymed.partners.rule_shapes import FOR_EVERYBODY, check_value, is_known
from energymed.partners.service import KINDS

LONGEST_SOURCE = 200


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom a rule binds: one campaign, one mission of every partner, or everybody (neither)."""

    campaign_id: int | None = None
    kind: str | None = None

    @property
    def is_general(self) -> bool:
        """For everybody."""
        return self.campaign_id is None and self.kind is None

    def owns(self, rule: DatedRule) -> bool:
        """Whether a rule is of exactly this scope."""
        return (rule.campaign_id, rule.kind) == (self.campaign_id, self.kind)

    def rows(self) -> tuple[ColumnElement[bool], ...]:
        """Which rows are of exactly this scope."""
        return (
            DatedRule.campaign_id.is_not_distinct_from(self.campaign_id),
            DatedRule.kind.is_not_distinct_from(self.kind),
        )


def change_rule(
    session: Session,
    actor: Acting,
    scope: Scope,
    code: str,
    value: Any,
    *,
    valid_from: date,
    source: str,
    now: datetime,
) -> DatedRule:
    """Let a rule have this value from a day on.

    Raises:
        NotFound: no such rule or campaign.
        BadInput: a value that makes no sense, a day that has passed, or no reason given.
        Refused: a rule that no campaign may have its own way.
    """
    if not is_known(code):
        raise NotFound(N_("Cette règle n'existe pas."))
    _check_scope(session, scope, code)
    check_value(code, value)
    source = " ".join(source.split())
    if not 0 < len(source) <= LONGEST_SOURCE:
        raise BadInput(N_("Dites pourquoi, ou d'après quel texte."), field="source")
    if valid_from < paris_date(now):
        raise BadInput(N_("Une règle ne change pas le passé."), field="valid_from")
    same_day = (*scope.rows(), DatedRule.code == code, DatedRule.valid_from == valid_from)
    rule = session.scalar(select(DatedRule).where(*same_day).with_for_update())
    before = None if rule is None else {"value": rule.value["value"]}
    if rule is None:
        rule = DatedRule(
            code=code, campaign_id=scope.campaign_id, kind=scope.kind, valid_from=valid_from
        )
        session.add(rule)
    rule.value, rule.source, rule.valid_to = {"value": value}, source, None
    session.flush()
    audit.record(
        session, actor, "rule.changed", rule, now=now, before=before,
        after={"code": code, "value": value, "from": valid_from.isoformat()},
    )  # fmt: skip
    return rule


def end_rule(session: Session, actor: Acting, rule_id: int, *, now: datetime) -> None:
    """Let a campaign's or a mission's own rule end: the general one holds again from today on.

    One that has not begun, or began today, goes altogether.

    Raises:
        NotFound: unknown.
        Refused: a general rule; it is changed, never left open.
    """
    rule = session.get(DatedRule, rule_id, with_for_update=True)
    if rule is None:
        raise NotFound(N_("Cette règle n'existe pas."))
    if Scope(rule.campaign_id, rule.kind).is_general:
        raise Refused(N_("La règle générale se change, elle ne se retire pas."))
    today = paris_date(now)
    before = {"code": rule.code, "value": rule.value["value"], "from": rule.valid_from.isoformat()}
    audit.record(session, actor, "rule.ended", rule, now=now, before=before)
    if rule.valid_from >= today:
        session.delete(rule)
    else:
        rule.valid_to = today - timedelta(days=1)
    session.flush()


def rule_in_force(
    found: Sequence[DatedRule], scopes: Sequence[Scope], day: date
) -> DatedRule | None:
    """Of the values on file the one that holds on a day: of the nearest scope, then the latest."""
    for scope in scopes:
        own = [rule for rule in found if scope.owns(rule) and rule.valid_from <= day]
        own = [rule for rule in own if rule.valid_to is None or rule.valid_to >= day]
        if own:
            return max(own, key=lambda rule: rule.valid_from)
    return None


def rules_on_file(session: Session, code: str, scopes: Sequence[Scope]) -> list[DatedRule]:
    """Every value that a rule has, had or will have for these scopes, latest first."""
    found: list[DatedRule] = []
    for scope in scopes:
        found += session.scalars(select(DatedRule).where(DatedRule.code == code, *scope.rows()))
    return sorted(found, key=lambda rule: (rule.valid_from, rule.id), reverse=True)


def scopes_over(session: Session, scope: Scope) -> list[Scope]:
    """The scope and those it stands under: campaign, its mission, everybody.

    Raises:
        NotFound: no such campaign.
    """
    if scope.is_general:
        return [scope]
    kind = scope.kind
    if scope.campaign_id is not None:
        campaign = session.get(Campaign, scope.campaign_id)
        if campaign is None:
            raise NotFound(N_("Cette campagne n'existe pas."))
        return [scope, Scope(kind=campaign.kind), Scope()]
    if kind not in KINDS:
        raise NotFound(N_("Cette mission n'existe pas."))
    return [scope, Scope()]


def _check_scope(session: Session, scope: Scope, code: str) -> None:
    scopes_over(session, scope)
    if code in FOR_EVERYBODY and not scope.is_general:
        raise Refused(N_("Cette règle est la même pour toutes les campagnes."))
