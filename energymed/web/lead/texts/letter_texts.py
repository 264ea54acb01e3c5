"""Texts of letters: listed, written with the letter itself as preview, used or not."""

from base64 import b64encode

from flask import render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional

from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.errors import DomainError
from energymed.base.pdf import MEDIA_TYPE, Facts, Letter, picture, write_pdf
from energymed.base.text.folding import whole_number
from energymed.messages.letters import library
from energymed.messages.letters.codes import LetterKind, LetterVariant
from energymed.messages.letters.library import LetterWording
from energymed.messages.letters.models import LetterText
from energymed.messages.letters.texts import SAMPLE, fields_of, filled
from energymed.partners.codes import CampaignKind
from energymed.partners.queries import all_partners
from energymed.web.lead.texts.writing import Answer, judged, offered, saved
from energymed.web.shared.downloads import download
from energymed.web.shared.fields import choices
from energymed.web.shared.letters.page import FRENCH, parts_of
from energymed.web.shared.permissions import actor, requires
from energymed.web.shared.use_case import reading


class LetterForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """One text of a letter; `version` is that of the text when it was read."""

    version = HiddenField()
    kind = SelectField(_l("Courrier"), choices=choices(LetterKind.labels(), empty=False))
    variant = SelectField(_l("Version"), choices=choices(LetterVariant.labels(), empty=False))
    partner_id = SelectField(_l("Partenaire"), choices=[], validators=[Optional()])
    campaign_kind = SelectField(
        _l("Mission"),
        choices=choices({"": _l("Toutes"), **CampaignKind.labels()}, empty=False),
        validators=[Optional()],
    )
    subject = StringField(_l("Objet"))
    body = TextAreaField(
        _l("Texte"),
        description=_l("Une ligne vide sépare deux paragraphes."),
    )

    def wording(self) -> LetterWording:
        """What was typed, as the service takes it."""
        return LetterWording(
            kind=self.kind.data or "",
            variant=self.variant.data or "",
            subject=self.subject.data or "",
            body=self.body.data or "",
            partner_id=whole_number(self.partner_id.data),
            campaign_kind=self.campaign_kind.data or "",
        )

    def fill(self, found: LetterText) -> None:
        """Show a text as it stands."""
        self.version.data = str(found.version)
        for name in ("kind", "variant", "subject", "body"):
            self[name].data = getattr(found, name)
        self.campaign_kind.data = found.campaign_kind or ""
        self.partner_id.data = str(found.partner_id or "")


@requires("messages.texts")
def new_letter_text() -> Answer:
    """A new text, from nothing or from another one."""
    form = _form()
    source = request.args.get("from", type=int)
    if source and not form.is_submitted():
        form.fill(library.get_letter_text(reading(), source))
    return _written(form, None)


@requires("messages.texts")
def letter_text(letter_text_id: int) -> Answer:
    """Change a text; one that belongs to the whole association is only read by a lead."""
    found = library.get_letter_text(reading(), letter_text_id)
    form = _form()
    if not form.is_submitted():
        form.fill(found)
    return _written(form, found)


@requires("messages.texts")
def offer_letter_text(letter_text_id: int) -> Response:
    """Use a text for letters, or no longer."""
    return offered(lambda ctx, active: library.offer_letter_text(ctx, letter_text_id, active))


def _form() -> LetterForm:
    form = LetterForm()
    partners = {str(each.id): each.name for each in all_partners(reading().session)}
    form.partner_id.choices = choices({"": _l("Tous"), **partners}, empty=False)
    return form


def _written(form: LetterForm, found: LetterText | None) -> Answer:
    """Save what was typed, or show it as a letter with what is wrong with it."""
    text_id, wording = found.id if found else None, form.wording()
    preview = {"preview", "pdf"} & set(request.form)
    if form.validate_on_submit() and not preview:
        if done := saved(form, lambda ctx: _save(ctx, wording, text_id, form)):
            return done
    elif preview:
        judged(form, lambda: _check(wording, found))
    letter = None if form.errors else _sample(wording)
    if "pdf" in request.form and letter is not None:
        return download(write_pdf(letter), "apercu.pdf", MEDIA_TYPE)
    if text_id is not None:
        found = library.get_letter_text(reading(), text_id)
    page = render_template(
        "lead/texts/letter_text.html",
        form=form,
        text=found,
        may_change=found is None or library.may_change_letter(actor(), found),
        pages=[b64encode(each).decode() for each in picture(letter)] if letter else [],
        places=fields_of(as_code(LetterKind, wording.kind) or LetterKind.UNREACHABLE),
    )
    return page, 422 if form.errors and not preview else 200


def _save(ctx: Context, wording: LetterWording, text_id: int | None, form: LetterForm) -> None:
    if text_id is None:
        library.add_letter_text(ctx, wording)
    else:
        seen = whole_number(form.version.data) or 0
        library.change_letter_text(ctx, text_id, wording, seen_version=seen)


def _check(wording: LetterWording, found: LetterText | None) -> None:
    site_id = found.site_id if found else actor().site_id
    library.check_wording(reading().session, wording, site_id, found.id if found else None)


def _sample(wording: LetterWording) -> Letter | None:
    """The letter on invented data; None while the text cannot be read."""
    details = [Facts([(_("Référence"), SAMPLE["reference"]), ("…", "…")])]
    try:
        return Letter(
            language=FRENCH,
            title=filled(wording.subject, SAMPLE) or "…",
            sender=[SAMPLE["association"], SAMPLE["site"], SAMPLE["telephone"]],
            recipient=[SAMPLE["personne"], "12 rue de l’Exemple", "26000 VALENCE"],
            dated=f"Le {SAMPLE['aujourdhui']}",
            footer=SAMPLE["association"],
            parts=parts_of(wording.body, SAMPLE, details),
        )
    except DomainError:
        return None
