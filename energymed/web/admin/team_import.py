"""A team from a file: look at each line, then open all accounts or none.

Between the two steps the file stays in the page: it is small, and any node serves either.
"""

from base64 import b64decode, b64encode

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.base.spreadsheets import Column, Kind
from energymed.casework.account_links import Link, can_mail, send_links
from energymed.casework.team_file import open_team, read_team
from energymed.config import Settings
from energymed.web.admin.user_forms import TeamForm
from energymed.web.shared.account_links import base_address, in_language
from energymed.web.shared.downloads import download_list
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

COLUMNS = (
    Column(N_("Nom")),
    Column(N_("E-mail"), width=30),
    Column(N_("Lien"), Kind.CODE, width=80),
    Column(N_("Sert jusqu'au"), Kind.DATE),
)


@requires("users.manage")
def team_file() -> str | tuple[str, int]:
    """Choose a file and see what each line would open; nothing is written."""
    form = TeamForm()
    if not form.validate_on_submit():
        return render_template("admin/team_file.html", form=form), 422 if form.errors else 200
    data, name = form.file.data.read(), form.file.data.filename or ""
    try:
        people = read_team(reading(), data, name)
    except BadInput as error:
        form.file.errors = [sentence(error)]
        return render_template("admin/team_file.html", form=form), 422
    return render_template(
        "admin/team_preview.html",
        people=people,
        wrong=[line for line in people if line.problems],
        sentence=sentence,
        content=b64encode(data).decode("ascii"),
        name=name,
        mailed=can_mail(current_app.extensions["energymed"]),
    )


@requires("users.manage")
def open_accounts() -> Response:
    """Open the accounts of the file that was seen; links that are not mailed come as a file."""
    settings: Settings = current_app.extensions["energymed"]
    try:
        data = b64decode(request.form.get("content", ""), validate=True)
        with use_case() as ctx:
            made = open_team(ctx, data, request.form.get("name", ""), base_address())
    except (BadInput, ValueError) as error:
        text = sentence(error) if isinstance(error, BadInput) else _("Choisissez un fichier.")
        flash(text, "warning")
        return redirect(url_for("admin.team_file"), 303)
    left = send_links(settings, made, in_language)
    if left:
        return _as_file(left)
    flash(ngettext("%(num)s compte est ouvert, l'invitation est envoyée.",
                   "%(num)s comptes sont ouverts, les invitations sont envoyées.", len(made)),
          "success")  # fmt: skip
    return redirect(url_for("admin.users"), 303)


def _as_file(links: list[Link]) -> Response:
    rows = [(link.name, link.email, link.address, link.until.date()) for link in links]
    return download_list("invitations", COLUMNS, rows)
