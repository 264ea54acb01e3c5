"""A file before its import: what it would do, what is decided about it, and the import itself."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from energymed.base.clock import now
from energymed.base.db import db
from energymed.base.errors import BadInput, DomainError, Refused
from energymed.base.files import has_file
from energymed.base.progress import is_under_way
from energymed.casework import import_batch as work
from energymed.intake import queries
from energymed.intake.batches import set_right
from energymed.intake.batches.pending_batches import decide
from energymed.intake.batches.preview_store import (
    Preview,
    current_summary,
    lacks_columns,
    load_preview,
    preview_rows,
)
from energymed.intake.codes import PENDING_STATES, FileKind
from energymed.intake.models import Batch
from energymed.web.lead.files import column_view, file_view, preview_view
from energymed.web.lead.files.new_file import settings
from energymed.web.lead.imported import history
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import ngettext, number
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import actor, requires
from energymed.web.shared.use_case import reading, use_case


@requires("files.import")
def file(batch_id: int) -> str | Response:
    """One file: what importing it would do, or what it did."""
    batch = queries.get_batch(reading(), batch_id)
    if batch.state not in PENDING_STATES and is_under_way(db.session(), batch_id):
        return redirect(url_for("lead.progress", batch_id=batch_id), 303)  # it is being undone
    if batch.state not in PENDING_STATES:
        return history.result_page(batch)
    if lacks_columns(batch) and has_file(db.session(), batch.sha256):
        return redirect(url_for("lead.columns", batch_id=batch_id), 303)
    try:
        elsewhere = checked(batch)
    except DomainError as error:
        return _refused_page(batch, sentence(error))
    return elsewhere or _page(load_preview(reading(), batch_id))


@requires("files.import")
def decide_file(batch_id: int) -> Response:
    """Decide what becomes of the lines with one kind of problem."""
    code, choice = request.form.get("code", ""), request.form.get("choice", "")
    place = "problems"
    try:
        with use_case() as ctx:
            decide(ctx, batch_id, code, choice)
        place = f"decided-{code}"  # the choice that now stands, which has the focus again
    except (Refused, BadInput) as error:
        flash(sentence(error), "warning")
    return redirect(url_for("lead.file", batch_id=batch_id, _anchor=place), 303)


@requires("files.import")
def commit_file(batch_id: int) -> Response:
    """Import a checked file; a second click finds it already imported, or under way."""
    who = actor()
    batch = queries.get_batch(reading(), batch_id)
    if batch.state in PENDING_STATES and work.is_large(batch):
        work.begin(settings(), who, batch_id, work.IMPORT)
        return redirect(url_for("lead.progress", batch_id=batch_id), 303)
    try:
        done = work.import_file(who, batch_id, now())
    except (Refused, BadInput) as error:
        flash(sentence(error), "warning")
    else:
        tell_imported(done.created + done.updated + done.unchanged + done.recorded)
    return redirect(url_for("lead.file", batch_id=batch_id), 303)


@requires("files.import")
def take_over_corrections(batch_id: int) -> Response:
    """Correct the lines as they were for the import of the same file that was undone."""
    try:
        with use_case() as ctx:
            done = set_right.take_over_corrections(ctx, batch_id)
    except Refused as error:
        flash(sentence(error), "warning")
    else:
        flash(
            ngettext("%(num)s ligne corrigée comme la première fois.",
                     "%(num)s lignes corrigées comme la première fois.", done), "success",
        )  # fmt: skip
    return redirect(url_for("lead.file", batch_id=batch_id), 303)


def checked(batch: Batch, *, then: int | None = None) -> Response | None:
    """See to it that a waiting file has a check that holds; a page to wait on for a large one.

    `then` is the line to be shown once the check is made. Errors as `build_preview`.
    """
    if batch.state not in PENDING_STATES:
        return None
    who, running = actor(), is_under_way(db.session(), batch.id)
    if not running and current_summary(db.session(), batch, now()) is not None:
        return None
    if running or work.is_large(batch):
        work.begin(settings(), who, batch.id, work.CHECK)
        return redirect(url_for("lead.progress", batch_id=batch.id, line=then), 303)
    work.check_file(who, batch.id, now())
    return None


def tell_imported(accepted: int) -> None:
    """Say how many lines came in."""
    flash(
        ngettext(
            "Fichier importé : %(count)s ligne retenue.",
            "Fichier importé : %(count)s lignes retenues.",
            accepted,
            count=number(accepted),
        ),
        "success",
    )


def _refused_page(batch: Batch, refusal: str) -> str:
    return render_template(
        "lead/files/file_refused.html", batch=batch, refusal=refusal, kinds=FileKind.labels()
    )


def _page(seen: Preview) -> str | Response:
    batch, summary = seen.batch, seen.summary
    if summary is None:  # something changed at this very moment: look again
        return redirect(url_for("lead.file", batch_id=batch.id), 303)
    if summary.refusal is not None:
        message, params = summary.refusal
        return _refused_page(batch, sentence(Refused(message, **params)))
    session = db.session()
    row_filter = preview_view.row_filter(summary, request.args)
    statement = preview_rows(batch, outcome=row_filter.outcome, code=row_filter.code)
    page = paginate(session, statement, page_number(), size=file_view.LINES_A_PAGE, exact=True)
    changed = preview_rows(batch, changed=True).limit(preview_view.CHANGED_SHOWN)
    return render_template(
        "lead/files/file_check.html",
        batch=batch,
        summary=summary,
        counts=summary.counts,
        change=column_view.layout_message(seen.change, batch.kind),
        columns=file_view.mapped(batch.kind, summary.columns),
        not_read=preview_view.not_read(summary),
        concluded=preview_view.concluded(summary),
        groups=preview_view.groups(summary, batch),
        corrected=set_right.corrected_before(session, batch),
        questions=preview_view.questions(summary, batch),
        changed=[preview_view.changed(row) for row in session.scalars(changed)],
        page=preview_view.shown_rows(page),
        row_filter=row_filter,
        outcomes=file_view.PLANNED_OUTCOMES,
        tones=file_view.TONES,
        kinds=FileKind.labels(),
        large=work.is_large(batch),
    )
