"""Reads on partners."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.partners.models import Partner


def all_partners(session: Session) -> list[Partner]:
    """Every partner, by name."""
    return list(session.scalars(select(Partner).order_by(Partner.name)))
