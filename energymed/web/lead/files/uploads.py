"""From the upload form to the plain value that the intake takes."""

from energymed.accounts.models import Site
from energymed.base.context import Context
from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.intake.batches.uploads import Upload
from energymed.partners.models import Partner
from energymed.web.lead.forms import UploadForm


def upload_of(ctx: Context, form: UploadForm) -> Upload:
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
