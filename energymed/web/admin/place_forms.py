"""Forms on the association, its sites, its partners and their conventions."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from energymed.partners.codes import CampaignKind, ConventionUnit, DisclosureTopic
from energymed.partners.partner_changes import MOST_CONTACTS
from energymed.web.shared.fields import EuroField, TickField, choices

SHOWN_NUMBER = _l("Le numéro que les gens voient et rappellent, par exemple 04 65 71 00 02.")


class PlaceForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """A site or a partner: a short code and a name."""

    code = StringField(
        _l("Code"),
        description=_l("Court et sans accent, par exemple valence. Il ne change plus."),
        validators=[DataRequired(), Length(max=20)],
    )
    name = StringField(_l("Nom"), validators=[DataRequired(), Length(max=120)])


class NewPartnerForm(PlaceForm):
    """A partner, and the missions that it gives."""

    missions = TickField(
        _l("Missions confiées"), choices=choices(CampaignKind.labels(), empty=False)
    )


class AssociationForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """What the association is called, and where it is called back."""

    association = StringField(
        _l("Nom de l'association"),
        description=_l("Il signe les messages."),
        validators=[DataRequired(), Length(max=80)],
    )
    phone = StringField(
        _l("Numéro de l'association"),
        description=SHOWN_NUMBER,
        validators=[DataRequired(), Length(max=30)],
    )


class SiteForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """What is said of a site."""

    name = StringField(_l("Nom"), validators=[DataRequired(), Length(max=120)])
    phone = StringField(
        _l("Numéro du site"),
        description=_l("Vide : celui de l'association. C'est celui que les gens voient et "
                       "rappellent."),
        validators=[Length(max=30)],
    )  # fmt: skip
    department = StringField(
        _l("Département"),
        description=_l("Son numéro, par exemple 26, 2A ou 974."),
        validators=[Length(max=3)],
    )
    address = TextAreaField(
        _l("Adresse postale"),
        description=_l("Telle qu'elle est écrite sur les courriers."),
        validators=[Length(max=300)],
    )


class PartnerForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """What is said of a partner, what it gives and who works for it."""

    name = StringField(_l("Nom"), validators=[DataRequired(), Length(max=120)])
    shown_phone = StringField(
        _l("Numéro à afficher"),
        description=_l("Celui que ce partenaire demande d'afficher. Vide : celui du standard."),
        validators=[Length(max=30)],
    )
    missions = TickField(
        _l("Missions confiées"), choices=choices(CampaignKind.labels(), empty=False)
    )
    sites = TickField(
        _l("Sites qui travaillent pour lui"),
        description=_l("Aucune coche : tous les sites."),
        coerce=int,
    )
    confirmed = BooleanField(_l("Retirer la mission malgré ses dossiers en cours"))


class ContactForm(Form):
    """A person at a partner."""

    name = StringField(_l("Nom"), validators=[Length(max=120)])
    role = StringField(_l("Fonction"), validators=[Length(max=80)])
    email = StringField(_l("E-mail"), validators=[Length(max=254)])
    phone = StringField(_l("Téléphone"), validators=[Length(max=30)])


class ContactsForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """Who may be turned to at a partner; an emptied line is removed."""

    people = FieldList(FormField(ContactForm), max_entries=MOST_CONTACTS + 2)


class ToldForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """The subjects that are opened to a partner."""

    topics = TickField(
        _l("Ce qui est dit en toutes lettres"),
        choices=choices(DisclosureTopic.labels(), empty=False),
    )


class ConventionForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """A convention: for which mission and time, how much of what, at what price."""

    kind = SelectField(
        _l("Mission"), choices=choices({"": _l("Toutes"), **CampaignKind.labels()}, empty=False)
    )
    valid_from = DateField(_l("Du"), validators=[InputRequired()])
    valid_to = DateField(_l("Au"), validators=[InputRequired()])
    unit = SelectField(_l("Unité"), choices=choices(ConventionUnit.labels(), empty=False))
    volume = IntegerField(
        _l("Volume convenu"),
        description=_l("En nombre de cette unité, sur toute la durée."),
        validators=[Optional(), NumberRange(min=1)],
    )
    price = EuroField(_l("Prix"), description=_l("Par unité."))
