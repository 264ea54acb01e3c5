"""Repeated signals whose solution runs: the list, closing the ticked ones, and taking it back."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from energymed.base.context import Context
from energymed.base.db.bulk import among
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.cases.models import Case
from energymed.casework.repeated_signals import (
    Closed,
    Repeated,
    close_repeated,
    repeated,
    undo_closing,
)
from energymed.intake.queries import get_batch
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import listed, ngettext
from energymed.web.shared.list_filters import ListFilters
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

SHOWN = 200  # more are closed in several turns


@requires("files.import")
def repeats() -> str:
    """The open cases that repeat a signal whose solution runs; of one file when asked for."""
    ctx, filters = reading(), ListFilters()
    batch_id = filters.number("batch")
    batch = get_batch(ctx, batch_id) if batch_id else None
    found = repeated(ctx, *_of_file(batch_id))
    shown = found[:SHOWN]
    return render_template(
        "lead/imported/repeats.html",
        batch=batch,
        total=len(found),
        listed=list(zip(_cases(ctx, shown), [one.earlier for one in shown], strict=True)),
        back_to=filters.timestamp("done"),
    )


@requires("files.import")
def close_repeats() -> Response:
    """Close the ticked cases as repeated."""
    batch_id = ListFilters().number("batch")
    try:
        with use_case() as ctx:
            done = close_repeated(ctx, request.form.getlist("case", type=int))
            _tell(done)
    except BadInput as error:
        flash(sentence(error), "warning")
        return redirect(url_for("lead.repeats", batch=batch_id), 303)
    at = ctx.now.isoformat() if done.cases else None
    return redirect(url_for("lead.repeats", batch=batch_id, done=at), 303)


@requires("files.import")
def undo_repeats() -> Response:
    """Take the last closing back."""
    at, done = ListFilters(request.form).timestamp("at"), 0
    if at is not None:
        with use_case() as ctx:
            done = undo_closing(ctx, at)
    flash(
        ngettext("%(num)s dossier remis comme avant.", "%(num)s dossiers remis comme avant.", done)
        if done
        else _("Rien à défaire : ces dossiers ont changé depuis."),
        "success" if done else "warning",
    )
    return redirect(url_for("lead.repeats"), 303)


def _of_file(batch_id: int | None) -> list[ColumnElement[bool]]:
    return [Case.opened_batch_id == batch_id] if batch_id else []


def _cases(ctx: Context, found: Sequence[Repeated]) -> list[Case]:
    """The cases with their people, in the order of the list."""
    ids = [one.case_id for one in found]
    cases = ctx.session.scalars(
        select(Case)
        .where(among(ctx.session, Case.id, ids))
        .options(joinedload(Case.person, innerjoin=True), joinedload(Case.partner, innerjoin=True))
    )
    by_id = {case.id: case for case in cases}
    return [by_id[one] for one in ids]


def _tell(done: Closed) -> None:
    """What was closed, and which cases were passed over and why."""
    if done.cases:
        flash(
            ngettext(
                "%(num)s dossier clos comme signalement répété.",
                "%(num)s dossiers clos comme signalements répétés.",
                len(done.cases),
            ),
            "success",
        )
    elif not (done.in_call or done.gone):
        flash(_("Cochez d'abord des dossiers."), "warning")
    for references, text in (
        (done.in_call, N_("En appel en ce moment, laissés tels quels : %(references)s.")),
        (done.gone, N_("Clos ou changés entre-temps, laissés tels quels : %(references)s.")),
    ):
        if references:
            flash(_(text, references=listed(references)), "warning")
