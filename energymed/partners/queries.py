"""Reads on partners."""

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from energymed.base.text.folding import fold
from energymed.partners.codes import CampaignKind
from energymed.partners.models import Campaign, ColumnProfile, Partner, PartnerSite


def all_partners(session: Session) -> list[Partner]:
    """Every partner but that of the practice, by name."""
    statement = select(Partner).where(~Partner.practice).order_by(Partner.name)
    return list(session.scalars(statement))


def open_partners(session: Session) -> list[Partner]:
    """The partners in use, by name."""
    return [partner for partner in all_partners(session) if partner.retired_at is None]


def listed_partners(*, search: str = "", retired: bool | None = None) -> Select[Partner]:
    """Select of the partners whose name or code holds `search`, retired or in use when asked.

    That of the practice is none of the association's.
    """
    statement = select(Partner).where(~Partner.practice)
    if search:
        held = (one.icontains(search, autoescape=True) for one in (Partner.name, Partner.code))
        statement = statement.where(or_(*held))
    if retired is not None:
        at = Partner.retired_at
        statement = statement.where(at.is_not(None) if retired else at.is_(None))
    return statement


def given_missions(session: Session) -> dict[int, list[CampaignKind]]:
    """{partner: the missions that it gives}."""
    found: dict[int, list[CampaignKind]] = {}
    order = list(CampaignKind)
    rows = session.execute(select(Campaign.partner_id, Campaign.kind).where(Campaign.active))
    for partner_id, kind in sorted(rows, key=lambda row: order.index(row.kind)):
        found.setdefault(partner_id, []).append(kind)
    return found


def sites_by_partner(session: Session) -> dict[int, list[int]]:
    """{partner: the sites that were named for it}."""
    found: dict[int, list[int]] = {}
    for row in session.scalars(select(PartnerSite).order_by(PartnerSite.site_id)):
        found.setdefault(row.partner_id, []).append(row.site_id)
    return found


def named_partner(session: Session, text: str) -> str | None:
    """The partner whose name a text writes out, if any: the shortest name of those it holds."""
    words = f" {fold(text)} "
    real = select(Partner.name).where(~Partner.practice)
    names = session.scalars(real.order_by(func.length(Partner.name)))
    return next((name for name in names if f" {fold(name)} " in words), None)


def campaigns(session: Session) -> list[Campaign]:
    """Every mission that a partner in use gives, by partner and mission; none of the practice."""
    return list(
        session.scalars(
            select(Campaign)
            .join(Campaign.partner)
            .where(Campaign.active, Partner.retired_at.is_(None), ~Partner.practice)
            .options(contains_eager(Campaign.partner))
            .order_by(Partner.name, Campaign.kind)
        )
    )


def column_profiles(
    session: Session, partner_id: int, kind: str | None = None
) -> list[ColumnProfile]:
    """The latest version of each layout of a partner's files in use, oldest version first."""
    statement = select(ColumnProfile).where(
        ColumnProfile.partner_id == partner_id, ColumnProfile.retired_at.is_(None)
    )
    if kind is not None:
        statement = statement.where(ColumnProfile.kind == kind)
    rows = session.scalars(statement.order_by(ColumnProfile.version))
    latest = {(row.kind, row.name): row for row in rows}
    return sorted(latest.values(), key=lambda profile: profile.version)
