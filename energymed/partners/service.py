"""Use cases on partners: adding one with its campaigns, finding one by its code."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.audit import Acting
from energymed.base.errors import BadInput, NotFound
from energymed.base.i18n import N_
from energymed.partners.models import Campaign, Partner

KINDS = ("unpaid_bill", "cutoff_notice", "appointment")


def add_partner(
    session: Session,
    actor: Acting,
    code: str,
    name: str,
    *,
    now: datetime,
    kinds: tuple[str, ...] = KINDS,
) -> Partner:
    """Create a partner and its campaigns.

    Raises:
        BadInput: when the code is taken or empty.
    """
    code = code.strip().lower()
    if not code or not name.strip():
        raise BadInput(N_("Donnez un code et un nom."))
    if session.scalar(select(Partner.id).where(Partner.code == code)):
        raise BadInput(N_("Le code %(code)s est déjà pris."), code=code)
    partner = Partner(code=code, name=name.strip())
    session.add(partner)
    session.flush()
    session.add_all(Campaign(partner_id=partner.id, kind=kind) for kind in kinds)
    audit.record(session, actor, "partner.added", partner, now=now, after={"code": code})
    return partner


def partner_by_code(session: Session, code: str) -> Partner:
    """The partner with this code.

    Raises:
        NotFound: naming the codes that exist.
    """
    partner = session.scalar(select(Partner).where(Partner.code == code.strip().lower()))
    if partner is None:
        known = ", ".join(session.scalars(select(Partner.code).order_by(Partner.code)))
        raise NotFound(
            N_("Partenaire inconnu : %(code)s. Partenaires connus : %(known)s."),
            code=code,
            known=known or "—",
        )
    return partner
