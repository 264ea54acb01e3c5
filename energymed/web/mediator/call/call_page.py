"""The call desk: one page for a call, from the first word to the saved outcome."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from energymed.base.clock import now, today
from energymed.base.db import db
from energymed.base.errors import BadInput, Conflict, DomainError
from energymed.calling.calls import drafts, release_case
from energymed.calling.calls.linked_cases import may_be_settled
from energymed.calling.calls.report import MAX_KEY
from energymed.calling.models import CallDraft
from energymed.calling.queries import contacts_of
from energymed.calling.scripts.call_script import Step, fill_placeholders, steps_of
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.casework.case_overview import CaseOverview
from energymed.casework.next_call import take_next_call
from energymed.casework.practice import practice_story
from energymed.casework.record_conversation import record_conversation
from energymed.casework.reopen_case import reopenings
from energymed.mediation.codes import ActKind
from energymed.mediation.plans import latest_plan
from energymed.partners.codes import Closure
from energymed.telephony.service import call_of_claim
from energymed.web.mediator.call import call_form
from energymed.web.mediator.call.cached_fragments import cached_fragments
from energymed.web.mediator.call.consequence import saved_line
from energymed.web.mediator.call.dial import by_exchange
from energymed.web.mediator.call.emergency import emergency_page
from energymed.web.mediator.call.forms import CallForm
from energymed.web.mediator.call.keys import phrases_by_key
from energymed.web.mediator.call.outcome_form import call_outcome
from energymed.web.mediator.call.presence import presence_page
from energymed.web.mediator.call.rights import rights_page
from energymed.web.mediator.call.solution import Solution, solution_of
from energymed.web.mediator.case_file.cautions import cautions
from energymed.web.mediator.case_file.mandates import person_page
from energymed.web.mediator.case_file.needs import need_page
from energymed.web.mediator.case_file.pictures import pictures_page
from energymed.web.mediator.case_file.running import running_page
from energymed.web.mediator.case_file.supply import supply_page
from energymed.web.mediator.case_file.timeline import Event, timeline, with_other_cases
from energymed.web.shared.filters import meeting_day, money
from energymed.web.shared.permissions import actor, requires
from energymed.web.shared.script_words import step_in_language
from energymed.web.shared.use_case import reading, use_case

Page = str | Response | tuple[str, int]


@requires("queue.call")
def call(case_id: int) -> Page:
    """The desk of a case in call; what was typed before a lapse is there again."""
    ctx = reading()
    case, draft = get_case(ctx, case_id), drafts.load_draft(ctx, case_id)
    if not call_form.is_mine(case, ctx.actor) and draft is None:
        flash(_("Ce dossier n'est pas en appel chez vous."), "info")
        return redirect(url_for("mediator.case", case_id=case_id))
    return _desk(case, call_form.call_form(case, ctx.actor, draft), draft=draft)


@requires("queue.call")
def save(case_id: int) -> Page:
    """Save the call and what was agreed, all or nothing; then the next case, or the queue."""
    case = get_case(reading(), case_id)
    form = call_form.call_form(case, actor())
    form.validate()
    if "preview" in request.form:
        return _desk(case, form, solution=solution_of(form, case))
    try:
        with use_case() as ctx:
            contact = record_conversation(ctx, case_id, call_outcome(form, request.form, ctx.now))
            saved = saved_line(case, form, contact)
        flash(saved, "saved")
        _offer_letter(case_id, form)
        return _onward(case)
    except DomainError as error:
        return _refused(case_id, form, error)


def _refused(case_id: int, form: CallForm, error: DomainError) -> Page:
    """The desk again with what is wrong; what was typed is kept on the server as well."""
    call_form.explain(form, error)
    conflict = isinstance(error, Conflict)
    if conflict:
        call_form.seen_anew(form, case_id)
    _keep_draft(case_id)
    return _desk(get_case(reading(), case_id), form), 409 if conflict else 422


def _desk(
    case: Case,
    form: CallForm,
    *,
    draft: CallDraft | None = None,
    solution: Solution | None = None,
) -> str:
    page, picks = call_form.page(case, form), call_form.picks(now(), case)
    events = _history(case, page["view"])
    call = call_of_claim(reading(), case)
    if draft is None and not form.is_submitted():
        call_form.preselect_number(form, page["view"], call.phone_id if call else None)
    return render_template(
        "mediator/call/call.html",
        **page,
        warnings=cautions(page["view"]),
        events=events,
        **pictures_page(page["view"], events),
        mine=call_form.is_mine(case, actor()),
        draft=draft,
        solution=solution,
        fragments={} if draft or form.is_submitted() else cached_fragments(page, picks),
        others=_others(case, page["view"].running.cases, draft),
        **running_page(page["view"], MultiDict(draft.content) if draft else request.form),
        closures=[each for each in form.closure.choices if each.value != Closure.REPEATED],
        guide=_guide(case),
        story=practice_story(case),
        leave_reasons=release_case.REASONS,
        phrases=phrases_by_key(db.session(), case.site_id),
        by_exchange=call_form.is_mine(case, actor()) and by_exchange(),
        call=call,
        picks=picks,
        today=today(),
        on_desk=True,
        **person_page(case),
        **need_page(page["view"]),
        **emergency_page(),
        **rights_page(),
        **presence_page(case),
        **supply_page(page["view"]),
    )


def _history(case: Case, known: CaseOverview) -> list[Event]:
    """What was done with the person on every case, newest first."""
    session = db.session()
    others = [each.id for each in known.running.cases if each.id != case.id]
    events = timeline(known, reopenings(session, case.id))
    return with_other_cases(events, known, contacts_of(session, *others)) if others else events


def _others(
    case: Case, cases: Sequence[Case], draft: CallDraft | None
) -> list[tuple[Case, dict[str, str]]]:
    """The other cases of the person, each with what was typed for it."""
    kept = MultiDict(draft.content) if draft else request.form
    ticked = kept.getlist("others")
    names = ("next", "closure", "at")
    return [
        (
            other,
            {
                "ticked": "1" if str(other.id) in ticked else "",
                **{name: str(kept.get(f"other-{other.id}-{name}", "")) for name in names},
            },
        )
        for other in cases
        if may_be_settled(other, case)
    ]


def _guide(case: Case) -> list[Step]:
    """What to say, with the figures of the case."""
    steps, _own = steps_of(db.session(), case.site_id, case.campaign_kind)
    facts = {
        "mediateur": current_user.name,
        "association": case.site.name,
        "personne": case.person.full_name,
        "partenaire": case.partner.name,
        "reference": case.reference,
        "dette": money(case.debt_cents) if case.debt_cents is not None else "",
        "jour": meeting_day(case.cutoff_date) if case.cutoff_date else "",
        "creneau": case.cutoff_slot or "",
    }
    shown = map(step_in_language, steps)
    return [
        Step(*(fill_placeholders(text, facts) for text in (one.title, one.say, one.advice)))
        for one in shown
    ]


def _keep_draft(case_id: int) -> None:
    """What was refused is kept; too long, the page alone carries it."""
    typed: dict[str, Any] = call_form.typed(request.form.to_dict(flat=False))
    with suppress(BadInput), use_case() as ctx:
        key = request.form.get("request_key", "")[:MAX_KEY]
        drafts.save_draft(ctx, case_id, typed, request_key=key)


def _offer_letter(case_id: int, form: CallForm) -> None:
    """After a plan was agreed: the letter of it, in another tab."""
    if ActKind.PLAN_AGREED not in (form.acts.data or ()):
        return
    plan = latest_plan(db.session(), case_id)
    if plan is not None:
        address = url_for("mediator.plan_pdf", plan_id=plan.id)
        link = Markup('<a href="{}" target="_blank">{}</a>').format(
            address, _("Courrier d'accord de l'échéancier (PDF)")
        )
        flash(link, "saved")


def _onward(case: Case) -> Response:
    """After saving: the next case when asked for and there is one, else the queue.

    Whoever practises reads first what a good record would have held.
    """
    if practice_story(case) is not None:
        return redirect(url_for("mediator.practice_feedback", case_id=case.id), 303)
    if "next" not in request.form:
        return redirect(url_for("mediator.queue"), 303)
    case_id = take_next_call(actor())
    if case_id is None:
        flash(_("Il n'y a personne d'autre à appeler pour l'instant."), "info")
        return redirect(url_for("mediator.queue"), 303)
    return redirect(url_for("mediator.call", case_id=case_id), 303)
