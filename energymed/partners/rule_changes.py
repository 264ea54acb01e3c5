"""Changing the dated rules: a new value from a day on, for all, for a mission or for a campaign.

Nothing is overwritten: what held before stays on file with its days, so that what was done under
it can be explained a year later. A change that has not begun may be changed again or withdrawn.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.base.i18n import N_
from energymed.partners.codes import CampaignKind
from energymed.partners.models import Campaign, DatedRule
from energymed.partners.rule_hours import check_changed, check_withdrawn, latest_in_force, lock_rule
from energymed.partners.rule_shapes import FOR_EVERYBODY, check_value, is_known

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
    ctx: Context, scope: Scope, code: str, value: Any, *, valid_from: date, source: str
) -> DatedRule:
    """Let a rule have this value from a day on.

    Raises:
        NotFound: no such rule or campaign.
        BadInput: a value that makes no sense or contradicts another rule, a day that has passed,
            or no reason given.
        Refused: a rule that no campaign may have its own way.
    """
    if not is_known(code):
        raise NotFound(N_("Cette règle n'existe pas."))
    _check_scope(ctx.session, scope, code)
    check_value(code, value)
    source = " ".join(source.split())
    if not 0 < len(source) <= LONGEST_SOURCE:
        raise BadInput(N_("Dites pourquoi, ou d'après quel texte."), field="source")
    if valid_from < paris_date(ctx.now):
        raise BadInput(N_("Une règle ne change pas le passé."), field="valid_from")
    lock_rule(ctx.session, code)
    same_day = (*scope.rows(), DatedRule.code == code, DatedRule.valid_from == valid_from)
    rule = ctx.session.scalar(select(DatedRule).where(*same_day).with_for_update())
    before = None if rule is None else {"value": rule.value["value"]}
    if rule is None:
        rule = DatedRule(
            code=code, campaign_id=scope.campaign_id, kind=scope.kind, valid_from=valid_from
        )
        ctx.session.add(rule)
    rule.value, rule.source, rule.valid_to = {"value": value}, source, None
    ctx.session.flush()
    check_changed(ctx.session, rule, valid_from)
    audit.record(
        ctx,
        "rule.changed",
        rule,
        before=before,
        after={"code": code, "value": value, "from": valid_from.isoformat()},
    )
    return rule


def end_rule(ctx: Context, rule_id: int) -> bool:
    """Withdraw a rule: a planned change alone, or all that a mission or a campaign has of its own.

    Of its own values those that hold end yesterday, those of today and to come go altogether.

    Returns:
        Whether the rule above holds again; a planned change that goes leaves what holds.

    Raises:
        NotFound: unknown.
        Refused: a general rule in force (it is changed, never left open), or hours that would
            then contradict each other.
    """
    code = ctx.session.scalar(select(DatedRule.code).where(DatedRule.id == rule_id))
    if code is not None:
        lock_rule(ctx.session, code)
    rule = ctx.session.get(DatedRule, rule_id, with_for_update=True, populate_existing=True)
    today = paris_date(ctx.now)
    if rule is None or (rule.valid_to is not None and rule.valid_to < today):
        raise NotFound(N_("Cette règle n'existe pas, ou ne vaut plus."))
    planned, scope = rule.valid_from > today, Scope(rule.campaign_id, rule.kind)
    if scope.is_general and not planned:
        raise Refused(N_("La règle générale se change, elle ne se retire pas."))
    for one, until in _ends(
        [rule] if planned else _open(ctx.session, scope, rule.code, today), today
    ):
        before = {"code": one.code, "value": one.value["value"], "from": one.valid_from.isoformat()}
        audit.record(ctx, "rule.ended", one, before=before)
        if one.valid_from >= today:
            ctx.session.delete(one)
        else:
            one.valid_to = until
    ctx.session.flush()
    check_withdrawn(ctx.session, rule, today)
    return not planned


def _open(session: Session, scope: Scope, code: str, today: date) -> list[DatedRule]:
    """The values of one scope that hold or will, or would if a later one were withdrawn."""
    found = (
        select(DatedRule)
        .where(DatedRule.code == code, *scope.rows())
        .where(or_(DatedRule.valid_to.is_(None), DatedRule.valid_to >= today))
        .order_by(DatedRule.valid_from)
        .with_for_update()
    )
    return list(session.scalars(found))


def _ends(rules: Sequence[DatedRule], today: date) -> list[tuple[DatedRule, date]]:
    """Each with its last day: the one before the next began, yesterday at the latest."""
    begins = [*(rule.valid_from for rule in rules[1:]), today]
    return [
        (rule, min(begin, today) - timedelta(days=1))
        for rule, begin in zip(rules, begins, strict=True)
    ]


def rule_in_force(
    found: Sequence[DatedRule], scopes: Sequence[Scope], day: date
) -> DatedRule | None:
    """Of the values on file the one that holds on a day: of the nearest scope, then the latest."""
    for scope in scopes:
        if holds := latest_in_force([rule for rule in found if scope.owns(rule)], day):
            return holds
    return None


def rules_to_come(
    found: Sequence[DatedRule], scopes: Sequence[Scope], day: date
) -> list[DatedRule]:
    """Of the values on file those that will hold after a day, the next one first."""
    later = sorted((one for one in found if one.valid_from > day), key=lambda one: one.valid_from)
    return [one for one in later if rule_in_force(found, scopes, one.valid_from) is one]


def rules_on_file(
    session: Session, codes: Collection[str], scopes: Sequence[Scope]
) -> dict[str, list[DatedRule]]:
    """Every value that rules have, had or will have for these scopes, by code, latest first."""
    bound = or_(*(and_(*scope.rows()) for scope in scopes))
    latest = (DatedRule.valid_from.desc(), DatedRule.id.desc())
    found: dict[str, list[DatedRule]] = {code: [] for code in codes}
    for one in session.scalars(
        select(DatedRule).where(DatedRule.code.in_(codes), bound).order_by(*latest)
    ):
        found[one.code].append(one)
    return found


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
    if kind not in CampaignKind.labels():
        raise NotFound(N_("Cette mission n'existe pas."))
    return [scope, Scope()]


def _check_scope(session: Session, scope: Scope, code: str) -> None:
    scopes_over(session, scope)
    if code in FOR_EVERYBODY and not scope.is_general:
        raise Refused(N_("Cette règle est la même pour toutes les campagnes."))
