"""A new file: sent, read, and kept to be looked at."""

from flask import current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from energymed.accounts.models import Site
from energymed.base.context import Context
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.config import Settings
from energymed.intake.batches.uploads import Upload, prepare, receive
from energymed.intake.mapping.profiles import must_be_seen
from energymed.partners.models import Partner
from energymed.partners.taking import missions_of, partners_of_site
from energymed.web.lead.forms import UploadForm, kind_choices, partner_choices, week_choices
from energymed.web.shared.errors import sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case


@requires("files.import")
def new_file() -> str | Response | tuple[str, int]:
    """Send a file; it is read and checked, and nothing is imported yet."""
    form, ctx = UploadForm(), reading()
    partners = partners_of_site(ctx.session, ctx.actor.site_id)
    form.partner_id.choices = partner_choices(partners)
    form.kind.choices = kind_choices(missions_of(ctx.session, partners))
    form.week.choices = week_choices()
    if not form.validate_on_submit():
        status = 422 if form.errors else 200
        return render_template("lead/files/new_file.html", form=form, partners=partners), status
    try:
        upload = _upload_of(reading(), form)
        read = prepare(reading(), upload)
        with use_case() as ctx:
            batch = receive(ctx, upload, batch=read)
            batch_id, look = batch.id, must_be_seen(ctx.session, batch)
    except (BadInput, Refused) as error:
        form.file.errors = [sentence(error)]
        return render_template("lead/files/new_file.html", form=form, partners=partners), 422
    return redirect(url_for("lead.columns" if look else "lead.file", batch_id=batch_id), 303)


def _upload_of(ctx: Context, form: UploadForm) -> Upload:
    """The file of a valid form, for the actor's own site.

    Raises:
        BadInput: the partner was removed meanwhile.
    """
    partner = ctx.session.get(Partner, form.partner_id.data)
    site = ctx.session.get(Site, ctx.actor.site_id)
    if partner is None or site is None:
        raise BadInput(N_("Ce partenaire n'existe plus : rechargez la page."))
    return Upload(
        partner=partner,
        site=site,
        content=form.file.data.read(),
        file_name=form.file.data.filename or "fichier",
        kind=form.kind.data or None,
        week=form.week.data or None,
    )


def settings() -> Settings:
    """How this installation is set up."""
    found: Settings = current_app.extensions["energymed"]
    return found
