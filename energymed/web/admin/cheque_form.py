"""The form of a campaign of the energy cheque."""

from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired, Length, Optional

from energymed.partners.cheque_campaigns import ChequeCampaign
from energymed.partners.codes import Certainty
from energymed.web.mediator.call.controls import DayField, PickField
from energymed.web.shared.fields import choices

_DAY = _l("Donnez un jour.")


class ChequeCampaignForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """The days of a campaign, and where they stand."""

    year = IntegerField(_l("Année"), validators=[InputRequired(_l("Donnez une année."))])
    sent_from = DayField(_l("Envoyé du"), validators=[InputRequired(_DAY)])
    sent_until = DayField(_l("Envoyé jusqu'au"), validators=[InputRequired(_DAY)])
    ask_until = DayField(
        _l("À demander jusqu'au"),
        description=_l("Par qui ne l'a pas reçu ; vide : pas de date connue."),
        validators=[Optional()],
    )
    spend_until = DayField(_l("À utiliser jusqu'au"), validators=[InputRequired(_DAY)])
    late_after = DayField(
        _l("Émis tard : après le"),
        description=_l("Si un chèque émis tard s'utilise plus longtemps."),
        validators=[Optional()],
    )
    late_spend_until = DayField(_l("Émis tard : à utiliser jusqu'au"), validators=[Optional()])
    protections_end = DayField(
        _l("Protections jusqu'au"),
        description=_l("Ce que l'attestation ouvre ; souvent avant la fin d'utilisation."),
        validators=[InputRequired(_DAY)],
    )
    certainty = PickField(
        _l("Certitude"), choices=choices(Certainty.labels(), empty=False), default=Certainty.P
    )
    source = StringField(
        _l("Pourquoi, ou d'après quel texte"),
        validators=[InputRequired(_l("Dites pourquoi, ou d'après quel texte.")), Length(max=200)],
    )

    def campaign(self, year: int | None = None) -> ChequeCampaign:
        """What is typed; of a `year` that is not to change."""
        certainty = self.certainty.data
        return ChequeCampaign(
            self.year.data if year is None else year,
            self._day("sent_from"),
            self._day("sent_until"),
            self.ask_until.data,
            self._day("spend_until"),
            self.late_after.data,
            self.late_spend_until.data,
            self._day("protections_end"),
            Certainty(certainty) if certainty else Certainty.P,
            self.source.data or "",
        )

    def _day(self, name: str) -> date:
        day: date = self[name].data
        return day
