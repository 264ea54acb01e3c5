"""The round of visits: those planned, by day and commune, and those that the cascade proposes.

It is made to be printed. On paper stands nothing of the debt, nor of whom it is owed to.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import TypeVar
from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import paris_date
from energymed.base.errors import BadInput, Conflict, Refused
from energymed.calling.calls.report import ExchangeReport
from energymed.calling.codes import Channel, ExchangeResult
from energymed.calling.models import FollowUp
from energymed.calling.other_ways import Proposal, planned_visits, proposals
from energymed.casework.record_conversation import Outcome, record_conversation
from energymed.web.shared.errors import sentence
from energymed.web.shared.list_filters import ListFilters, filters_now
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

AnyOfCase = TypeVar("AnyOfCase", FollowUp, Proposal)


@requires("tasks.own")
def visits() -> str:
    """One's own round, or the site's: of one day, or of all."""
    ctx, given = reading(), ListFilters()
    everybody, day = "all" in given.given, given.day("day")
    planned = planned_visits(ctx, everybody=everybody)
    days = {paris_date(each.due_at): each.due_at for each in planned}
    of_day = [each for each in planned if day in (None, paris_date(each.due_at))]
    proposed = [each for each in proposals(ctx, everybody=everybody) if each.way == Channel.VISIT]
    return render_template(
        "mediator/follow_ups/visits.html",
        rounds=_rounds(of_day),
        proposed=_by_commune(proposed),
        days=days,
        day=day,
        everybody=everybody,
        today=paris_date(ctx.now),
        keys={each.id: uuid4() for each in of_day},
    )


@requires("cases.work")
def card_left(case_id: int) -> Response:
    """Nobody was there, a card was left: noted as the visit that it was."""
    report = ExchangeReport(
        Channel.VISIT,
        ExchangeResult.NOBODY_CARD_LEFT,
        request_key=request.form.get("request_key") or None,
    )
    try:
        with use_case() as ctx:
            record_conversation(ctx, case_id, Outcome(report))
        flash(_("La carte laissée est notée."), "success")
    except (BadInput, Conflict, Refused) as error:
        flash(sentence(error), "warning")
    return redirect(url_for("mediator.visits", **filters_now()), 303)


def _rounds(planned: Sequence[FollowUp]) -> list[tuple[date, list[tuple[str, list[FollowUp]]]]]:
    """The visits by day, then by commune; they come in that order."""
    by_day = groupby(planned, key=lambda each: paris_date(each.due_at))
    return [(day, _by_commune(some)) for day, some in by_day]


def _by_commune(items: Iterable[AnyOfCase]) -> list[tuple[str, list[AnyOfCase]]]:
    return [
        (town, list(some)) for town, some in groupby(items, lambda each: each.case.commune or "")
    ]
