"""Forms of the call desk: one form for the whole call, its parts shown as the result allows."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from energymed.base.clock import at_paris
from energymed.base.money import parse_cents
from energymed.calling.models import CHANNELS
from energymed.calling.report import MAX_NOTE
from energymed.calling.results import HUNG_UP_WHEN, MESSAGES_LEFT, RELATIONS, REPORTERS, RESULTS
from energymed.cases.codes import CLOSURES
from energymed.mediation import codes
from energymed.mediation.acts import OVERINDEBTEDNESS_STAGES, TOPICS
from energymed.mediation.aids import DOCUMENTS, REFUSAL_REASONS

LOCAL_TIME = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
ACTS = {
    "plan": _l("Échéancier"),
    "aid": _l("Demande d'aide"),
    "referral": _l("Orientation"),
    "cheque": _l("Chèque énergie"),
    "info": _l("Information donnée"),
    "paid": _l("Déjà payé (déclaré)"),
    "promise": _l("Paiement intégral promis"),
    "dispute": _l("Litige transmis"),
    "debt": _l("Surendettement"),
    "no_capacity": _l("Aucune capacité de paiement"),
    "refuses": _l("Refuse toute solution"),
}
FORWARDED_TO = {"supplier": _l("Fournisseur"), "mne": _l("Médiateur national de l'énergie")}
DISPUTE_REASONS = {
    "amount": _l("Montant contesté"),
    "reading": _l("Relevé ou compteur"),
    "contract": _l("Contrat ou titulaire"),
    "service": _l("Service ou intervention"),
}
NEXT_STEPS = {"close": _l("Clore le dossier"), "follow_up": _l("Suivre à une date")}


def choices(table: Mapping[str, Any], *, empty: bool = True) -> list[tuple[str, Any]]:
    """Choices of a select from a table of codes and labels."""
    listed = [(code, _l(label) if isinstance(label, str) else label)
              for code, label in table.items()]  # fmt: skip
    return [("", "—"), *listed] if empty else listed


class EuroField(StringField):
    """An amount typed as people type it; `cents` is its value, None when empty."""

    cents: int | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse the amount; what cannot be read keeps the text and says so."""
        super().process_formdata(valuelist)
        text = (self.data or "").strip()
        try:
            self.cents = parse_cents(text) if text else None
        except ValueError:
            raise ValueError(self.gettext("Ce montant ne se lit pas : écrivez 12,50.")) from None


class TickField(SelectMultipleField):
    """Several boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class CallForm(FlaskForm):
    """One call: result, what it requires, the acts agreed, what follows, a note."""

    request_key = HiddenField()
    started_at = HiddenField()
    result = RadioField(
        _l("Résultat de l'appel"),
        choices=[(code, _l(result.label)) for code, result in RESULTS.items()],
        validators=[Optional()],
    )
    phone_id = RadioField(_l("Numéro composé"), coerce=int, validators=[Optional()])
    identity_checked = BooleanField(_l("Identité vérifiée avant de parler de la dette"))
    relation = SelectField(_l("Lien avec le titulaire"), choices=choices(RELATIONS))
    message_left = SelectField(_l("Message laissé au tiers"), choices=choices(MESSAGES_LEFT))
    language = StringField(_l("Langue parlée"), validators=[Length(max=40)])
    reported_by = SelectField(_l("Déclaré par"), choices=choices(REPORTERS))
    hung_up_when = SelectField(_l("Raccroché"), choices=choices(HUNG_UP_WHEN))
    callback_at = DateTimeLocalField(_l("Rappeler le"), format=LOCAL_TIME, validators=[Optional()])

    acts = TickField(_l("Ce qui a été convenu"), choices=choices(ACTS, empty=False))

    plan_amount = EuroField(_l("Montant à étaler"))
    plan_down = EuroField(_l("Premier versement"))
    plan_count = IntegerField(_l("Nombre d'échéances"), validators=[Optional()])
    plan_frequency = SelectField(
        _l("Périodicité"), choices=choices(codes.FREQUENCIES, empty=False), default="monthly"
    )
    plan_first_due_on = DateField(_l("Première échéance"), validators=[Optional()])
    plan_method = SelectField(
        _l("Moyen de paiement"), choices=choices(codes.PAYMENT_METHODS, empty=False)
    )

    aid_fund = SelectField(_l("Fonds"), choices=choices(codes.FUNDS))
    aid_amount = EuroField(_l("Montant demandé"))
    aid_consent = BooleanField(_l("La personne est d'accord pour la demande"))
    aid_missing_documents = TickField(
        _l("Pièces qui manquent"), choices=choices(DOCUMENTS, empty=False)
    )

    referral_body = SelectField(_l("Organisme"), choices=choices(codes.BODIES))
    referral_reason = SelectField(_l("Motif"), choices=choices(codes.REFERRAL_REASONS))
    referral_mode = SelectField(_l("Comment"), choices=choices(codes.REFERRAL_MODES))
    referral_consent = BooleanField(_l("La personne est d'accord"))

    cheque_campaign_year = SelectField(_l("Campagne"), coerce=int, validators=[Optional()])
    cheque_status = SelectField(
        _l("La personne déclare le chèque"), choices=choices(codes.CHEQUE_STATUSES)
    )
    cheque_topics = TickField(
        _l("Sujets abordés"), choices=choices(codes.CHEQUE_TOPICS, empty=False)
    )
    cheque_help = SelectField(_l("Aide"), choices=choices(codes.CHEQUE_HELP, empty=False))

    info_topics = TickField(_l("Sujets"), choices=choices(TOPICS, empty=False))
    paid_declared_on = DateField(_l("Payé le (déclaré)"), validators=[Optional()])
    paid_amount = EuroField(_l("Montant déclaré"))
    promise_on = DateField(_l("Promis pour le"), validators=[Optional()])
    promise_amount = EuroField(_l("Montant promis"))
    promise_method = SelectField(_l("Moyen"), choices=choices(codes.PAYMENT_METHODS, empty=False))
    dispute_reason = SelectField(_l("Objet du litige"), choices=choices(DISPUTE_REASONS))
    dispute_forwarded_to = SelectField(_l("Transmis à"), choices=choices(FORWARDED_TO))
    debt_stage = SelectField(_l("Étape"), choices=choices(OVERINDEBTEDNESS_STAGES))

    next_step = RadioField(
        _l("Et ensuite"), choices=choices(NEXT_STEPS, empty=False), validators=[Optional()]
    )
    closure = SelectField(_l("Clôture"), choices=choices(CLOSURES))
    follow_up_at = DateTimeLocalField(_l("Suivre le"), format=LOCAL_TIME, validators=[Optional()])
    follow_up_note = StringField(_l("À faire"), validators=[Length(max=200)])
    note = TextAreaField(
        _l("Note"),
        description=_l("Des faits utiles, sans jugement : la personne peut la lire."),
        validators=[Length(max=MAX_NOTE)],
    )


def prepare(form: CallForm, phones: list[tuple[int, str]], day: date) -> CallForm:
    """Fill in the choices that depend on the case and the day."""
    form.phone_id.choices = phones
    years = [(year, str(year)) for year in (day.year, day.year - 1, day.year - 2)]
    form.cheque_campaign_year.choices = years
    if form.cheque_campaign_year.data is None:
        form.cheque_campaign_year.data = day.year - 1
    return form


class ContactForm(FlaskForm):
    """An exchange on another channel than an outbound call."""

    request_key = HiddenField()
    channel = SelectField(
        _l("Canal"),
        choices=choices({code: label for code, label in CHANNELS.items() if code != "call_out"}),
    )
    result = SelectField(
        _l("Qui a appelé"),
        description=_l("Seulement pour un appel entrant."),
        choices=choices(
            {code: RESULTS[code].label for code in ("reached_holder", "reached_mandated")}
        ),
    )
    note = TextAreaField(_l("Note"), validators=[Length(max=MAX_NOTE)])


class AidStepForm(FlaskForm):
    """One step of an aid request."""

    state = SelectField(_l("Étape suivante"), choices=choices(codes.AID_STATES))
    on = DateField(_l("Date"), validators=[Optional()])
    amount = EuroField(_l("Montant"))
    loan_part = EuroField(_l("Dont prêt"))
    refusal_reason = SelectField(_l("Motif du refus"), choices=choices(REFUSAL_REASONS))
    missing_documents = TickField(
        _l("Pièces qui manquent"), choices=choices(DOCUMENTS, empty=False)
    )


class PostponeForm(FlaskForm):
    """A later time for a follow-up."""

    due_at = DateTimeLocalField(_l("Nouvelle date"), format=LOCAL_TIME)


def instant(value: datetime | None) -> datetime | None:
    """A typed wall-clock time of Paris as an instant."""
    return at_paris(value.date(), value.time()) if value else None
