"""Forms of the ledger: why, how much, since when."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, IntegerField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from energymed.casework.ledger_corrections import MAX_REASON
from energymed.web.shared.fields import EuroField

MISTAKE, RETURNED = "mistake", "returned"
MORE, LESS = "more", "less"


class ReasonForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """Why an entry is taken back."""

    reason = StringField(
        _l("Motif"),
        description=_l("Qui l'a dit, et quand : le dossier le garde."),
        validators=[InputRequired(_l("Dites pourquoi, en quelques mots.")), Length(max=MAX_REASON)],
    )


class PaymentReversalForm(ReasonForm):
    """Why a payment is taken back: it never was one, or it went back on a later day."""

    what = RadioField(
        _l("Que s'est-il passé ?"),
        choices=[
            (MISTAKE, _l("Enregistré par erreur : il n'a jamais eu lieu")),
            (RETURNED, _l("Rejeté, impayé ou remboursé depuis")),
        ],
        validators=[InputRequired(_l("Choisissez l'un des deux."))],
    )
    on = DateField(_l("Rejeté ou remboursé le"), validators=[Optional()])


class WriteOffForm(ReasonForm):
    """How much the partner gives up, since when."""

    amount = EuroField(_l("Montant"), validators=[InputRequired(_l("Donnez le montant."))])
    on = DateField(_l("En date du"), validators=[InputRequired(_l("Donnez le jour."))])
    seen_version = IntegerField(widget=HiddenInput(), validators=[Optional()])


class CorrectionForm(WriteOffForm):
    """By how much what is owed is wrong, and in which direction."""

    direction = RadioField(
        _l("Le reste dû"),
        choices=[(LESS, _l("diminue")), (MORE, _l("augmente"))],
        validators=[InputRequired(_l("Choisissez l'un des deux."))],
    )
