"""Layouts: how each partner names its columns, to be renamed or put away."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.errors import BadInput
from energymed.intake.codes import FileKind
from energymed.partners import service
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case


@requires("files.import")
def layouts() -> str:
    """Every layout that is known, with its partner, its columns and whether it is used."""
    found = service.layouts(reading().session)
    return render_template("lead/files/layouts.html", layouts=found, kinds=FileKind.labels())


@requires("files.import")
def change_layout(profile_id: int) -> Response:
    """Rename a layout, put it away, or use it again."""
    do = request.form.get("do", "")
    try:
        with use_case() as ctx:
            if do == "rename":
                service.rename_layout(ctx, profile_id, request.form.get("name", ""))
                said = _("Modèle renommé.")
            else:
                service.retire_layout(ctx, profile_id, retired=do != "use")
                said = _("Modèle de nouveau utilisé.") if do == "use" else _("Modèle retiré.")
    except BadInput as error:
        flash(sentence(error), "warning")
    else:
        flash(said, "success")
    return redirect(url_for("lead.layouts"), 303)
