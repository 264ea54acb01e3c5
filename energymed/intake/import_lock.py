"""One import at a time for a partner and for a site."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.partners.models import Partner


def lock_imports(session: Session, partner_id: int, site_id: int) -> None:
    """Wait for every other import of this partner or site to end (PostgreSQL).

    SQLite's write transaction already holds the whole database. Rows that only refer to the
    site or partner are not held back.
    """
    site = select(Site.id).where(Site.id == site_id)
    partner = select(Partner.id).where(Partner.id == partner_id)
    for statement in (site, partner):
        session.execute(statement.with_for_update(key_share=True))
