"""A link that an administrator asked for: mailed, else shown once."""

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.casework.account_links import Link, can_mail, send_links
from energymed.config import Settings
from energymed.web.shared.account_links import in_language


def hand_over(link: Link) -> str | Response:
    """Mail the link and go back to the account; show it where it cannot be mailed."""
    settings: Settings = current_app.extensions["energymed"]
    if send_links(settings, [link], in_language):
        return render_template("admin/link.html", link=link, failed=can_mail(settings))
    flash(_("Le lien est envoyé à %(email)s.", email=link.email), "success")
    return redirect(url_for("admin.user", user_id=link.user_id), 303)
