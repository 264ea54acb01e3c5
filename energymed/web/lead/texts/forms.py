"""Forms of the texts of messages and of who signs them."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TelField, TextAreaField
from wtforms.validators import Optional

from energymed.base.text.folding import whole_number
from energymed.messages.codes import Language, MessageChannel, Purpose
from energymed.messages.models import MessageTemplate
from energymed.messages.templates import Wording
from energymed.partners.codes import CampaignKind
from energymed.web.shared.fields import choices


class TextForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """One text; `version` is that of the text when it was read."""

    version = HiddenField()
    channel = SelectField(
        _l("Canal"), choices=choices(MessageChannel.labels(), empty=False), default="sms"
    )
    language = SelectField(
        _l("Langue"), choices=choices(Language.labels(), empty=False), default="fr"
    )
    campaign_kind = SelectField(
        _l("Mission"),
        choices=choices({"": _l("Toutes"), **CampaignKind.labels()}, empty=False),
        validators=[Optional()],
    )
    purpose = SelectField(
        _l("Sert à"), choices=choices(Purpose.labels(), empty=False), default=Purpose.CONTACT
    )
    name = StringField(_l("Nom du texte"), description=_l("Ce que le médiateur lit pour choisir."))
    subject = StringField(_l("Objet"), description=_l("Pour un e-mail."))
    body = TextAreaField(_l("Texte"))

    def wording(self) -> Wording:
        """What was typed, as the service takes it."""
        return Wording(
            channel=self.channel.data or "sms",
            language=self.language.data or "fr",
            name=self.name.data or "",
            body=self.body.data or "",
            subject=self.subject.data or "",
            campaign_kind=self.campaign_kind.data or "",
            purpose=self.purpose.data or Purpose.CONTACT,
        )

    def fill(self, found: MessageTemplate) -> None:
        """Show a text as it stands."""
        self.version.data = str(found.version)
        for name in ("channel", "language", "purpose", "name", "subject", "body"):
            self[name].data = getattr(found, name)
        self.campaign_kind.data = found.campaign_kind or ""

    def seen_version(self) -> int:
        """The version that was read; 0 when the form does not tell."""
        return whole_number(self.version.data) or 0


class SenderForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """Who signs the messages of a site, and where to call back."""

    association = StringField(
        _l("Nom de l'association"),
        description=_l("Signe les messages et nomme l'expéditeur des e-mails. Rien qui dise le "
                       "sujet des appels."),
    )  # fmt: skip
    phone = TelField(_l("Numéro où rappeler"))
