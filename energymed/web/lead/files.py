"""Files: a new one, its check before import, the import, and giving it up."""

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from energymed.base.clock import now
from energymed.base.db import db, transaction
from energymed.base.errors import BadInput, DomainError, Refused
from energymed.base.files import FileStore
from energymed.intake import queries, service
from energymed.intake.codes import FILE_KINDS
from energymed.intake.layouts import must_be_seen
from energymed.intake.models import Batch
from energymed.partners.queries import all_partners
from energymed.web.lead import column_view, file_view, history
from energymed.web.lead.forms import UploadForm, partner_choices, week_choices
from energymed.web.lead.uploads import upload_of
from energymed.web.shared.errors import sentence
from energymed.web.shared.paging import page_number
from energymed.web.shared.permissions import actor, requires

WAITING = ("preview", "deposited")
MISSING_SHOWN = 100


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
    return _check_page(batch) if batch.state in WAITING else history.result_page(batch)


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
def file_store() -> FileStore:
    """Where the raw files of this installation are kept."""
    return FileStore(current_app.extensions["energymed"].files)


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
