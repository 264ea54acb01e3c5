"""Forms of the set-up pages."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from energymed.accounts.passwords import SHORTEST
from energymed.partners.codes import CampaignKind
from energymed.web.shared.fields import TickField, choices


class CodeForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """The code that stands on the terminal."""

    code = StringField(
        _l("Code de mise en place"),
        description=_l("Il est écrit sur le terminal où energymed a été lancé."),
        validators=[DataRequired(), Length(max=40)],
    )


class FirstStepForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """The association and its first site."""

    association = StringField(
        _l("Nom de l'association"),
        description=_l("Il signe les messages."),
        validators=[DataRequired(), Length(max=80)],
    )
    phone = StringField(
        _l("Numéro que les gens voient et rappellent"),
        description=_l("Par exemple 04 65 71 00 02."),
        validators=[DataRequired(), Length(max=30)],
    )
    name = StringField(
        _l("Nom du premier site"),
        description=_l("Une ville ou un quartier. D'autres sites s'ajoutent plus tard."),
        validators=[DataRequired(), Length(max=120)],
    )
    code = StringField(
        _l("Code du site"),
        description=_l("Court et sans accent, par exemple valence. Il ne change plus."),
        validators=[DataRequired(), Length(max=20)],
    )
    department = StringField(
        _l("Département"),
        description=_l("Son numéro, par exemple 26, 2A ou 974."),
        validators=[Length(max=3)],
    )


class AdministratorForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """Who administers from now on."""

    name = StringField(_l("Nom"), validators=[DataRequired(), Length(max=120)])
    email = EmailField(_l("E-mail"), validators=[DataRequired(), Length(max=254)])
    password = PasswordField(
        _l("Mot de passe"),
        description=_l("Au moins %(length)s caractères.", length=SHORTEST),
        validators=[DataRequired()],
    )
    again = PasswordField(
        _l("Encore une fois"),
        validators=[
            DataRequired(),
            EqualTo("password", _l("Les deux mots de passe ne sont pas les mêmes.")),
        ],
    )


class OtherPartnerForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """A partner that is not among the usual ones; all of it may stay empty."""

    name = StringField(_l("Nom"), validators=[Length(max=120)])
    code = StringField(
        _l("Code"),
        description=_l("Court et sans accent, par exemple gaz-de-ville."),
        validators=[Length(max=20)],
    )
    missions = TickField(
        _l("Missions confiées"), choices=choices(CampaignKind.labels(), empty=False)
    )
