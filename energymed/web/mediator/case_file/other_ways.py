"""What the cascade proposes on a case: taken, declined or taken up again; a visit planned."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.accounts.scope import may_take_back
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, Refused
from energymed.calling.codes import DeclineReason, FollowUpKind, FollowUpState
from energymed.calling.declined_ways import decline_way, undo_decline
from energymed.calling.eligibility.cascade import tried
from energymed.calling.other_ways import declines_of, plan_visit
from energymed.casework.cascade_letters import (
    ask_for_cascade_letter,
    proposed_now,
    waiting_letter,
)
from energymed.casework.case_overview import CaseOverview
from energymed.web.mediator.case_file.done import done
from energymed.web.shared.errors import sentence
from energymed.web.shared.list_filters import ListFilters, filters_now
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import use_case


def other_ways(ctx: Context, known: CaseOverview) -> dict[str, Any]:
    """The proposal on the page of a case, what was declined, and what is under way instead."""
    planned = (
        each
        for each in known.follow_ups
        if each.kind == FollowUpKind.VISIT
        and each.state == FollowUpState.OPEN
        and each.case_id == known.case.id
    )
    waiting = waiting_letter(ctx, known.case)
    declined = declines_of(ctx.session, [known.case.id]).get(known.case.id, [])
    standing = tried(known.contacts, declined).declined
    return {
        "proposal": proposed_now(ctx, known.case, known.contacts, declined, waiting),
        "planned_visit": next(planned, None),
        "cascade_letter": waiting,
        "may_withdraw": waiting is not None and may_take_back(ctx.actor, waiting.user_id),
        "declined_ways": standing,
        "may_propose_again": {
            each.id
            for each in standing
            if may_take_back(ctx.actor, each.declined_by_id, known.case.assigned_to_id)
        },
        "decline_reasons": DeclineReason.labels(),
    }


@requires("cases.work")
def plan(case_id: int) -> Response:
    """Plan a visit, or another day for it."""
    on = ListFilters.posted().day("on")
    try:
        with use_case() as ctx:
            plan_visit(ctx, case_id, on)
        flash(_("La visite est prévue : elle est dans la tournée."), "success")
    except (BadInput, Conflict, Refused) as error:
        flash(sentence(error), "warning")
    return redirect(url_for("mediator.case", case_id=case_id), 303)


@requires("cases.work")
def letter(case_id: int) -> Response:
    """Put the letter that is proposed with those to be printed."""
    return _decided(
        lambda ctx: ask_for_cascade_letter(ctx, case_id),
        _("Le courrier est avec les courriers à imprimer."),
        case_id,
    )


@requires("cases.work")
def decline(case_id: int) -> Response:
    """Decline the way that is proposed."""
    given = ListFilters.posted()
    return _decided(
        lambda ctx: decline_way(ctx, case_id, given.text("way"), given.text("reason")),
        _("La proposition est écartée ; elle se reprend sur la page du dossier."),
        case_id,
    )


@requires("cases.work")
def propose_again(declined_id: int) -> Response:
    """Take up again a proposal that was declined."""
    return done(
        lambda ctx: undo_decline(ctx, declined_id).case_id, _("La proposition est reprise.")
    )


def _decided(work: Callable[[Context], object], message: str, case_id: int) -> Response:
    """Do what was decided on a proposal; back to the tray that was pressed in, or to the case."""
    try:
        with use_case() as ctx:
            work(ctx)
        flash(message, "success")
    except (BadInput, Refused) as error:
        flash(sentence(error), "warning")
    if "state" in request.args:  # the view of the tray
        return redirect(url_for("mediator.tasks", **filters_now()), 303)
    return redirect(url_for("mediator.case", case_id=case_id), 303)
