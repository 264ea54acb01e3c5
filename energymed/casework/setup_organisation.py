"""Setting an organisation up: in one go from a plan, or step by step from the set-up pages.

Everything that is wrong is told at once, and then nothing is written.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import select

from energymed.accounts.association import (
    association,
    end_set_up,
    has_administrator,
    known_of,
    set_association,
)
from energymed.accounts.codes import Role
from energymed.accounts.models import Association, Site, User
from energymed.accounts.passwords import check_password
from energymed.accounts.service import NewUser, add_site, add_user, site_by_code
from energymed.accounts.sites import SiteDetails, edit_site
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, Faults, Refused
from energymed.base.i18n import N_
from energymed.casework.places import sign_messages
from energymed.partners.codes import CampaignKind
from energymed.partners.models import Partner
from energymed.partners.partner_changes import edit_partner, set_missions, set_partner_sites
from energymed.partners.service import add_partner, partner_by_code

# (code, name, the missions that they usually give)
USUAL_PARTNERS = (
    ("edf", "EDF", (CampaignKind.UNPAID_BILL,)),
    ("engie", "Engie", (CampaignKind.UNPAID_BILL,)),
    ("enedis", "Enedis", (CampaignKind.CUTOFF_NOTICE, CampaignKind.APPOINTMENT)),
    ("veolia", "Veolia", (CampaignKind.UNPAID_BILL,)),
    ("suez", "Suez", (CampaignKind.UNPAID_BILL,)),
)
Hashed = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class SitePlan:
    """A site; without a number, the association's is shown and called back."""

    code: str
    name: str
    phone: str = ""
    department: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class PartnerPlan:
    """A partner, the missions that it gives, the sites that work for it (none: all)."""

    code: str
    name: str
    missions: Sequence[str]
    sites: Sequence[str] = ()
    phone: str = ""


@dataclass(frozen=True, slots=True)
class MemberPlan:
    """An account; without a password, one is drawn and told once."""

    email: str
    name: str
    role: str
    site: str = ""
    partner: str = ""
    hours: int = 35
    languages: Sequence[str] = ()
    password: str = ""


@dataclass(frozen=True, slots=True)
class Organisation:
    """All that an association starts with."""

    association: str
    phone: str
    administrator: MemberPlan
    sites: Sequence[SitePlan] = ()
    partners: Sequence[PartnerPlan] = ()
    team: Sequence[MemberPlan] = ()


USUAL_PLANS = [PartnerPlan(code, name, []) for code, name, _kinds in USUAL_PARTNERS]


@dataclass(slots=True)
class SetUp:
    """What was made: codes of sites and partners, and (e-mail, role, drawn password or "")."""

    sites: list[str] = field(default_factory=list)
    partners: list[str] = field(default_factory=list)
    accounts: list[tuple[str, str, str]] = field(default_factory=list)


class PlacedFaults(Faults):
    """Keeps what is wrong with the name of the place where it stands: "team 2"."""

    @contextmanager
    def at(self, place: str) -> Iterator[None]:
        """Begin a check of what stands in this place."""
        inner = Faults()
        with inner:
            yield
        self.found += [
            BadInput(N_("%(place)s : %(sentence)s"), place=place, sentence=str(error))
            for error in inner.found
        ]


def set_up(ctx: Context, plan: Organisation, password_hash: Hashed) -> SetUp:
    """Make all of it in this transaction.

    Raises:
        Refused: there is an administrator already.
        BadInput: something is wrong, `more` being the rest; the caller's transaction ends.
    """
    refuse_set_up(ctx)
    faults, done = PlacedFaults(), SetUp()
    with faults.at("association"):
        set_association(ctx, plan.association, plan.phone)
    refuse_set_up(ctx)  # somebody who was setting up at the same time, and is done
    faults.when(not plan.sites, BadInput(N_("Il faut au moins un site.")))
    for number, site in enumerate(plan.sites, 1):
        with faults.at(f"sites {number}"):
            done.sites.append(_add_site(ctx, site).code)
    for number, partner in enumerate(plan.partners, 1):
        with faults.at(f"partners {number}"):
            done.partners.append(_give(ctx, partner, add=True).code)
    with faults.at("administrator"):
        done.accounts.append(_open(ctx, plan.administrator, Role.ADMIN, password_hash, own=True))
    for number, member in enumerate(plan.team, 1):
        with faults.at(f"team {number}"):
            done.accounts.append(_open(ctx, member, member.role, password_hash))
    faults.tell()
    end_set_up(ctx)
    return done


def refuse_set_up(ctx: Context) -> None:
    """Raise Refused when there is an administrator: set-up is over for good."""
    if has_administrator(ctx.session):
        raise Refused(
            N_("Cette installation a déjà un administrateur : rien n'a été changé. La suite se "
               "règle dans ses pages.")
        )  # fmt: skip


def begin(ctx: Context, name: str, phone: str, site: SitePlan) -> None:
    """The first step: the association and its first site, named or named anew.

    Raises:
        Refused: as `refuse_set_up`.
        BadInput: with `params["field"]`, all that is wrong at once.
    """
    refuse_set_up(ctx)
    faults = Faults()
    with faults:
        set_association(ctx, name, phone)
    refuse_set_up(ctx)  # somebody who was setting up at the same time, and is further
    with faults:
        first = ctx.session.scalar(select(Site).order_by(Site.id).limit(1))
        if first is None:
            _add_site(ctx, site)
        else:
            edit_site(ctx, first, SiteDetails(site.name, site.department, site.address))
            sign_messages(ctx, first, site.phone)
    faults.tell()


def open_first_administrator(ctx: Context, member: MemberPlan, password_hash: Hashed) -> User:
    """The second step: whoever administers from now on.

    Raises:
        Refused: there is one already, or the first step is missing.
        BadInput: wrong e-mail or password; with `params["field"]`.
    """
    if ctx.session.get(Association, 1, with_for_update=True) is None:
        refuse_set_up(ctx)
        raise Refused(N_("Donnez d'abord son nom à l'association."))
    refuse_set_up(ctx)  # the row is held: of two at once, one is the first
    email, _role, _drawn = _open(ctx, member, Role.ADMIN, password_hash, own=True)
    return ctx.session.scalars(select(User).where(User.email == email)).one()


def give_missions(ctx: Context, plans: Sequence[PartnerPlan]) -> None:
    """The third step: each of these partners with its missions, made when it is new.

    One without any mission is not made; what was made before then gives none.

    Raises:
        BadInput: all that is wrong at once.
    """
    faults = Faults()
    for plan in plans:
        with faults:
            known = ctx.session.scalar(select(Partner).where(Partner.code == plan.code))
            faults.when(
                known is not None and known.name != plan.name.strip(),
                BadInput(N_("Le code %(code)s est déjà pris."), code=plan.code, field="code"),
            )
            if plan.missions or (known is None and plan not in USUAL_PLANS):
                _give(ctx, plan, add=known is None)
            elif known is not None:
                set_missions(ctx, known, [])
    faults.tell()


def _add_site(ctx: Context, plan: SitePlan) -> Site:
    site, faults = add_site(ctx, plan.code, plan.name), Faults()
    ctx.session.flush()
    with faults:
        edit_site(ctx, site, SiteDetails(plan.name, plan.department, plan.address))
    if association(ctx.session) is not None:
        with faults:
            sign_messages(ctx, site, plan.phone)
    faults.tell()
    return site


def _give(ctx: Context, plan: PartnerPlan, *, add: bool) -> Partner:
    faults, kinds = Faults(), []
    for word in plan.missions:
        kind: CampaignKind | None = as_code(CampaignKind, word)
        faults.when(
            kind is None,
            BadInput(N_("Mission inconnue : %(kind)s. Missions : %(known)s."), kind=word,
                     known=", ".join(CampaignKind)),
        )  # fmt: skip
        kinds += [kind] if kind else []
    faults.when(
        not plan.missions,
        BadInput(N_("Dites quelles missions %(name)s confie."), name=plan.name or plan.code),
    )
    sites = []
    for code in plan.sites:
        with faults:
            sites.append(site_by_code(ctx.session, code).id)
    with faults:
        partner = (
            add_partner(ctx, plan.code, plan.name, kinds)
            if add
            else partner_by_code(ctx.session, plan.code)
        )
        set_missions(ctx, partner, kinds)
        set_partner_sites(ctx, partner, sites)
        if plan.phone:
            edit_partner(ctx, partner, name=plan.name, shown_phone=plan.phone)
    faults.tell()
    return partner


def _open(
    ctx: Context, member: MemberPlan, role: str, password_hash: Hashed, *, own: bool = False
) -> tuple[str, str, str]:
    """An account opened: its address, its role, and the password where one was drawn.

    One that was not typed by its `own`er is changed at the first sign-in.
    """
    faults, site_id, partner_id = Faults(), None, None
    drawn = "" if member.password else secrets.token_urlsafe(12)
    if member.password:
        with faults:
            check_password(member.password, known_of(ctx.session, member.name, member.email))
    with faults:
        if role in (Role.LEAD, Role.MEDIATOR):
            site_id = site_by_code(ctx.session, member.site or None).id
        elif role == Role.PARTNER and member.partner:
            partner_id = partner_by_code(ctx.session, member.partner).id
        user = add_user(
            ctx,
            NewUser(
                email=member.email, name=member.name, role=role, password_hash="",
                site_id=site_id, partner_id=partner_id, weekly_hours=member.hours,
                languages=tuple(member.languages),
                must_change_password=not (own and member.password),
            ),
        )  # fmt: skip
    faults.tell()
    user.password = password_hash(member.password or drawn)
    ctx.session.flush()
    return user.email, str(user.role), drawn
