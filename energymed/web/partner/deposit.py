"""A partner deposits its file and sees what became of the files that it deposited."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response
from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from energymed.accounts.models import Site
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.db.list_query import ListQuery
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.intake.batches.deposits import deposits, known_sites, possible_sites
from energymed.intake.batches.uploads import Upload, prepare, receive
from energymed.intake.codes import DISCARD_REASONS, BatchState, DiscardReason, FileKind
from energymed.intake.models import Batch
from energymed.partners.models import Partner
from energymed.partners.taking import missions_given
from energymed.web.shared.errors import sentence
from energymed.web.shared.fields import ACCEPTED_FILES, MayBeLeft
from energymed.web.shared.filters import ngettext
from energymed.web.shared.list_filters import ListFilters
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

STATES = {
    "deposited": N_("En attente de validation"),
    "committed": N_("Importé"),
    "discarded": N_("Refusé"),
    "undone": N_("Import annulé"),
}
DEPOSITS = ListQuery(
    sorts={"file": Batch.file_name, "at": Batch.uploaded_at, "rows": Batch.rows},
    usual="-at",
    ties=(Batch.id.desc(),),
)


class DepositForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """A file that a partner brings, for which site; its kind may be left to its columns."""

    file = FileField(
        _l("Fichier"),
        description=ACCEPTED_FILES,
        validators=[FileRequired(_l("Choisissez un fichier."))],
    )
    kind = SelectField(
        _l("Type de fichier"),
        description=_l("D'habitude, les colonnes suffisent à le reconnaître."),
        validators=[MayBeLeft()],
    )
    site_id = SelectField(
        _l("Site de l'association"),
        description=_l("L'équipe qui suivra ces dossiers."),
        coerce=lambda value: int(value) if value else None,
        validators=[InputRequired(_l("Choisissez le site à qui ce fichier est destiné."))],
    )


@requires("files.deposit")
def deposit() -> str | Response | tuple[str, int]:
    """Send a file, which then waits for the association; below, the files sent before."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422 if form.errors else 200
    try:
        ctx = reading()
        upload = _upload(ctx, form)
        read = prepare(ctx, upload)
        with use_case() as ctx:
            batch = receive(ctx, upload, batch=read)
            name, rows = batch.file_name, batch.rows
    except (BadInput, Refused) as error:
        form.file.errors = [sentence(error)]
        return _page(form), 422
    _tell_deposited(name, rows)
    return redirect(url_for("partner.deposit"), 303)


def _tell_deposited(name: str, rows: int) -> None:
    flash(
        ngettext(
            "« %(file)s » est déposé : %(num)s ligne lue. L'association le vérifie avant l'import.",
            "« %(file)s » est déposé : %(num)s lignes lues. "
            "L'association le vérifie avant l'import.",
            rows,
            file=name,
        ),
        "success",
    )


def _form() -> DepositForm:
    """The form with this partner's own choices."""
    ctx, form = reading(), DepositForm()
    partner_id = ctx.actor.partner_id or 0
    form.kind.choices = _kind_choices(missions_given(ctx.session, partner_id))
    form.site_id.choices = _site_choices(
        known_sites(ctx.session, partner_id), possible_sites(ctx.session, partner_id)
    )
    return form


def _upload(ctx: Context, form: DepositForm) -> Upload:
    """The file of a valid form, in the name of the actor's own partner."""
    site = ctx.session.get(Site, form.site_id.data)
    if site is None:
        raise BadInput(N_("Ce site n'existe plus : rechargez la page."))
    return Upload(
        partner=ctx.session.get_one(Partner, ctx.actor.partner_id),
        site=site,
        content=form.file.data.read(),
        file_name=form.file.data.filename or "fichier",
        kind=form.kind.data or None,
    )


def _page(form: DepositForm) -> str:
    ctx, given = reading(), ListFilters()
    search, sort = given.text("q"), given.sort(DEPOSITS)
    state = as_code(BatchState, given.one_of("state", STATES))
    statement = DEPOSITS.order(deposits(ctx.actor, search=search, state=state), sort)
    return render_template(
        "partner/deposit.html",
        form=form,
        page=paginate(ctx.session, statement, page_number()),
        sites=[choice for choice in form.site_id.choices if choice.value],
        wanted={"q": search, "state": state},
        sort=sort,
        kinds=FileKind.labels(),
        states=STATES,
        reasons=DISCARD_REASONS,
        on_arrival=DiscardReason.ON_ARRIVAL,
    )


def _kind_choices(campaigns: Sequence[str]) -> list[SelectChoice]:
    """What a partner may send: the missions that it gives, and its payments."""
    kinds = [kind for kind in FileKind if kind in campaigns or kind == FileKind.PAYMENTS]
    first = SelectChoice("", _("Reconnaître automatiquement"))
    return [first, *(SelectChoice(kind, _(kind.label)) for kind in kinds)]


def _site_choices(known: Sequence[Site], every: Sequence[Site]) -> list[SelectChoice]:
    """Every site that may be chosen, those that already work for the partner first; a lone one
    is chosen already."""
    known_ids = {site.id for site in known}
    others = [site for site in every if site.id not in known_ids]
    chosen = len(known) == 1 or (not known and len(every) == 1)
    first = [] if chosen else [SelectChoice("", _("Choisir…"))]
    return [*first, *(SelectChoice(str(site.id), site.name) for site in (*known, *others))]
