"""What a page shows of one case: warnings, money, what happened, gathered from the rooms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from energymed.base.clock import at_paris, paris_date
from energymed.calling import queries as calling
from energymed.calling.models import CHANNELS, FOLLOW_UP_KINDS, Contact
from energymed.calling.results import RESULTS
from energymed.cases.codes import LEDGER_KINDS
from energymed.cases.ledger import Statement, statement
from energymed.cases.models import Case
from energymed.mediation import queries as mediation
from energymed.mediation.codes import ACT_KINDS
from energymed.mediation.models import Act
from energymed.partners.rulebook import load_winter_truce
from energymed.web.shared.filters import day, moment, money, phone


@dataclass(frozen=True, slots=True)
class Caution:
    """Something that matters before or during the call."""

    tone: str
    text: str


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the case's history."""

    at: datetime
    icon: str
    title: str
    detail: str = ""
    by: str = ""
    voided: bool = False
    contact: Contact | None = None
    act: Act | None = None


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything that the call desk and the case page show."""

    case: Case
    money: Statement
    mediation: mediation.CaseMediation
    follow_ups: list[Any]
    warnings: list[Caution]
    events: list[Event]


def case_view(session: Session, case: Case, now: datetime) -> CaseView:
    """Gather what is known of a case, in a fixed number of queries."""
    found = mediation.of_case(session, case.id)
    contacts = calling.contacts_of(session, case.id)
    follow_ups = list(calling.follow_ups_of(session, case.id))
    debt = statement(session, case)
    return CaseView(
        case=case,
        money=debt,
        mediation=found,
        follow_ups=follow_ups,
        warnings=_warnings(session, case, found, now),
        events=_events(contacts, found, follow_ups, debt),
    )


def _warnings(
    session: Session, case: Case, found: mediation.CaseMediation, now: datetime
) -> list[Caution]:
    today, person = paris_date(now), case.person
    warnings = []
    if person.deceased_at:
        warnings.append(Caution("bad", _("Décès déclaré : ne plus appeler ce foyer.")))
    if person.opposed_at:
        warnings.append(Caution("bad", _("S'oppose à être recontacté : ne plus appeler.")))
    if person.rests_until and person.rests_until > today:
        text = _("A refusé l'échange : en repos jusqu'au %(day)s.", day=day(person.rests_until))
        warnings.append(Caution("warning", text))
    if case.suspended:
        warnings.append(
            Caution("warning", _("Suspendu – surendettement : pas d'échéancier sur l'arriéré."))
        )
    warnings += _cutoff_warnings(session, case, now)
    protected = mediation.protection(session, case.id, today)
    if protected:
        text = _("Demande FSL déposée : fourniture maintenue jusqu'au %(day)s.", day=day(protected))
        warnings.append(Caution("good", text))
    missed = sum(i.state == "missed" for plan in found.plans for i in plan.instalments)
    if missed:
        text = ngettext("%(num)s échéance manquée.", "%(num)s échéances manquées.", missed)
        warnings.append(Caution("warning", text))
    if case.missing_since_batch_id:
        warnings.append(
            Caution("info", _("Absent du dernier fichier : peut-être payé, à vérifier."))
        )
    return warnings


def _cutoff_warnings(session: Session, case: Case, now: datetime) -> list[Caution]:
    today = paris_date(now)
    warnings = []
    if case.cutoff_date and case.cutoff_date >= today:
        days = (case.cutoff_date - today).days
        when = day(case.cutoff_date) + (f" {case.cutoff_slot}" if case.cutoff_slot else "")
        text = ngettext(
            "Coupure prévue le %(when)s, dans %(num)s jour.",
            "Coupure prévue le %(when)s, dans %(num)s jours.",
            days,
            when=when,
        )
        warnings.append(Caution("bad", text))
    if case.energy == "water":
        warnings.append(
            Caution("info", _("Eau : jamais coupée ni réduite en résidence principale."))
        )
    elif case.campaign_kind == "unpaid_bill" and load_winter_truce(session, today).covers(today):
        warnings.append(
            Caution("info", _("Trêve hivernale : pas de coupure en résidence principale."))
        )
    if case.energy_cheque:
        warnings.append(Caution("good", _("Chèque énergie attesté : protections renforcées.")))
    return warnings


def _events(
    contacts: Any, found: mediation.CaseMediation, follow_ups: list[Any], debt: Statement
) -> list[Event]:
    events = [_contact_event(contact) for contact in contacts]
    events += [
        Event(
            act.created_at, "hand-thumbs-up", _(ACT_KINDS[act.kind]),
            by=act.user.name if act.user else "", voided=act.voided_at is not None, act=act,
        )
        for act in found.acts
    ]  # fmt: skip
    events += [
        Event(
            follow_up.created_at, "calendar-event",
            _("%(what)s : %(when)s", what=_(FOLLOW_UP_KINDS[follow_up.kind]),
              when=moment(follow_up.due_at)),
            follow_up.note or "", voided=follow_up.state == "cancelled",
        )
        for follow_up in follow_ups
    ]  # fmt: skip
    events += [
        Event(
            at_paris(entry.on_date, datetime.min.time()), "wallet2",
            _("%(kind)s : %(amount)s", kind=_(LEDGER_KINDS[entry.kind]),
              amount=money(entry.amount_cents)),
            entry.source,
        )
        for entry in debt.entries
    ]  # fmt: skip
    return sorted(events, key=lambda event: event.at, reverse=True)


def _contact_event(contact: Contact) -> Event:
    title = _(CHANNELS[contact.channel])
    if contact.result:
        title = _(RESULTS[contact.result].label)
    dialled = phone(contact.phone.e164) if contact.phone else ""
    return Event(
        contact.started_at,
        "telephone" if contact.channel.startswith("call") else "envelope",
        title,
        " · ".join(part for part in (dialled, contact.note) if part),
        contact.user.name if contact.user else "",
        contact.voided_at is not None,
        contact=contact,
    )
