"""The list of missing cases: what the page filters and sorts on, across the rooms."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, Select, and_, func, select
from sqlalchemy.orm import Session

from energymed.base.context import Actor, Context
from energymed.base.db.bulk import among
from energymed.base.i18n import N_
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.intake.batches.missing_cases import MISSING, MissingSearch, missing_cases
from energymed.intake.models import Batch
from energymed.mediation.models import Plan
from energymed.mediation.states import RUNNING_PLANS
from energymed.web.shared.list_filters import ListFilters
from energymed.web.shared.search_terms import kept_search

SEARCH = "missing_search"
RECENT = timedelta(days=30)
ASKED = {"no": N_("Non"), "yes": N_("Oui")}
CONTACTS = {
    "never": N_("Jamais"),
    "recent": N_("Moins de 30 jours"),
    "old": N_("Plus de 30 jours"),
}
PLANS = {"yes": N_("En cours"), "no": N_("Aucun")}
FILTERS = ("batch", "partner", "least", "most", "asked", "contact", "plan", "at")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for; `args` as typed, for links; `error` when something is unreadable.

    `contact` is a key of CONTACTS, `plan` of PLANS; `at` the instant of one asking.
    """

    search: MissingSearch
    args: dict[str, str]
    contact: str = ""
    plan: str = ""
    at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the cases of a page, by their ids: last contacts, running plans."""

    contacts: dict[int, datetime]
    plans: set[int]


def wanted() -> Wanted:
    """The filter of the address."""
    given = ListFilters()
    search = MissingSearch(
        text=kept_search(SEARCH),
        batch_id=given.number("batch"),
        partner_id=given.number("partner"),
        least_cents=given.cents("least"),
        most_cents=given.cents("most"),
        asked=given.one_of("asked", ASKED),
        sort=given.sort(WITH_CONTACTS),
    )
    return Wanted(
        search,
        given.typed(*FILTERS),
        given.one_of("contact", CONTACTS),
        given.one_of("plan", PLANS),
        given.timestamp("at"),
        given.error,
    )


def listed(actor: Actor, asked: Wanted, now: datetime) -> Select[Case]:
    """Select of the missing cases that the page shows, in its order."""
    statement = missing_cases(actor, asked.search)
    last = _last_contact()
    if asked.contact == "never":
        statement = statement.where(last.is_(None))
    elif asked.contact:
        recent = last >= now - RECENT
        old = last < now - RECENT
        statement = statement.where(recent if asked.contact == "recent" else old)
    if asked.plan:
        running = Case.id.in_(select(Plan.case_id).where(Plan.state.in_(RUNNING_PLANS)))
        statement = statement.where(running if asked.plan == "yes" else ~running)
    if asked.at is not None:
        statement = statement.where(Case.missing_asked_at == asked.at)
    return WITH_CONTACTS.order(statement, asked.search.sort)


def beside(session: Session, case_ids: Sequence[int]) -> Beside:
    """Last contacts and running plans of these cases, in two queries."""
    contacts = session.execute(
        select(Contact.case_id, func.max(Contact.started_at))
        .where(Contact.voided_at.is_(None), among(session, Contact.case_id, case_ids))
        .group_by(Contact.case_id)
    )
    plans = session.scalars(
        select(Plan.case_id)
        .where(Plan.state.in_(RUNNING_PLANS))
        .where(among(session, Plan.case_id, case_ids))
    )
    return Beside({row[0]: row[1] for row in contacts}, set(plans))


def partners_in(ctx: Context, asked: Wanted) -> list[int]:
    """Ids of the partners whose cases are in the list: one partner never sees another's."""
    found = listed(ctx.actor, asked, ctx.now).order_by(None).subquery()
    return list(ctx.session.scalars(select(found.c.partner_id).distinct()))


def seen_last(files: dict[int, Batch], case: Case) -> Batch | None:
    """The file that named the case last."""
    return files.get(case.last_batch_id or 0)


def _last_contact() -> ScalarSelect[datetime]:
    return (
        select(func.max(Contact.started_at))
        .where(and_(Contact.case_id == Case.id, Contact.voided_at.is_(None)))
        .correlate(Case)
        .scalar_subquery()
    )


WITH_CONTACTS = replace(MISSING, sorts={**MISSING.sorts, "contact": _last_contact()})
