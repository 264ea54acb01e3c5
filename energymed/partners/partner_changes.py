"""Use cases on a partner: its name, the people there, its missions, its sites, its retirement."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from energymed.accounts.email_address import account_address
from energymed.accounts.models import Site
from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput, DomainError, Faults
from energymed.base.i18n import N_
from energymed.base.phones import to_e164
from energymed.base.text.folding import collapse
from energymed.partners.codes import CampaignKind
from energymed.partners.models import Campaign, Partner, PartnerContact, PartnerSite

LONGEST_NAME, LONGEST_ROLE, MOST_CONTACTS = 120, 80, 20
NOT_A_NUMBER = N_("Ce numéro ne se lit pas : écrivez 04 65 71 00 02.")


@dataclass(frozen=True, slots=True)
class ContactDetails:
    """A person at a partner, as typed."""

    name: str
    role: str = ""
    email: str = ""
    phone: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not any((self.name.strip(), self.role.strip(), self.email.strip(),
                        self.phone.strip()))  # fmt: skip


def edit_partner(ctx: Context, partner: Partner, *, name: str, shown_phone: str) -> None:
    """Change a partner's name, and the number that it asks to be shown; empty for none.

    Raises:
        BadInput: no name, too long a one, or no number; with `params["field"]`, all at once.
    """
    name, number = collapse(name), to_e164(shown_phone)
    faults = Faults()
    faults.when(
        not 0 < len(name) <= LONGEST_NAME,
        BadInput(N_("Donnez un nom (%(limit)s signes au plus)."), field="name",
                 limit=LONGEST_NAME),
    )  # fmt: skip
    faults.when(shown_phone.strip() and not number, BadInput(NOT_A_NUMBER, field="shown_phone"))
    faults.tell()
    if (partner.name, partner.shown_phone) == (name, number):
        return
    partner.name, partner.shown_phone = name, number
    audit.record(ctx, "partner.edited", partner)
    ctx.session.flush()


def set_contacts(ctx: Context, partner: Partner, given: Sequence[ContactDetails]) -> None:
    """Say who may be turned to at a partner, in place of whoever was known.

    Raises:
        BadInput: a person without a name, an address or number that is none, or too many; all at
            once, with `params["line"]` from 0 where one of them is meant.
    """
    faults, kept = Faults(), []
    for line, one in enumerate(given):
        if one.is_empty:
            continue
        with faults:
            kept.append(_contact(line, one))
    faults.when(
        len(kept) > MOST_CONTACTS,
        BadInput(N_("Gardez %(limit)s contacts au plus."), limit=MOST_CONTACTS),
    )
    faults.tell()
    known = [(one.name, one.role, one.email, one.phone) for one in partner.contacts]
    if known == [(one.name, one.role, one.email, one.phone) for one in kept]:
        return
    partner.contacts[:] = kept
    audit.record(ctx, "partner.contacts_changed", partner, after={"contacts": len(kept)})
    ctx.session.flush()


def _contact(line: int, typed: ContactDetails) -> PartnerContact:
    name, role, number = collapse(typed.name), collapse(typed.role), to_e164(typed.phone)
    faults, email = Faults(), None
    faults.when(
        not 0 < len(name) <= LONGEST_NAME,
        BadInput(N_("Donnez un nom (%(limit)s signes au plus)."), field="name", line=line,
                 limit=LONGEST_NAME),
    )  # fmt: skip
    faults.when(
        len(role) > LONGEST_ROLE,
        BadInput(N_("Cette fonction dépasse %(limit)s signes."), field="role", line=line,
                 limit=LONGEST_ROLE),
    )  # fmt: skip
    try:
        email = account_address(typed.email) if typed.email.strip() else None
    except DomainError as error:
        faults.found.append(BadInput(error.message, field="email", line=line, **error.params))
    faults.when(
        typed.phone.strip() and not number, BadInput(NOT_A_NUMBER, field="phone", line=line)
    )
    faults.tell()
    return PartnerContact(name=name, role=role, email=email, phone=number)


def set_missions(ctx: Context, partner: Partner, given: Collection[CampaignKind]) -> None:
    """Say which missions a partner gives; what runs of another goes on, but no new file comes.

    Whoever withdraws one was told what runs (`casework.places`).
    """
    rows = {
        row.kind: row
        for row in ctx.session.scalars(
            select(Campaign).where(Campaign.partner_id == partner.id).with_for_update()
        )
    }
    before = [kind for kind in CampaignKind if kind in rows and rows[kind].active]
    after = [kind for kind in CampaignKind if kind in given]
    if before == after:
        return
    for kind in CampaignKind:
        if kind not in rows:
            rows[kind] = Campaign(partner_id=partner.id, kind=kind)
            ctx.session.add(rows[kind])
        rows[kind].active = kind in given
    audit.record(
        ctx, "partner.missions_changed", partner,
        before={"missions": [str(kind) for kind in before]},
        after={"missions": [str(kind) for kind in after]},
    )  # fmt: skip
    ctx.session.flush()


def set_partner_sites(ctx: Context, partner: Partner, site_ids: Collection[int]) -> None:
    """Say which sites work for a partner; none named is all of them. Unknown ids are left out."""
    known = set(ctx.session.scalars(select(Site.id).where(Site.id.in_(site_ids))))
    of_partner = PartnerSite.partner_id == partner.id
    before = set(ctx.session.scalars(select(PartnerSite.site_id).where(of_partner)))
    if known == before:
        return
    ctx.session.execute(delete(PartnerSite).where(of_partner))
    ctx.session.add_all(
        PartnerSite(partner_id=partner.id, site_id=site_id) for site_id in sorted(known)
    )
    audit.record(
        ctx, "partner.sites_changed", partner,
        before={"sites": sorted(before)}, after={"sites": sorted(known)},
    )  # fmt: skip
    ctx.session.flush()


def set_partner_retired(ctx: Context, partner: Partner, *, retired: bool) -> None:
    """Take no new file of a partner any more, or again. Nothing of it is deleted."""
    if (partner.retired_at is not None) != retired:
        partner.retired_at = ctx.now if retired else None
        audit.record(ctx, "partner.retired" if retired else "partner.used_again", partner)
        ctx.session.flush()
