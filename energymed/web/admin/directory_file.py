"""The directory from a file: look at each line, then write what is new or changed.

Between the two steps the file stays in the page: it is small, and any node serves either.
"""

from base64 import b64decode, b64encode
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from energymed.base.errors import DomainError
from energymed.casework.directory_cells import titles_of
from energymed.casework.directory_file import LineState, Looked, look_at_file, write_file
from energymed.mediation.aids import DOCUMENTS
from energymed.web.admin.directory_forms import DirectoryFileForm
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import day, money
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

TONES = {
    LineState.NEW: "good", LineState.CHANGED: "info", LineState.SAME: "neutral",
    LineState.WRONG: "bad",
}  # fmt: skip


@requires("rules.manage")
def choose() -> str | tuple[str, int]:
    """Choose a file and see what each line would do; nothing is written."""
    form = DirectoryFileForm()
    if not form.validate_on_submit():
        page = render_template("admin/directory_file.html", form=form)
        return page, 422 if form.errors else 200
    data, name = form.file.data.read(), form.file.data.filename or ""
    try:
        looked = look_at_file(reading(), form.side.data, data, name)
    except DomainError as error:
        form.file.errors = [sentence(error)]
        return render_template("admin/directory_file.html", form=form), 422
    return _preview(looked, data, name)


@requires("rules.manage")
def write() -> Response:
    """Write what is new or changed in the file that was seen."""
    form = request.form
    try:
        data = b64decode(form.get("content", ""), validate=True)
        with use_case() as ctx:
            looked = write_file(
                ctx, form.get("side", ""), data, form.get("name", ""), seen=form.get("seen", "")
            )
            written, wrong = looked.to_write, looked.count(LineState.WRONG)
    except (DomainError, ValueError) as error:
        text = sentence(error) if isinstance(error, DomainError) else _("Choisissez un fichier.")
        flash(text, "warning")
        return redirect(url_for("admin.directory_file"), 303)
    flash(ngettext("%(num)s fiche est écrite.", "%(num)s fiches sont écrites.", written), "success")
    if wrong:
        flash(ngettext("%(num)s ligne est restée de côté.", "%(num)s lignes sont restées de côté.",
                       wrong), "warning")  # fmt: skip
    return redirect(url_for("admin.directory"), 303)


def _preview(looked: Looked, data: bytes, name: str) -> str:
    titles = titles_of(looked.side)
    return render_template(
        "admin/directory_preview.html",
        looked=looked,
        states=LineState,
        tones=TONES,
        titles={field: some[0] for field, some in titles.items()},
        shown=_shown,
        sentence=sentence,
        content=b64encode(data).decode("ascii"),
        name=name,
    )


def _shown(name: str, value: Any) -> str:
    """A value as people read it."""
    if value is None or value in ("", ()):
        return _("rien")
    if name == "documents":
        return ", ".join(_(DOCUMENTS[each]) for each in value)
    if name.endswith("_cents"):
        return str(money(value))
    return str(day(value)) if hasattr(value, "isoformat") else str(value)
