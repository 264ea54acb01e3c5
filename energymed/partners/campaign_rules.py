"""The calling rules of many campaigns at once, in one query, by the same rows as `rulebook`."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, Row, Select, Text, bindparam, cast, or_, select
from sqlalchemy.orm import Session

from energymed.base.db import read_rows
from energymed.partners.models import Campaign, DatedRule
from energymed.partners.rulebook import CallingRules, calling_rules_from

CampaignKey = tuple[int, str]  # partner and mission


def load_calling_rules_of(
    session: Session, on: date, campaigns: Iterable[CampaignKey]
) -> dict[CampaignKey, CallingRules]:
    """{campaign: its calling rules in force on `on`}, in one query whatever their number."""
    asked = set(campaigns)
    rows = read_rows(session, _all_in_force(), {"day": on}) if asked else ()
    return {
        campaign: calling_rules_from(
            tuple((row.code, row.value) for row in rows if _holds_for(row, *campaign))
        )
        for campaign in asked
    }


def _holds_for(row: Row[Any], partner_id: int, kind: str) -> bool:
    """A general rule, one of the mission, or one of the campaign itself."""
    of_campaign = row.partner_id is None or (row.partner_id, row.mission) == (partner_id, kind)
    return of_campaign and row.kind in (None, kind)


@cache
def _all_in_force() -> Select[*tuple[Any, ...]]:
    """Rows in force with what they hold for, the stronger ones last."""
    day = bindparam("day", type_=Date())
    return (
        select(
            DatedRule.code,
            cast(DatedRule.value, Text).label("value"),
            DatedRule.kind.label("kind"),
            Campaign.partner_id.label("partner_id"),
            Campaign.kind.label("mission"),
        )
        .outerjoin(Campaign, Campaign.id == DatedRule.campaign_id)
        .where(DatedRule.valid_from <= day)
        .where(or_(DatedRule.valid_to.is_(None), DatedRule.valid_to >= day))
        .order_by(
            DatedRule.campaign_id.is_not(None), DatedRule.kind.is_not(None), DatedRule.valid_from
        )
    )
