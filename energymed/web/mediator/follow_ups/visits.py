"""The round of visits: those planned, by day and commune, and those that the cascade proposes.

The round is a document of its own (`visits_paper`): on paper stands nothing of the debt.
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
from energymed.calling.other_ways import Proposal, planned_visits
from energymed.cases.needs import left_no_message, needs_among
from energymed.casework.cascade_letters import all_proposed_now
from energymed.casework.record_conversation import Outcome, record_conversation
from energymed.web.mediator.follow_ups.visits_paper import Told, round_letter
from energymed.web.shared import security_trail
from energymed.web.shared.downloads import download
from energymed.web.shared.errors import sentence
from energymed.web.shared.list_filters import ListFilters, filters_now
from energymed.web.shared.permissions import me, requires
from energymed.web.shared.use_case import reading, use_case

AnyOfCase = TypeVar("AnyOfCase", FollowUp, Proposal)


@requires("tasks.own")
def visits() -> str:
    """One's own round, or the site's: of one day, or of all."""
    ctx, given = reading(), ListFilters()
    everybody, day, town = "all" in given.given, given.day("day"), given.text("commune")
    planned = planned_visits(ctx, everybody=everybody)
    of_day = _asked(planned, day, town)
    found = all_proposed_now(ctx, everybody=everybody)
    proposed = [each for each in found if each.way == Channel.VISIT]
    return render_template(
        "mediator/follow_ups/visits.html",
        rounds=_rounds(of_day),
        proposed=_by_commune(proposed),
        days=sorted({paris_date(each.due_at) for each in planned}),
        towns=[
            (name, name) for name in sorted({each.case.commune or "" for each in planned} - {""})
        ],
        day=day,
        town=town,
        everybody=everybody,
        today=paris_date(ctx.now),
        keys={each.id: uuid4() for each in of_day},
        silent=left_no_message(
            ctx.session, {each.case.person_id for each in of_day}, paris_date(ctx.now)
        ),
    )


@requires("tasks.own")
def round_pdf() -> Response:
    """The round that the page shows, as a document to print; the trail is told."""
    ctx, given = reading(), ListFilters()
    planned = planned_visits(ctx, everybody="all" in given.given)
    asked = _asked(planned, given.day("day"), given.text("commune"))
    if not asked:
        flash(_("Aucune visite à imprimer."), "warning")
        return redirect(url_for("mediator.visits", **filters_now()), 303)
    people = {each.case.person_id for each in asked}
    today = paris_date(ctx.now)
    needs = needs_among(ctx.session, people, today)
    silent = left_no_message(ctx.session, people, today)
    paper = round_letter(asked, Told(needs, silent), me().name, ctx.now)
    security_trail.downloaded("pdf")
    return download(*paper)


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


def _asked(planned: Sequence[FollowUp], day: date | None, town: str) -> list[FollowUp]:
    """The visits of a day and of a commune; of all without."""
    return [
        each
        for each in planned
        if day in (None, paris_date(each.due_at)) and town in ("", each.case.commune)
    ]


def _rounds(planned: Sequence[FollowUp]) -> list[tuple[date, list[tuple[str, list[FollowUp]]]]]:
    """The visits by day, then by commune; they come in that order."""
    by_day = groupby(planned, key=lambda each: paris_date(each.due_at))
    return [(day, _by_commune(some)) for day, some in by_day]


def _by_commune(items: Iterable[AnyOfCase]) -> list[tuple[str, list[AnyOfCase]]]:
    return [
        (town, list(some)) for town, some in groupby(items, lambda each: each.case.commune or "")
    ]
