"""History: every file, what became of each of its lines, its rejects, and the way back."""

from collections.abc import Collection

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from energymed.base.clock import now
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.db import db
from energymed.base.errors import Refused
from energymed.base.spreadsheets import MEDIA_TYPES
from energymed.cases.models import Case
from energymed.casework import import_batch as work
from energymed.casework.repeated_signals import Repeated, repeated
from energymed.intake import queries
from energymed.intake.batches.missing_cases import MissingSearch, missing_cases
from energymed.intake.batches.rejected_file import rejected_file
from energymed.intake.codes import DISCARD_REASONS, BatchState, FileKind, RowOutcome
from energymed.intake.importing import continuation
from energymed.intake.importing.undo import look_ahead
from energymed.intake.mapping.rejection_column import reason_title
from energymed.intake.models import Batch, BatchRow
from energymed.intake.queries import BATCHES, BatchSearch
from energymed.partners.queries import all_partners
from energymed.web.lead.files import file_view
from energymed.web.lead.files.new_file import settings
from energymed.web.lead.imported import history_view
from energymed.web.shared import security_trail
from energymed.web.shared.downloads import download
from energymed.web.shared.errors import sentence
from energymed.web.shared.list_filters import ListFilters, filters_now, keep_search, kept_search
from energymed.web.shared.navigation import arrivals
from energymed.web.shared.paging import count, page_number, paginate
from energymed.web.shared.permissions import actor, requires
from energymed.web.shared.use_case import reading

FILES = "file_search"
LINES = "line_search"


@requires("files.import")
def files() -> str:
    """Every file of the site, found by name, number, fingerprint, partner, kind and state."""
    ctx = reading()
    session = ctx.session
    partners = all_partners(session)
    filters = _filters({partner.id for partner in partners})
    return render_template(
        "lead/imported/files.html",
        page=paginate(session, queries.search_batches(ctx, filters), page_number()),
        partners=partners,
        kinds=FileKind.labels(),
        states=BatchState.labels(),
        arrivals=arrivals(),
        filters=filters,
        missing=count(session, missing_cases(ctx, MissingSearch())),
        kept=filters_now(),
    )


@requires("files.import")
def search_files() -> Response:
    """Keep what is searched for among the files, the name of who brought them included."""
    return keep_search(FILES, "lead.files")


def result_page(batch: Batch) -> str:
    """An imported file, as it can be read as long as the case lives: its raw file may be gone."""
    ctx = reading()
    session = ctx.session
    outcome = as_code(RowOutcome, request.args.get("outcome"))
    text = kept_search(LINES)
    statement = queries.searched_lines(ctx, batch, outcome=outcome, text=text)
    page = paginate(
        session,
        statement.options(joinedload(BatchRow.case)),
        page_number(),
        size=file_view.LINES_A_PAGE,
        exact=True,
    )
    return render_template(
        "lead/imported/file_result.html",
        batch=batch,
        columns=file_view.mapped(batch.kind, batch.mapping),
        groups=file_view.problem_groups(queries.problems(session, batch)),
        missing=count(session, missing_cases(ctx, MissingSearch(batch_id=batch.id))),
        repeats=len(_repeated(ctx, batch)),
        continuations=continuation.continuations(ctx, batch),
        accepted_since=continuation.accepted_since(session, batch),
        page=history_view.imported_rows(page, batch),
        outcome=outcome or "",
        text=text,
        kept=filters_now("page"),
        outcomes=RowOutcome.labels(),
        tones=file_view.TONES,
        kinds=FileKind.labels(),
        states=BatchState.labels(),
        reasons=DISCARD_REASONS,
    )


def _repeated(ctx: Context, batch: Batch) -> list[Repeated]:
    """The cases that the file made and that may close as repeated."""
    if batch.state != BatchState.COMMITTED or not batch.created:
        return []
    return repeated(ctx, Case.opened_batch_id == batch.id)


@requires("files.import")
def search_lines(batch_id: int) -> Response:
    """Keep the reference or line searched for in a file, and go back to it."""
    queries.get_batch(reading(), batch_id)
    return keep_search(LINES, "lead.file", batch_id=batch_id)


@requires("files.import")
def undo_file(batch_id: int) -> str | Response:
    """Say what stands in the way, or what undoing would do; then take the whole import back."""
    who = actor()
    if request.method == "GET":
        return _undo_page(batch_id)
    batch = queries.get_batch(reading(), batch_id)
    if batch.state == BatchState.COMMITTED and work.is_large(batch):
        work.begin(settings(), who, batch_id, work.UNDO)
        return redirect(url_for("lead.progress", batch_id=batch_id), 303)
    try:
        work.undo_file(who, batch_id, now())
    except Refused as error:
        flash(sentence(error), "warning")
        return redirect(url_for("lead.undo_file", batch_id=batch_id), 303)
    tell_undone()
    return redirect(url_for("lead.file", batch_id=batch_id), 303)


def tell_undone() -> None:
    """Say that the import is taken back."""
    flash(_("Import annulé : les dossiers sont revenus à leur état d'avant."), "success")


@requires("files.import")
def rejected(batch_id: int, form: str) -> Response:
    """The rejected lines as a file to mend and import again."""
    batch = queries.get_batch(reading(), batch_id)
    if batch.state != BatchState.COMMITTED:
        abort(404)
    lines = queries.rejected_lines(db.session(), batch)
    title = reason_title(batch.id, _)
    content = rejected_file(form, batch.headers, lines, title, _)
    name = "-".join([batch.file_name.rsplit(".", 1)[0], _("rejets")])
    security_trail.downloaded(form)
    return download(content, f"{name}.{form}", MEDIA_TYPES[form])


def _undo_page(batch_id: int) -> str | Response:
    ctx = reading()
    batch, standing, foreseen = look_ahead(ctx, batch_id)
    if batch.state != BatchState.COMMITTED:
        flash(_("Ce fichier n'est pas importé : il n'y a rien à annuler."), "warning")
        return redirect(url_for("lead.file", batch_id=batch_id), 303)
    return render_template(
        "lead/imported/confirm_undo.html",
        batch=batch,
        standing=standing,
        calls=history_view.call_messages(ctx.session, standing.in_call),
        work=history_view.work_messages(ctx.session, standing.work),
        foreseen=foreseen,
    )


def _filters(partner_ids: Collection[int]) -> BatchSearch:
    """What the address asks for."""
    given = ListFilters()
    return BatchSearch(
        text=kept_search(FILES),
        partner_id=given.number("partner", partner_ids),
        kind=given.code("kind", FileKind),
        state=given.code("state", BatchState),
        sort=given.sort(BATCHES),
    )
