"""One line of a file, corrected before the import and checked again at once."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.errors import BadInput, Refused
from energymed.intake import queries
from energymed.intake.batches import pending_batches
from energymed.intake.batches.preview_store import preview_row
from energymed.intake.batches.row_edits import LONGEST_CELL
from energymed.intake.codes import LEFT_ASIDE
from energymed.web.lead.files import file_view, preview, preview_view
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

CELL = "cell-"  # control of a column: its place in the file


@requires("files.import")
def edit_row(batch_id: int, row_number: int) -> str | Response | tuple[str, int]:
    """Show a line with what is wrong in it; keep a correction and say what becomes of it."""
    if request.method == "GET":
        return _checked(batch_id, row_number) or _page(batch_id, row_number)
    try:
        with use_case() as ctx:
            _batch, line = pending_batches.row_to_edit(ctx, batch_id, row_number)
            texts = {
                header: request.form.get(f"{CELL}{at}", text)
                for at, (header, text) in enumerate(line.cells)
            }
            pending_batches.edit_row(ctx, batch_id, row_number, texts)
    except (BadInput, Refused) as error:
        flash(sentence(error), "warning")
        return redirect(url_for("lead.file", batch_id=batch_id), 303)
    return _checked(batch_id, row_number) or _done(batch_id, row_number)


def _checked(batch_id: int, row_number: int) -> Response | None:
    """The file checked again with the correction; a page to wait on when it is a large one."""
    batch = queries.get_batch(reading(), batch_id)
    return preview.checked(batch, then=row_number)


def _done(batch_id: int, row_number: int) -> Response | tuple[str, int]:
    """Back to the file when the line is right; else the line again, with what is still wrong."""
    found = _line(batch_id, row_number)
    if found is not None and (found.outcome in LEFT_ASIDE or found.problems):
        return _page(batch_id, row_number, checked=True), 422
    outcome = _(file_view.PLANNED_OUTCOMES[found.outcome]) if found else ""
    flash(_("Ligne %(row)s corrigée : %(outcome)s.", row=row_number, outcome=outcome), "success")
    return redirect(url_for("lead.file", batch_id=batch_id, _anchor="lines"), 303)


def _page(batch_id: int, row_number: int, *, checked: bool = False) -> str:
    batch, line = pending_batches.row_to_edit(reading(), batch_id, row_number)
    return render_template(
        "lead/files/row_edit.html",
        batch=batch,
        line=line,
        longest=LONGEST_CELL,
        read=set(filter(None, batch.mapping.values())),
        found=_line(batch_id, row_number),
        outcomes=file_view.PLANNED_OUTCOMES,
        tones=file_view.TONES,
        checked=checked,
    )


def _line(batch_id: int, row_number: int) -> preview_view.ShownRow | None:
    ctx = reading()
    row = preview_row(ctx.session, queries.get_batch(ctx, batch_id), row_number)
    return preview_view.shown_row(row) if row is not None else None
