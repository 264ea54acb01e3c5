"""Sites and partners set right: with the cases that run there, and who signs their messages."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from energymed.accounts.association import association, set_association
from energymed.accounts.models import Association, Site, User
from energymed.accounts.sites import SiteDetails, edit_site, get_site, set_site_retired
from energymed.base.context import Context
from energymed.base.db.list_query import ListQuery
from energymed.base.errors import BadInput, Faults, Refused
from energymed.base.i18n import N_
from energymed.base.periods import Period
from energymed.base.phones import to_e164
from energymed.cases.codes import CaseState
from energymed.cases.models import Case
from energymed.messages.templates import get_sender, senders, set_sender
from energymed.partners.codes import CampaignKind, ConventionUnit
from energymed.partners.models import Convention, Partner
from energymed.partners.partner_changes import set_missions, set_partner_retired
from energymed.partners.service import get_partner
from energymed.partners.taking import missions_given
from energymed.reporting.indicators import total
from energymed.reporting.scope import Scope

STILL_RUNNING = N_(
    "Dossiers en cours : %(count)s. Ils vont à leur terme, mais plus aucun fichier ne viendra : "
    "confirmez."
)
COUNTED_BY = {ConventionUnit.CASES: "cases_received", ConventionUnit.CALLS: "calls_out"}


def _of_each(held: ColumnElement[bool], table: type[Case] | type[User]) -> ScalarSelect[int]:
    return select(func.count()).select_from(table).where(held).scalar_subquery()


SITES = ListQuery(
    sorts={
        "name": func.lower(Site.name),
        "code": Site.code,
        "team": _of_each((User.site_id == Site.id) & User.active, User),
        "cases": _of_each((Case.site_id == Site.id) & (Case.state != CaseState.CLOSED), Case),
    },
    usual="name",
    ties=(Site.id,),
)
PARTNERS = ListQuery(
    sorts={
        "name": func.lower(Partner.name),
        "code": Partner.code,
        "cases": _of_each((Case.partner_id == Partner.id) & (Case.state != CaseState.CLOSED), Case),
    },
    usual="name",
    ties=(Partner.id,),
)


def running_by(session: Session, column: InstrumentedAttribute[int]) -> dict[int, int]:
    """{value of a column of `Case`: how many of its cases are not closed}."""
    rows = session.execute(select(column, func.count()).where(_running()).group_by(column))
    return {value: count for value, count in rows}


def running_missions(session: Session, partner_id: int) -> dict[CampaignKind, int]:
    """{mission: how many cases of it run} of a partner."""
    rows = session.execute(
        select(Case.campaign_kind, func.count())
        .where(_running(), Case.partner_id == partner_id)
        .group_by(Case.campaign_kind)
    )
    return {kind: count for kind, count in rows}


def _running() -> ColumnElement[bool]:
    return Case.state != CaseState.CLOSED


def change_association(ctx: Context, name: str, phone: str) -> Association:
    """Name the association anew, also where its messages are signed by what it was called.

    Raises:
        BadInput: as `set_association` and `set_sender`.
    """
    known = association(ctx.session)
    former = (known.name, known.phone) if known else None
    changed = set_association(ctx, name, phone)
    for site, sender in senders(ctx):
        if sender is None or (former and sender.association == former[0]):
            own = sender is not None and former is not None and sender.phone != former[1]
            number = sender.phone if sender and own else changed.phone
            set_sender(ctx, site.id, changed.name, number)
    return changed


def change_site(ctx: Context, site_id: int, details: SiteDetails, phone: str) -> Site:
    """Change what is said of a site, and the number that people see and call back.

    An empty number is the association's own.

    Raises:
        NotFound: no such site.
        BadInput: something of it makes no sense; with `params["field"]`, all at once.
    """
    site, faults = get_site(ctx.session, site_id, lock=True), Faults()
    with faults:
        edit_site(ctx, site, details)
    with faults:
        sign_messages(ctx, site, phone)
    faults.tell()
    return site


def sign_messages(ctx: Context, site: Site, phone: str) -> None:
    """Let a site's messages be signed by the association and name this number to call back.

    Raises:
        BadInput: no number, or an association that has no name yet; with `params["field"]`.
    """
    known, (_site, sender) = association(ctx.session), get_sender(ctx, site.id)
    signed = sender.association if sender else known.name if known else ""
    number = to_e164(phone) or phone.strip() or (known.phone if known else "")
    if not number and sender is None:
        return
    if not signed:
        raise BadInput(N_("Donnez d'abord son nom à l'association."), field="phone")
    if sender is None or (sender.association, sender.phone) != (signed, number):
        set_sender(ctx, site.id, signed, number)


def retire_site(ctx: Context, site_id: int, *, confirmed: bool) -> Site:
    """Let a site take nothing new any more; its team and its cases go on.

    Raises:
        NotFound: no such site.
        Refused: cases run there, and nobody confirmed to know it.
    """
    site = get_site(ctx.session, site_id, lock=True)
    _refuse_unless_told(ctx.session, Case.site_id == site.id, confirmed=confirmed)
    set_site_retired(ctx, site, retired=True)
    return site


def retire_partner(ctx: Context, partner_id: int, *, confirmed: bool) -> Partner:
    """Take no new file of a partner any more; what runs goes on. Errors as `retire_site`."""
    partner = get_partner(ctx.session, partner_id, lock=True)
    _refuse_unless_told(ctx.session, Case.partner_id == partner.id, confirmed=confirmed)
    set_partner_retired(ctx, partner, retired=True)
    return partner


def change_missions(
    ctx: Context, partner: Partner, given: Collection[CampaignKind], *, confirmed: bool
) -> None:
    """Say which missions a partner gives.

    Raises:
        Refused: cases of a withdrawn mission run, and nobody confirmed to know it.
    """
    gone = set(missions_given(ctx.session, partner.id)) - set(given)
    of_them = (Case.partner_id == partner.id) & Case.campaign_kind.in_(gone)
    _refuse_unless_told(ctx.session, of_them, confirmed=confirmed)
    set_missions(ctx, partner, given)


def _refuse_unless_told(session: Session, which: ColumnElement[bool], *, confirmed: bool) -> None:
    running = session.scalar(select(func.count()).select_from(Case).where(_running(), which)) or 0
    if running and not confirmed:
        raise Refused(STILL_RUNNING, field="confirmed", count=running)


def volume_used(session: Session, held: Convention, day: date) -> int | None:
    """How much of a convention's volume was used up to a day; None where nobody counts it.

    Cases and calls as the indicators count them (DOMAIN §11).
    """
    code = COUNTED_BY.get(held.unit)
    if code is None:
        return None
    if day < held.valid_from:
        return 0
    end = min(held.valid_to, day)
    period = Period(f"{held.valid_from:%Y}", held.valid_from, end)
    return total(session, code, Scope(period, partner_id=held.partner_id, kind=held.kind))


def days_left(held: Convention, day: date) -> int:
    """How many days a convention still holds, its last one included; 0 when it is over."""
    return max(0, (held.valid_to - day + timedelta(days=1)).days)
