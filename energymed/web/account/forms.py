"""Forms of one's own account."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired, Length


class CodeForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """The code that the telephone shows once it has scanned the image."""

    code = StringField(
        _l("Code à six chiffres"),
        validators=[InputRequired(_l("Tapez le code que montre l'application.")), Length(max=20)],
    )


class ProofForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """One's password again, before what protects the account is changed."""

    current = PasswordField(
        _l("Votre mot de passe"), validators=[InputRequired(_l("Tapez votre mot de passe."))]
    )


class KeptForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """The recovery codes are kept somewhere."""

    kept = BooleanField(
        _l("J'ai gardé ces codes en lieu sûr, ailleurs que sur mon téléphone"),
        validators=[InputRequired(_l("Gardez les codes, puis cochez la case."))],
    )


class PasswordForm(ProofForm):
    """A new password."""

    password = PasswordField(
        _l("Nouveau mot de passe"),
        description=_l(
            "Au moins 12 caractères ; une suite de mots convient bien. Il peut être collé."
        ),
        validators=[InputRequired(_l("Tapez le nouveau mot de passe."))],
    )
