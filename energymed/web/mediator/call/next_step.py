"""What follows, said on the desk before the call is saved: the rules' next contact, and why."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from flask import render_template
from flask_babel import gettext as _

from energymed.base.clock import at_paris, now, today
from energymed.base.context import Context
from energymed.base.dates import next_working_day
from energymed.base.db import db
from energymed.base.i18n import N_
from energymed.calling.calls.next_step import WHY, Call, NextStep, next_step_of, rest_until
from energymed.calling.codes import REACHED
from energymed.calling.eligibility.next_slot import rules_of
from energymed.calling.follow_ups.callback_slots import callback_week
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.partners.codes import CLOSURES
from energymed.web.mediator.call import call_form
from energymed.web.mediator.call.forms import CallForm
from energymed.web.shared.filters import clock, relative_day
from energymed.web.shared.filters import day as whole_day
from energymed.web.shared.permissions import actor, requires
from energymed.web.shared.use_case import reading

MORNING = time(10, 0)
PAPERS_AFTER = timedelta(days=7)
FOR_GOOD = {
    "opposed": N_("Arrêt définitif : la personne et ses numéros ne seront plus appelés, pour aucun "
                  "partenaire."),
    "deceased": N_("Arrêt définitif : ce foyer n'est plus jamais appelé."),
}  # fmt: skip


@requires("queue.call")
def sequel(case_id: int) -> str:
    """What follows the result as typed, and the moments that what was agreed proposes."""
    case = get_case(reading(), case_id)
    form = call_form.call_form(case, actor())
    form.validate()
    follows, proposals = list(_follows(case, form)), _proposals(case, form)
    return render_template("mediator/call/_next_step.html", follows=follows, proposals=proposals)


@requires("queue.call")
def agenda(case_id: int) -> str:
    """The week by hours, to choose a callback from."""
    session, who = db.session(), actor()
    case = get_case(Context(session, who), case_id)
    return render_template(
        "mediator/call/_callback_slots.html", agenda=callback_week(Context(session, who), case)
    )


def _follows(case: Case, form: CallForm) -> Iterator[str]:
    """In sentences: what happens to the person, to the number, and to the case."""
    result = form.result.data
    if not result or form.result.errors:
        return
    at = now()
    rules = rules_of(db.session(), case.campaign, at)
    rule = rules.results[result]
    if rule.person == "rests":
        yield _(
            "La personne n'est plus appelée jusqu'au %(day)s, pour aucun partenaire.",
            day=whole_day(rest_until(rules, at)),
        )
    elif rule.person:
        yield _(FOR_GOOD[rule.person])
    if rule.number in ("wrong", "invalid"):
        yield _("Le numéro choisi ne sera plus jamais composé.")
    call = Call(case, rules, result, at, phone_id=form.phone_id.data)
    found = next_step_of(db.session(), call, now=at)
    if found is not None:
        yield _said(call, found, anyone=rule.by == "anyone")


def _said(call: Call, found: NextStep, *, anyone: bool) -> str:
    why = f" ({_(WHY[found.why]).lower()})" if found.why else ""
    if found.closure:
        return _("Le dossier se clôt : %(how)s%(why)s.", how=_(CLOSURES[found.closure]), why=why)
    if found.at is None:
        return _("Aucun autre essai n'est possible%(why)s.", why=why)
    effect = call.rules.results[call.result].case
    if effect == "next_number":
        return _("L'autre numéro peut être appelé tout de suite.")
    if found.why == "too_late":
        return _("Plus d'essai possible avant l'intervention : le dossier se clora de lui-même.")
    when = {"day": relative_day(found.at), "time": clock(found.at), "why": why}
    if effect == "back":
        return _("Ne compte pas comme un essai : le dossier revient %(day)s à %(time)s.", **when)
    if effect == "interpreter":
        return _("Un interprète est à trouver : le dossier revient %(day)s à %(time)s.", **when)
    if anyone and found.why != "promised":
        return _("Prochain essai par qui est libre : %(day)s à %(time)s%(why)s.", **when)
    return _("Prochain essai : %(day)s à %(time)s%(why)s.", **when)


def _proposals(case: Case, form: CallForm) -> list[tuple[str, datetime]]:
    """Moments to come back at after a conversation, each with its reason."""
    if form.result.data not in REACHED:
        return []
    ticked = form.acts.data or []
    offered: list[tuple[str, str, date | None]] = [
        ("plan_agreed", _("lendemain de la première échéance"), form.plan_first_due_on.data),
        ("pays_full", _("lendemain du paiement promis"), form["pays_full_promised_on"].data),
        ("extension", _("lendemain du délai accordé"), form["extension_new_due_on"].data),
    ]
    if "aid_opened" in ticked:
        papers = today() + PAPERS_AFTER - timedelta(days=1)
        offered.append(("aid_opened", _("où en sont les pièces de la demande"), papers))
    return [
        (why, at_paris(next_working_day(day + timedelta(days=1), case.postal_code), MORNING))
        for act, why, day in offered
        if act in ticked and day is not None and day >= today() - timedelta(days=1)
    ]
