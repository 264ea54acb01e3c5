"""The work tray: what is due, awaited and paused, what will lapse, and what is done right there."""

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from energymed.base.clock import paris_date
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, Refused
from energymed.base.i18n import N_
from energymed.calling.codes import PauseReason
from energymed.calling.follow_ups.pauses import pause_case
from energymed.cases.queries import get_case
from energymed.casework.lapses import DAYS, LapseKind, cases_of, lapses
from energymed.casework.move_on import Step, check_all, move_all
from energymed.casework.tray_lines import TrayLine, tray_lines
from energymed.casework.work_tray import KINDS, Group, TrayFilter, tray
from energymed.mediation.next_dates import Awaited
from energymed.mediation.request_codes import request_label
from energymed.mediation.running import Running
from energymed.web.mediator.case_file.aid_lines import turn_in_words
from energymed.web.shared.errors import sentence
from energymed.web.shared.list_filters import ListFilters, filters_now
from energymed.web.shared.paging import page_number, page_of
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

DUE = {"late": _l("En retard"), "today": _l("Aujourd'hui"), "later": _l("Plus tard")}
SORTS = {"": _l("Par groupe"), "on": _l("Le plus proche"), "-on": _l("Le plus lointain")}
PAUSE_REASONS = PauseReason.labels()
SOON = 30
A_PAGE = 20  # what is read at one go, on a phone too


def tray_page(text: str, **shown: Any) -> str:
    """What is to be done or awaited, by group."""
    ctx, asked = reading(), _asked(text)
    found = tray(ctx, asked)
    page = page_of(found.entries, page_number(), size=A_PAGE)
    lines = tray_lines(ctx, page.items)
    return render_template(
        "mediator/follow_ups/tray.html",
        page=page,
        sections=_sections(lines, asked.sort),
        counts=found.counts,
        groups=Group,
        kinds=KINDS,
        awaited=Awaited.labels(),
        dues=DUE,
        sorts=SORTS,
        pause_reasons=PAUSE_REASONS,
        request_label=request_label,
        aid_turn=turn_in_words,
        asked=asked,
        text=text,
        at=ctx.now,
        today=paris_date(ctx.now),
        **shown,
    )


def lapses_page(text: str, **shown: Any) -> str:
    """What ends by itself in the next days."""
    ctx, asked, given = reading(), _asked(text), ListFilters()
    days = given.number("days", DAYS) or SOON
    kind = given.code("lapse", LapseKind)
    found = [each for each in lapses(ctx, asked, days) if kind in (None, each.kind)]
    page = page_of(found, page_number())
    return render_template(
        "mediator/follow_ups/lapses.html",
        page=page,
        cases=cases_of(ctx.session, page.items),
        lapse_kinds=LapseKind.labels(),
        kind=kind or "",
        days=days,
        choices=DAYS,
        asked=asked,
        text=text,
        today=paris_date(ctx.now),
        **shown,
    )


@requires("cases.work")
def move() -> Response:
    """Take one thing a step further, as of today."""
    kind = as_code(Running, request.form.get("kind", ""))
    record_id = request.form.get("record", 0, type=int)

    def work(ctx: Context) -> None:
        if kind is None:
            raise Refused(N_("Cette étape ne peut pas suivre la précédente."))
        steps = [Step(kind, record_id, request.form.get("to", ""))]
        check_all(ctx, steps)
        move_all(ctx, steps)

    return _done(work, _("C'est noté."))


@requires("cases.work")
def pause(case_id: int) -> Response:
    """Leave a case in peace until a day, for a reason."""
    given = ListFilters.posted()
    until, reason = given.day("until"), given.code("reason", PauseReason)

    def work(ctx: Context) -> None:
        get_case(ctx, case_id)
        if until is None:
            raise BadInput(N_("Donnez le jour où le dossier revient."), field="until")
        if reason is None:
            raise BadInput(N_("Choisissez la raison de la pause."), field="reason")
        pause_case(ctx, case_id, until, reason, drop_callback="drop_callback" in request.form)

    return _done(work, _("Le dossier est en pause : il reviendra de lui-même ce jour-là."))


def _done(work: Callable[[Context], object], message: str) -> Response:
    """Do the work, say so or why not, and go back to the tray or to the case."""
    try:
        with use_case() as ctx:
            work(ctx)
        flash(message, "success")
    except (BadInput, Conflict, Refused) as error:
        flash(sentence(error), "warning")
    case_id = request.form.get("case_id", type=int)
    if case_id:
        return redirect(url_for("mediator.case", case_id=case_id), 303)
    return redirect(url_for("mediator.tasks", **filters_now()), 303)


def _asked(text: str) -> TrayFilter:
    """The filters of the address."""
    given = ListFilters()
    return TrayFilter(
        everybody="all" in given.given,
        group=given.code("group", Group),
        due=given.one_of("due", DUE),
        awaited=given.code("awaited", Awaited),
        kind=given.one_of("kind", KINDS),
        text=text,
        sort=given.one_of("sort", SORTS),
    )


def _sections(lines: Sequence[TrayLine], sort: str) -> list[tuple[Group | None, list[TrayLine]]]:
    """The lines of a page by group; all together when they are sorted by day."""
    if sort:
        return [(None, list(lines))] if lines else []
    grouped = groupby(lines, key=lambda line: line.entry.group)
    return [(group, list(some)) for group, some in grouped]
