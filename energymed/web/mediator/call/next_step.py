"""What follows, said on the desk before the call is saved: the rules' next contact, and why."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from flask import render_template, request
from flask_babel import gettext as _

from energymed.base.clock import today
from energymed.base.context import Context
from energymed.base.dates import next_working_day
from energymed.base.i18n import N_
from energymed.base.zones import at_local
from energymed.calling.calls.next_step import WHY, Call, NextStep, next_step_of, rest_until
from energymed.calling.codes import REACHED
from energymed.calling.eligibility.next_slot import rules_of
from energymed.calling.follow_ups.callback_slots import callback_week
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.casework.closure_proposal import Reason, propose_closure
from energymed.casework.person_running import person_file
from energymed.mediation.codes import ActKind
from energymed.mediation.rules import NOT_GIVEN
from energymed.mediation.running import Running, RunningThing, next_after
from energymed.partners.codes import CallbackBy, CaseEffect, Closure, NumberEffect, PersonEffect
from energymed.web.mediator.call import call_form
from energymed.web.mediator.call.forms import CallForm
from energymed.web.mediator.call.outcome_form import acts_typed, plan_terms
from energymed.web.mediator.case_file.running import typed_steps
from energymed.web.shared.filters import clock, money, relative_day
from energymed.web.shared.filters import day as whole_day
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading

MORNING = time(10, 0)
PAPERS_AFTER = timedelta(days=7)
MOST_PROPOSED = 3  # of what runs already
FOR_GOOD: dict[str, str] = {
    PersonEffect.OPPOSED: N_("Arrêt définitif : la personne et ses numéros ne seront plus appelés, "
                             "pour aucun partenaire."),
    PersonEffect.DECEASED: N_("Arrêt définitif : ce foyer n'est plus jamais appelé."),
}  # fmt: skip


@requires("queue.call")
def next_step(case_id: int) -> str:
    """What follows the result as typed, and the moments that what was agreed proposes."""
    ctx = reading()
    case = get_case(ctx, case_id)
    form = call_form.call_form(case, ctx.actor)
    form.validate()
    follows = list(_follows(ctx, case, form))
    proposals = [*_proposals(case, form), *_of_running(ctx, case, form)]
    return render_template(
        "mediator/call/_next_step.html",
        follows=follows,
        proposals=proposals,
        proposed=_proposed_closure(ctx, case, form),
    )


@requires("queue.call")
def callback_slots(case_id: int) -> str:
    """The week by hours, to choose a callback from."""
    ctx = reading()
    case = get_case(ctx, case_id)
    agenda = callback_week(ctx, case)
    return render_template(
        "mediator/call/_callback_slots.html", agenda=agenda, postal_code=case.postal_code
    )


def _follows(ctx: Context, case: Case, form: CallForm) -> Iterator[str]:
    """In sentences: what happens to the person, to the number, and to the case."""
    result = form.result.data
    if not result or form.result.errors:
        return
    at, session = ctx.now, ctx.session
    rules = rules_of(session, case.campaign, at)
    rule = rules.results[result]
    if rule.person == PersonEffect.RESTS:
        yield _(
            "La personne n'est plus appelée jusqu'au %(day)s, pour aucun partenaire.",
            day=whole_day(rest_until(rules, at)),
        )
    elif rule.person:
        yield _(FOR_GOOD[rule.person])
    if rule.number in (NumberEffect.WRONG, NumberEffect.INVALID):
        yield _("Le numéro choisi ne sera plus jamais composé.")
    call = Call(case, rules, result, at, phone_id=form.phone_id.data)
    found = next_step_of(session, call, now=at)
    if found is not None:
        yield _said(call, found, anyone=rule.by == CallbackBy.ANYONE)


def _said(call: Call, found: NextStep, *, anyone: bool) -> str:
    why = f" ({_(WHY[found.why]).lower()})" if found.why else ""
    if found.closure:
        return _("Le dossier se clôt : %(how)s%(why)s.", how=_(found.closure.label), why=why)
    if found.at is None:
        return _("Aucun autre essai n'est possible%(why)s.", why=why)
    effect = call.rules.results[call.result].case
    if effect == CaseEffect.NEXT_NUMBER:
        return _("L'autre numéro peut être appelé tout de suite.")
    if found.why == "too_late":
        return _("Plus d'essai possible avant l'intervention : le dossier se clora de lui-même.")
    when = {"day": relative_day(found.at), "time": clock(found.at), "why": why}
    if effect == CaseEffect.BACK:
        return _("Ne compte pas comme un essai : le dossier revient %(day)s à %(time)s.", **when)
    if effect == CaseEffect.INTERPRETER:
        return _("Un interprète est à trouver : le dossier revient %(day)s à %(time)s.", **when)
    if anyone and found.why != "promised":
        return _(
            "Prochain essai par le premier médiateur libre : %(day)s à %(time)s%(why)s.", **when
        )
    return _("Prochain essai : %(day)s à %(time)s%(why)s.", **when)


def _of_running(ctx: Context, case: Case, form: CallForm) -> list[tuple[str, datetime]]:
    """The days on which what runs on the case is next to be asked about, the soonest first."""
    if form.result.data not in REACHED or form.next_step.data != "follow_up":
        return []
    day, code = today(), case.postal_code
    steps, _unread = typed_steps(request.form)
    taken = {(step.kind, step.record_id): step.to for step in steps}
    running = person_file(ctx, case, day).running
    found = [
        next_after(ctx.session, thing, _taken(thing, taken), day) for thing in running.of(case)
    ]
    soonest = sorted((each for each in found if each is not None), key=lambda each: each.on)
    return [
        (_(each.step.label), at_local(_not_today(each.on, day, code), MORNING, code))
        for each in soonest[:MOST_PROPOSED]
    ]


def _taken(thing: RunningThing, taken: Mapping[tuple[Running, int], str]) -> str | None:
    """The state to which the form takes a thing, if it does."""
    return next(
        (
            taken[move.kind, move.record_id]
            for move in thing.moves
            if (move.kind, move.record_id) in taken
        ),
        None,
    )


def _not_today(on: date, day: date, code: str | None) -> date:
    return next_working_day(max(on, day + timedelta(days=1)), code)


def _proposed_closure(ctx: Context, case: Case, form: CallForm) -> tuple[Closure, str] | None:
    """The closure that what was agreed leads to, and why; None where nobody was reached."""
    if form.result.data not in REACHED:
        return None
    found = propose_closure(ctx, case, acts_typed(form))
    if found is None or found.closure not in (each.value for each in form.closure.choices):
        return None
    return found.closure, reason_in_words(found.reason)


def reason_in_words(reason: Reason) -> str:
    """Why a closure is proposed, in the reader's language."""
    told = {name: _in_words(name, value) for name, value in reason.params.items()}
    return _(reason.sentence) % told if told else _(reason.sentence)


def _in_words(name: str, value: object) -> object:
    if isinstance(value, date):
        return whole_day(value)
    if isinstance(value, int):
        return money(value) if name.endswith("_cents") else value
    return _(value) if isinstance(value, str) else value


def _proposals(case: Case, form: CallForm) -> list[tuple[str, datetime]]:
    """Moments to come back at after a conversation, each with its reason."""
    if form.result.data not in REACHED:
        return []
    ticked, code = form.acts.data or [], case.postal_code
    terms = plan_terms(form)
    first = terms.first_due_on if terms.first_due_on != NOT_GIVEN else None
    offered: list[tuple[str, str, date | None]] = [
        (ActKind.PLAN_AGREED, _("lendemain de la première échéance"), first),
        (ActKind.PAYS_FULL, _("lendemain du paiement promis"), form["pays_full_promised_on"].data),
        (ActKind.EXTENSION, _("lendemain du délai accordé"), form["extension_new_due_on"].data),
    ]
    if ActKind.AID_OPENED in ticked:
        papers = today() + PAPERS_AFTER - timedelta(days=1)
        offered.append((ActKind.AID_OPENED, _("où en sont les pièces de la demande"), papers))
    return [
        (why, at_local(next_working_day(day + timedelta(days=1), code), MORNING, code))
        for act, why, day in offered
        if act in ticked and day is not None and day >= today() - timedelta(days=1)
    ]
