"""Reads on partners."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager

from energymed.base.text.folding import fold
from energymed.partners.models import Campaign, ColumnProfile, Partner


def all_partners(session: Session) -> list[Partner]:
    """Every partner but that of the practice, by name."""
    statement = select(Partner).where(~Partner.practice).order_by(Partner.name)
    return list(session.scalars(statement))


def named_partner(session: Session, text: str) -> str | None:
    """The partner whose name a text writes out, if any: the shortest name of those it holds."""
    words = f" {fold(text)} "
    names = session.scalars(select(Partner.name).order_by(func.length(Partner.name)))
    return next((name for name in names if f" {fold(name)} " in words), None)


def campaigns(session: Session) -> list[Campaign]:
    """Every campaign but those of the practice, by partner and mission."""
    return list(
        session.scalars(
            select(Campaign)
            .join(Campaign.partner)
            .where(~Partner.practice)
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
