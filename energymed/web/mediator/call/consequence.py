"""The whole consequence of a save, in a sentence on the desk before it and in a line after it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.i18n import N_
from energymed.calling.calls.next_step import WHY, Call, NextStep, next_step_of, rest_until
from energymed.calling.codes import REACHED
from energymed.calling.eligibility.next_slot import rules_of
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.casework.agreed_acts import AgreedAct
from energymed.mediation.codes import ACT_KINDS
from energymed.mediation.rules import PlanTerms, count_of
from energymed.partners.codes import (
    CallbackBy,
    CaseEffect,
    Closure,
    NumberEffect,
    PersonEffect,
    ResultCode,
)
from energymed.web.mediator.call.act_fields import SHORT
from energymed.web.mediator.call.forms import CallForm
from energymed.web.mediator.call.outcome_form import acts_typed
from energymed.web.shared.filters import clock, money, relative_day
from energymed.web.shared.filters import day as whole_day

FOR_GOOD: dict[str, str] = {
    PersonEffect.OPPOSED: N_("Arrêt définitif : la personne et ses numéros ne seront plus appelés, "
                             "pour aucun partenaire."),
    PersonEffect.DECEASED: N_("Arrêt définitif : ce foyer n'est plus jamais appelé."),
}  # fmt: skip


def when(at: datetime) -> str:
    """A moment as it is said: "mar. 15 déc. à 10 h"."""
    return _("%(day)s à %(time)s", day=relative_day(at), time=clock(at))


def acts_in_words(acts: Iterable[AgreedAct]) -> list[str]:
    """Each act in a word or two; a plan with its instalments."""
    return [_act_in_words(act) for act in acts]


def saved_line(case: Case, form: CallForm, contact: Contact) -> Markup:
    """What was saved ("Mme MEUNIER – échéancier 6 × 132,01 €"), and the way to correct it."""
    told = acts_in_words(acts_typed(form)) if form.result.data in REACHED else []
    what = told or [_(ResultCode(form.result.data).label).lower()]
    return Markup('{} <a href="{}" data-shortcut="Z">{}</a>').format(
        _("Enregistré : %(person)s – %(what)s", person=case.person.full_name, what=", ".join(what)),
        url_for("mediator.correct_call", contact_id=contact.id),
        _("Corriger"),
    )


def consequence(ctx: Context, case: Case, form: CallForm) -> Iterator[str]:
    """In sentences: what saving does to the person, to the number, and to the case."""
    result = form.result.data
    if not result or form.result.errors:
        return
    if result in REACHED:
        yield _after_conversation(form)
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
    elif form.callback_at.moment is not None:
        yield _callback_said(form, form.callback_at.moment)


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


def _callback_said(form: CallForm, at: datetime) -> str:
    if form.callback_by.data == CallbackBy.ANYONE:
        said = N_("Rappel %(when)s par le premier médiateur libre ; le dossier reste ouvert.")
        return _(said, when=when(at))
    return _("Vous rappelez %(when)s ; le dossier reste ouvert.", when=when(at))


def _act_in_words(act: AgreedAct) -> str:
    terms = act.terms
    if isinstance(terms, PlanTerms) and count_of(terms) > 0 and terms.amount_cents > 0:
        each = money(terms.regular_cents)
        return _("échéancier %(count)s × %(amount)s", count=count_of(terms), amount=each)
    return _({**ACT_KINDS, **SHORT}[act.kind]).lower()


def _after_conversation(form: CallForm) -> str:
    """What was agreed and what follows, in one sentence."""
    agreed = ", ".join(acts_in_words(acts_typed(form)))
    then = _what_follows(form)
    said = _("%(agreed)s ; %(then)s", agreed=agreed, then=then) if agreed else then
    return f"{said[:1].upper()}{said[1:]}."


def _what_follows(form: CallForm) -> str:
    if form.next_step.data == "follow_up":
        at = form.follow_up_at.moment
        if at is None:
            return _("vous revenez vers la personne : dites quand")
        return _("vous revenez vers la personne %(when)s, le dossier reste ouvert", when=when(at))
    if form.next_step.data == "close":
        closure = as_code(Closure, form.closure.data)
        if closure is None:
            return _("le dossier se clôt comme ce qui a été convenu le propose")
        return _("le dossier se clôt : %(how)s", how=_(closure.label).lower())
    return _("reste à dire ce qui suit : revenir vers la personne, ou clore")
