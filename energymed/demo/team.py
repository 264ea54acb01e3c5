"""Who is in the invented association: two sites, their partners, one account per person."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.association import end_set_up, set_association
from energymed.accounts.codes import Role
from energymed.accounts.models import Site, User
from energymed.accounts.service import NewUser, add_site, add_user
from energymed.base.clock import now
from energymed.base.context import SYSTEM, Context
from energymed.demo_file import DemoLogin
from energymed.messages.templates import set_sender
from energymed.partners.codes import CampaignKind
from energymed.partners.models import Campaign, DatedRule, Partner
from energymed.partners.service import add_partner

PASSWORD = "demo-energymed"  # noqa: S105  # shown on the terminal, for invented people only
DOMAIN_NAME = "demo.example.org"
SITES = {"pdp": "Portes de Provence", "dijon": "Dijon"}
SENDERS = {
    "pdp": ("PIMMS Médiation Portes de Provence", "04 65 71 00 00"),
    "dijon": ("PIMMS Médiation Dijon", "03 53 01 00 00"),
}
PARTNERS = {
    "edf": "EDF", "engie": "Engie", "enedis": "Enedis", "veolia": "Veolia", "suez": "Suez",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One account; `place` is the code of a site or, for a partner's, of the partner."""

    role: Role
    local: str
    name: str
    place: str | None = None
    languages: tuple[str, ...] = ()

    @property
    def login(self) -> DemoLogin:
        """How to sign in as this person."""
        place = {**SITES, **PARTNERS}.get(self.place or "", " et ".join(SITES.values()))
        return DemoLogin(self.role, f"{self.local}@{DOMAIN_NAME}", PASSWORD, self.name, place)


TEAM = (
    Member(Role.ADMIN, "admin", "Hélène Vasseur"),
    Member(Role.LEAD, "lead", "Claire Dumas", "pdp"),
    Member(Role.MEDIATOR, "amina", "Amina Belkacem", "pdp", ("arabe",)),
    Member(Role.MEDIATOR, "julien", "Julien Ferrand", "pdp"),
    Member(Role.MEDIATOR, "sofia", "Sofia Marques", "pdp", ("portugais",)),
    Member(Role.MEDIATOR, "thomas", "Thomas Girod", "pdp"),
    Member(Role.PARTNER, "edf", "Pôle solidarité EDF", "edf"),
    Member(Role.LEAD, "lead.dijon", "Nathalie Perrot", "dijon"),
    Member(Role.MEDIATOR, "karim", "Karim Benali", "dijon", ("arabe",)),
    Member(Role.MEDIATOR, "lucie", "Lucie Garnier", "dijon"),
    Member(Role.MEDIATOR, "paul", "Paul Renard", "dijon"),
    Member(Role.TRAINEE, "nora", "Nora Petit"),
    Member(Role.DIRECTOR, "direction", "Anne Roy"),
    Member(Role.PARTNER, "enedis", "Agence Enedis Bourgogne", "enedis"),
)


@dataclass(frozen=True, slots=True)
class Office:
    """One site with its people, and the partners of the association by their codes."""

    site: Site
    lead: User
    mediators: list[User]
    partners: dict[str, Partner]


def open_offices(session: Session, password_hash: str) -> dict[str, Office]:
    """Make the sites, the partners and the accounts; offices by the code of their site."""
    ctx = Context(session, SYSTEM, now())
    partners = {code: add_partner(ctx, code, name) for code, name in PARTNERS.items()}
    sites = {code: add_site(ctx, code, name) for code, name in SITES.items()}
    session.flush()
    session.add(_practice(session, partners["edf"].id))
    set_association(ctx, *SENDERS["pdp"])
    end_set_up(ctx)
    for code, site in sites.items():
        set_sender(ctx, site.id, *SENDERS[code])
    users = {member: _account(ctx, member, password_hash, sites, partners) for member in TEAM}
    session.flush()

    def of(role: Role, place: str) -> list[User]:
        return [user for who, user in users.items() if (who.role, who.place) == (role, place)]

    return {
        code: Office(site, of(Role.LEAD, code)[0], of(Role.MEDIATOR, code), partners)
        for code, site in sites.items()
    }


def _practice(session: Session, partner_id: int) -> DatedRule:
    """EDF has cut nobody since April 2022: its practice, not the law (DOMAIN §3)."""
    whose = select(Campaign).where(
        Campaign.partner_id == partner_id, Campaign.kind == CampaignKind.UNPAID_BILL
    )
    return DatedRule(
        code="supplier_cuts", campaign_id=session.scalars(whose).one().id,
        value={"value": False}, valid_from=date(2022, 4, 1),
        source="pratique d'EDF depuis avril 2022 (DOMAIN §3)",
    )  # fmt: skip


def _account(
    ctx: Context,
    member: Member,
    password_hash: str,
    sites: dict[str, Site],
    partners: dict[str, Partner],
) -> User:
    site, partner = sites.get(member.place or ""), partners.get(member.place or "")
    return add_user(
        ctx,
        NewUser(
            email=member.login.email,
            name=member.name,
            role=member.role,
            password_hash=password_hash,
            site_id=site.id if site else None,
            partner_id=partner.id if partner else None,
            languages=member.languages,
            must_change_password=False,
        ),
    )
