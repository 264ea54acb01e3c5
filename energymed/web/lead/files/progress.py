"""How far the check, the import or the undo of a large file is, and the way to stop it."""

from flask import Response as FlaskResponse
from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from energymed.base.db import db
from energymed.base.progress import Progress, WorkState, ask_to_stop, progress_of
from energymed.casework.import_batch import IMPORT, UNDO
from energymed.intake import queries
from energymed.intake.codes import PENDING_STATES, BatchState, FileKind
from energymed.intake.models import Batch
from energymed.web.lead.files.preview import tell_imported
from energymed.web.lead.imported.history import tell_undone
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading


@requires("files.import")
def progress(batch_id: int) -> str | Response:
    """How far it is: the whole page, or only what moves; and on to the file when it is over."""
    batch = queries.get_batch(reading(), batch_id)
    found = progress_of(db.session(), batch_id)
    over = found is not None and not found.is_under_way and _is_done(batch, found.work)
    if found is None or over or found.state == WorkState.DONE:
        return _onward(batch, found)
    part = "HX-Request" in request.headers
    return render_template(
        "lead/files/_file_progress.html" if part else "lead/files/file_progress.html",
        batch=batch,
        progress=found,
        work=found.work,
        failed=found.state == WorkState.FAILED,
        line=request.args.get("line", type=int),
        kinds=FileKind.labels(),
    )


@requires("files.import")
def stop_work(batch_id: int) -> Response:
    """Stop the work at its next step; nothing of it is left."""
    queries.get_batch(reading(), batch_id)
    ask_to_stop(batch_id)
    return redirect(url_for("lead.progress", batch_id=batch_id), 303)


def _is_done(batch: Batch, work: str) -> bool:
    """Whether the work, or the same by somebody else, has come to its end."""
    return batch.state == BatchState.UNDONE if work == UNDO else batch.state not in PENDING_STATES


def _onward(batch: Batch, found: Progress | None) -> Response:
    """To the file, or to its line that was being corrected."""
    if found is not None and found.work == IMPORT and batch.state not in PENDING_STATES:
        tell_imported(batch.created + batch.updated + batch.unchanged + batch.recorded)
    elif found is not None and found.work == UNDO and batch.state == BatchState.UNDONE:
        tell_undone()
    line = request.args.get("line", type=int)
    if line is not None and batch.state in PENDING_STATES:
        url = url_for("lead.edit_row", batch_id=batch.id, row_number=line)
    else:
        url = url_for("lead.file", batch_id=batch.id)
    if "HX-Request" in request.headers:
        return FlaskResponse(headers={"HX-Redirect": url})
    return redirect(url, 303)
