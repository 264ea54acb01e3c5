"""Forms of the administrator's desk."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
<<<<<<< HEAD
from wtforms import StringField
from wtforms.validators import DataRequired, Length


class PlaceForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """A site or a partner: a short code and a name."""

    code = StringField(_l("Code"), validators=[DataRequired(), Length(max=20)])
    name = StringField(_l("Nom"), validators=[DataRequired(), Length(max=120)])
=======
from wtforms import EmailField, IntegerField, PasswordField, SelectField, StringField
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from energymed.accounts.codes import Role
from energymed.web.shared.fields import choices


class NewUserForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """Opens an account. The first password is chosen here and changed by its owner."""

    name = StringField(_l("Nom"), validators=[DataRequired(), Length(max=120)])
    email = EmailField(_l("E-mail"), validators=[DataRequired(), Length(max=254)])
    role = SelectField(_l("Rôle"), choices=choices(Role.labels(), empty=False))
    site_id = SelectField(
        _l("Site"),
        description=_l("Pour un médiateur ou un chef d'équipe."),
        coerce=int,
        validators=[Optional()],
    )
    partner_id = SelectField(
        _l("Partenaire"),
        description=_l("Pour un compte de fournisseur."),
        coerce=int,
        validators=[Optional()],
    )
    weekly_hours = IntegerField(
        _l("Heures par semaine"),
        description=_l("Sert à répartir les dossiers à parts égales du temps disponible."),
        default=35,
        validators=[DataRequired(), NumberRange(min=1, max=48)],
    )
    languages = StringField(
        _l("Langues parlées"),
        description=_l("En plus du français, séparées par des virgules."),
        validators=[Length(max=200)],
    )
    password = PasswordField(
        _l("Premier mot de passe"),
        description=_l("Au moins 12 caractères ; à changer à la première connexion."),
        validators=[DataRequired(), Length(min=12, max=128)],
    )
>>>>>>> places
