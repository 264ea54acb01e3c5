"""Files: the list, a new one, its check before import, its result, and the way back."""

from flask import Response as FlaskResponse
from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from energymed.base.clock import now
from energymed.base.db import db, transaction
from energymed.base.errors import BadInput, DomainError, Refused
from energymed.base.files import FileStore
from energymed.intake import queries, service
from energymed.intake.codes import DISCARD_REASONS, FILE_KINDS
from energymed.intake.layouts import must_be_seen
from energymed.intake.models import BATCH_STATES, OUTCOMES, Batch
from energymed.intake.queries import RejectedLine
from energymed.intake.rejected import MEDIA_TYPE, REASON, rejected_workbook
from energymed.intake.undo import undo
from energymed.partners.queries import all_partners
from energymed.web.lead import column_view, file_view, reads
from energymed.web.lead.forms import UploadForm, partner_choices, week_choices
from energymed.web.lead.rejected import rejected_csv
from energymed.web.lead.uploads import upload_of
from energymed.web.shared.errors import sentence
from energymed.web.shared.navigation import arrivals
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import actor, requires

WAITING = ("preview", "deposited")
MISSING_SHOWN = 100


@requires("files.import")
def files() -> str:
    """Every file of the site, latest first: found by name, partner, kind and state."""
    search, kind = request.args.get("q", "").strip(), request.args.get("kind", "")
    state, partner_id = request.args.get("state", ""), request.args.get("partner", type=int)
    statement = reads.filtered_batches(
        actor(), search=search, partner_id=partner_id, kind=kind, state=state
    )
    return render_template(
        "lead/files.html",
        page=paginate(db.session(), statement, page_number()),
        partners=all_partners(db.session()),
        kinds=FILE_KINDS,
        states=BATCH_STATES,
        arrivals=arrivals(),
        wanted={"q": search, "partner": partner_id or "", "kind": kind, "state": state},
    )


@requires("files.import")
def new_file() -> str | Response | tuple[str, int]:
    """Send a file; it is read and checked, and nothing is imported yet."""
    form = UploadForm()
    partners = all_partners(db.session())
    form.partner_id.choices = partner_choices(partners)
    form.week.choices = week_choices()
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return render_template("lead/new_file.html", form=form, partners=partners), status
    try:
        who, files_kept = actor(), file_store()
        with transaction() as session:
            upload = upload_of(session, who, form)
            batch = service.receive(session, who, upload, files=files_kept, now=now())
            batch_id, look = batch.id, must_be_seen(session, batch)
    except (BadInput, Refused) as error:
        form.file.errors = [sentence(error)]
        return render_template("lead/new_file.html", form=form, partners=partners), 422
    return redirect(url_for("lead.columns" if look else "lead.file", batch_id=batch_id), 303)


@requires("files.import")
def file(batch_id: int) -> str | Response:
    """One file: what importing it would do, or what it did."""
    batch = queries.get_batch(db.session(), actor(), batch_id)
    return _check_page(batch) if batch.state in WAITING else _result_page(batch)


@requires("files.import")
def commit_file(batch_id: int) -> Response:
    """Import a checked file; a second click finds it already imported."""
    who, kept = actor(), file_store()
    try:
        with transaction() as session:
            done = service.commit(session, who, batch_id, files=kept, now=now())
    except (Refused, BadInput) as error:
        flash(sentence(error), "warning")
        return redirect(url_for("lead.file", batch_id=batch_id), 303)
    accepted = done.created + done.updated + done.unchanged + done.recorded
    flash(
        ngettext(
            "Fichier importé : %(num)s ligne retenue.",
            "Fichier importé : %(num)s lignes retenues.",
            accepted,
        ),
        "success",
    )
    return redirect(url_for("lead.file", batch_id=batch_id), 303)


@requires("files.import")
def undo_file(batch_id: int) -> str | Response:
    """Ask, then take a whole import back."""
    who = actor()
    if request.method == "GET":
        batch = queries.get_batch(db.session(), who, batch_id)
        return render_template("lead/confirm_undo.html", batch=batch)
    try:
        with transaction() as session:
            undo(session, who, batch_id, now=now())
    except Refused as error:
        flash(sentence(error), "warning")
    else:
        flash(_("Import annulé : les dossiers sont revenus à leur état d'avant."), "success")
    return redirect(url_for("lead.file", batch_id=batch_id), 303)


@requires("files.import")
def rejected(batch_id: int, form: str) -> Response:
    """The rejected lines as a file to mend and import again."""
    batch = queries.get_batch(db.session(), actor(), batch_id)
    if batch.state != "committed":
        abort(404)
    lines = queries.rejected_lines(db.session(), batch)
    if form == "xlsx":
        content, media_type = rejected_workbook(batch.headers, lines, _), MEDIA_TYPE
    else:
        media_type = "text/csv; charset=utf-8"
        content = rejected_csv(batch.headers, lines, reason=_(REASON), sentence=_reasons)
    answer = FlaskResponse(content, mimetype=media_type)
    stem = batch.file_name.rsplit(".", 1)[0]
    answer.headers.set("Content-Disposition", "attachment", filename=f"{stem}-{_('rejets')}.{form}")
    return answer


def file_store() -> FileStore:
    """Where the raw files of this installation are kept."""
    return FileStore(current_app.extensions["energymed"].files)


def _reasons(line: RejectedLine) -> str:
    return " ".join(
        file_view.sentence_of(problem) for problem in line.problems if problem.severity == "error"
    )


def _check_page(batch: Batch) -> str | Response:
    """What importing would do; when it cannot be said, why. Columns that lack are chosen first."""
    try:
        preview = service.preview(db.session(), actor(), batch.id, files=file_store(), now=now())
    except DomainError as error:
        return render_template(
            "lead/file_refused.html", batch=batch, refusal=sentence(error), kinds=FILE_KINDS
        )
    if preview.plan is None or preview.report is None:
        return redirect(url_for("lead.columns", batch_id=batch.id), 303)
    wanted = request.args.get("outcome", "")
    every = file_view.planned_lines(preview.plan)
    changes = file_view.changes(preview.plan)
    return render_template(
        "lead/file_check.html",
        batch=batch,
        report=preview.report,
        later=preview.later,
        change=column_view.told(preview.change, batch.kind),
        mapping=preview.examined.mapping,
        columns=file_view.mapped(batch.kind, preview.examined.mapping.fields),
        repeated=preview.examined.sheet.repeated,
        not_read=file_view.not_read(preview),
        groups=file_view.problem_groups(preview.plan.problems),
        changes=changes[: file_view.CHANGES_SHOWN],
        change_count=len(changes),
        missing=getattr(preview.plan, "missing", [])[:MISSING_SHOWN],
        page=file_view.page_of(
            [line for line in every if wanted in ("", line.outcome)], page_number()
        ),
        outcome=wanted,
        outcomes=file_view.PLANNED_OUTCOMES,
        tones=file_view.TONES,
        kinds=FILE_KINDS,
    )


def _result_page(batch: Batch) -> str:
    session = db.session()
    wanted = request.args.get("outcome", "")
    outcome = wanted if wanted in OUTCOMES else None
    page = paginate(
        session,
        queries.lines(batch, outcome=outcome),
        page_number(),
        size=file_view.LINES_A_PAGE,
    )
    page = file_view.with_items(page, [file_view.kept_line(row) for row in page.items])
    return render_template(
        "lead/file_result.html",
        batch=batch,
        columns=file_view.mapped(batch.kind, batch.mapping),
        groups=file_view.problem_groups(queries.problems(session, batch)),
        missing=session.scalars(reads.missing_cases(actor(), batch).limit(MISSING_SHOWN)).all(),
        page=page,
        outcome=wanted,
        outcomes=OUTCOMES,
        tones=file_view.TONES,
        kinds=FILE_KINDS,
        states=BATCH_STATES,
        reasons=DISCARD_REASONS,
    )
