"""Which files are taken: of a partner in use, for a mission that it gives and a site of its own.

One rule for every door by which a file comes: the lead's page, the partner's desk, the watched
folder, the command line, and a file that waited while things changed.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.accounts.sites import refuse_retired_site
from energymed.base.codes import as_code
from energymed.base.errors import Refused
from energymed.base.i18n import N_, Label
from energymed.partners.codes import CampaignKind
from energymed.partners.models import Campaign, Partner, PartnerSite


def refuse_new_file(session: Session, *, partner_id: int, site_id: int, kind: str) -> None:
    """Raise Refused, in one sentence, when no file of this kind is taken for this site.

    `kind` is a mission, or a file about cases that are there already (payments), which is taken
    whatever missions are still given.
    """
    with session.no_autoflush:
        partner = session.get_one(Partner, partner_id)
        if partner.retired_at is not None:
            raise Refused(
                N_("« %(partner)s » n'est plus partenaire : aucun fichier n'en est pris."),
                partner=partner.name,
            )
        refuse_retired_site(session, site_id)
        if not session.scalar(select(Site.id).where(Site.id == site_id, works_for(partner_id))):
            raise Refused(
                N_("Le site « %(site)s » ne travaille pas pour %(partner)s."),
                site=session.get_one(Site, site_id).name, partner=partner.name,
            )  # fmt: skip
        mission: CampaignKind | None = as_code(CampaignKind, kind)
        if mission is not None and mission not in missions_given(session, partner_id):
            raise Refused(
                N_("%(partner)s ne confie pas cette mission : %(mission)s. Un administrateur "
                   "l'ajoute sur la page du partenaire."),
                partner=partner.name, mission=Label(mission.label),
            )  # fmt: skip


def missions_given(session: Session, partner_id: int) -> list[CampaignKind]:
    """The missions that a partner gives, in the order of their codes' table."""
    found = set(
        session.scalars(
            select(Campaign.kind).where(Campaign.partner_id == partner_id, Campaign.active)
        )
    )
    return [kind for kind in CampaignKind if kind in found]


def works_for(partner_id: int) -> ColumnElement[bool]:
    """Condition on `Site`: it works for this partner."""
    of_partner = PartnerSite.partner_id == partner_id
    return or_(
        ~exists().where(of_partner), exists().where(of_partner, PartnerSite.site_id == Site.id)
    )


def partners_of_site(session: Session, site_id: int | None) -> list[Partner]:
    """The partners in use for which a site works, by name; that of the practice is for none."""
    bound = PartnerSite.partner_id == Partner.id
    worked = or_(~exists().where(bound), exists().where(bound, PartnerSite.site_id == site_id))
    in_use = Partner.retired_at.is_(None), ~Partner.practice
    return list(session.scalars(select(Partner).where(*in_use, worked).order_by(Partner.name)))


def missions_of(session: Session, partners: Sequence[Partner]) -> list[CampaignKind]:
    """The missions that any of these partners gives."""
    ids = [partner.id for partner in partners]
    found = set(
        session.scalars(
            select(Campaign.kind).where(Campaign.partner_id.in_(ids), Campaign.active).distinct()
        )
    )
    return [kind for kind in CampaignKind if kind in found]
