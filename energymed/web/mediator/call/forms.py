"""Forms of the call desk: one form for the whole call, its parts shown as the result allows.

Every part is checked by its service when it is saved; the form only reads what was typed. The
names of the controls are the act's prefix and the name that the service's errors use.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import Length, Optional

from energymed.base.dates import add_months
from energymed.calling.calls.report import MAX_NOTE
from energymed.calling.codes import (
    REACHED,
    RESULTS,
    Channel,
    ExchangeResult,
    HungUpWhen,
    MessageLeft,
    Relation,
    Reporter,
)
from energymed.calling.eligibility.availability import WEEKDAYS
from energymed.casework.agreed_in_writing import WrittenBy
from energymed.mediation import codes
from energymed.mediation.aids import DOCUMENTS, REFUSAL_REASONS
from energymed.mediation.budget import BudgetLine
from energymed.mediation.directory_choice import Choice, Offered
from energymed.messages.letters.codes import LetterVariant
from energymed.partners.codes import CallbackBy, Closure
from energymed.web.mediator.call.act_fields import make_controls
from energymed.web.mediator.call.controls import (
    LOCAL_TIME,
    DayField,
    EntryField,
    MomentField,
    PickField,
    no_numbers,
)
from energymed.web.shared.directory_names import entry_name
from energymed.web.shared.fields import EuroField, MayBeLeft, TickField, choices

# how a conversation ends; the other closures come from a result or from the partner
CONVERSATION_CLOSURES = (
    Closure.PLAN_RUNNING, Closure.AID_PENDING, Closure.REFERRED, Closure.PROMISE, Closure.SETTLED,
    Closure.SELF_SOLVED, Closure.ADVISED, Closure.INFORMED_ONLY, Closure.FOLLOWED_ELSEWHERE,
    Closure.DISPUTED, Closure.REFUSED, Closure.UNJUSTIFIED, Closure.DUPLICATE, Closure.REPEATED,
    Closure.RECALLED_BY_PARTNER,
)  # fmt: skip
NEXT_STEPS = {"follow_up": _l("Revenir vers la personne"), "close": _l("Clore le dossier")}
CALLERS: dict[str, object] = {
    CallbackBy.ME: _l("Moi"),
    CallbackBy.ANYONE: _l("Le premier médiateur libre"),
}
AT_THE_END = (
    "next_step", "closure", "follow_up_at", "follow_up_note", "wish_from", "wish_until",
    "wish_days", "written", "written_by", "written_variant", "note",
)  # fmt: skip
# days of the month that suppliers offer; a code of 31 is the last day of every month
PLAN_DAYS = {
    "1": _l("le 1er"), "5": _l("le 5"), "8": _l("le 8"), "10": _l("le 10"), "12": _l("le 12"),
    "15": _l("le 15"), "20": _l("le 20"), "25": _l("le 25"), "31": _l("fin du mois"),
}  # fmt: skip
MONTHS_AHEAD = 7


class ActsForm(FlaskForm):
    """What was agreed: the acts ticked, with the controls of each, and a note."""

    request_key = HiddenField()
    acts = TickField(_l("Ce qui a été convenu"), choices=choices(codes.ACT_KINDS, empty=False))

    causes_shown = HiddenField()  # the causes that the page showed; nothing where it asks none
    causes = TickField(_l("Pourquoi il y a un impayé"), choices=choices(codes.CAUSES, empty=False))
    main_cause = PickField(_l("Cause principale"), choices=choices(codes.CAUSES))

    plan_amount = EuroField(_l("Montant à étaler"))
    plan_down_payment = EuroField(_l("Premier versement"))
    plan_down_payment_on = DayField(_l("Premier versement le"), validators=[Optional()])
    plan_count = IntegerField(_l("Nombre d'échéances"), validators=[Optional()])
    plan_size = EuroField(_l("Ou montant de chacune"))
    plan_day = PickField(
        _l("Jour du mois"), choices=choices({"": _l("vers le 5"), **PLAN_DAYS}, empty=False)
    )
    plan_month = PickField(_l("À partir de"))
    plan_replaces = BooleanField(_l("Cet échéancier remplace celui qui est en cours"))
    plan_frequency = PickField(
        _l("Périodicité"), choices=choices(codes.FREQUENCIES, empty=False), default="monthly"
    )
    plan_first_due_on = DayField(_l("Première échéance"), validators=[Optional()])
    plan_method = PickField(
        _l("Moyen de paiement"),
        choices=choices(codes.PAYMENT_METHODS, empty=False),
        default="direct_debit",
    )

    budget_adults = IntegerField(_l("Adultes"), default=1, validators=[Optional()])
    budget_children = IntegerField(_l("Enfants"), default=0, validators=[Optional()])
    budget_half_children = IntegerField(
        _l("Enfants en garde alternée"), default=0, validators=[Optional()]
    )
    budget_retired = BooleanField(_l("À la retraite"))
    budget_band = PickField(_l("Ou ce qui a été trouvé"), choices=choices(codes.BUDGET_BANDS))
    budget_kept = BooleanField(_l("La personne accepte que son budget soit gardé"))

    aid_fund = EntryField(_l("Fonds"), choices=[])
    aid_body = StringField(_l("Organisme ou lieu"), validators=[Length(max=120), no_numbers])
    aid_amount = EuroField(_l("Montant demandé"))
    aid_consent = BooleanField(_l("La personne est d'accord pour la demande"))
    aid_missing_documents = TickField(
        _l("Pièces qui manquent"), choices=choices(DOCUMENTS, empty=False)
    )

    referral_body = EntryField(_l("Organisme"), choices=[])
    referral_reason = PickField(_l("Motif"), choices=choices(codes.REFERRAL_REASONS))
    referral_mode = PickField(_l("Mode"), choices=choices(codes.REFERRAL_MODES))
    referral_appointment_on = DayField(_l("Jour du rendez-vous"), validators=[Optional()])
    referral_consent_text = StringField()  # of the words beside it: which version was read
    referral_consent = BooleanField(_l("La personne est d'accord pour cette orientation"))

    cheque_campaign_year = PickField(_l("Campagne"), coerce=int, validators=[Optional()])
    cheque_status = PickField(
        _l("Ce que la personne déclare"), choices=choices(codes.CHEQUE_STATUSES)
    )
    cheque_help = PickField(
        _l("Aide apportée"), choices=choices(codes.CHEQUE_HELP, empty=False), default="informed"
    )
    cheque_topics = TickField(
        _l("Sujets abordés"), choices=choices(codes.CHEQUE_TOPICS, empty=False)
    )
    cheque_eligibility_band = PickField(
        _l("Éligibilité estimée"), choices=choices(codes.ELIGIBILITY_BANDS)
    )

    # for an estimate: what is typed here is kept nowhere
    budget_rfr = EuroField(_l("Revenu fiscal de référence, par an"))
    cheque_adults = IntegerField(_l("Adultes"), default=1, validators=[Optional()])
    cheque_children = IntegerField(_l("Enfants"), default=0, validators=[Optional()])
    cheque_half_children = IntegerField(
        _l("Enfants en garde alternée"), default=0, validators=[Optional()]
    )

    written = BooleanField(_l("Envoyer par écrit ce qui a été convenu"))
    written_by = PickField(_l("Par"), choices=choices(WrittenBy.labels()))
    written_variant = PickField(_l("Courrier"), choices=choices(LetterVariant.labels()))

    note = TextAreaField(
        _l("Note"),
        description=_l("Des faits utiles, sans jugement : la personne peut la lire."),
        validators=[Length(max=MAX_NOTE), no_numbers],
    )

    def offer_months(self, today: date) -> None:
        """Offer the months in which a plan may begin."""
        self.plan_month.choices = [SelectChoice("", gettext("dès que possible")), *_months(today)]

    def offer_entries(self, choice: Choice) -> None:
        """Offer the funds and bodies of a place; a kind alone means the one there for everybody."""
        for field, offered in ((self.aid_fund, choice.funds), (self.referral_body, choice.bodies)):
            field.choices = entry_choices(offered)
            everywhere = [each for each in offered if each.near == codes.Near.EVERYWHERE]
            of_kind = [each.id for each in everywhere if each.kind == field.data]
            if of_kind:
                field.data = str(min(of_kind))  # as `directory_choice` reads it

    def propose_entries(self, choice: Choice) -> None:
        """The fund and the body nearest to the person, where nobody has chosen one."""
        for field, offered in ((self.aid_fund, choice.funds), (self.referral_body, choice.bodies)):
            if not field.data and offered and offered[0].near != codes.Near.EVERYWHERE:
                field.data = str(offered[0].id)

    def offer_campaigns(self, years: Sequence[int]) -> None:
        """Offer the campaigns of the cheque of which one may talk; the first is the running one."""
        field = self.cheque_campaign_year
        field.choices = [SelectChoice(year, str(year)) for year in years]
        if field.data is None and years:
            field.data = years[0]


def entry_choices(offered: Sequence[Offered]) -> list[SelectChoice]:
    """Rows of the directory, under what says how near they are where some are nearer."""
    groups = {each.near for each in offered}
    return [
        SelectChoice("", "—", optgroup=None),
        *(
            SelectChoice(
                str(each.id),
                entry_name(each),
                optgroup=gettext(each.near.label) if len(groups) > 1 else None,
            )
            for each in offered
        ),
    ]


def _months(today: date) -> list[SelectChoice]:
    """This month and those that follow, to begin a plan in."""
    first = today.replace(day=1)
    months = (add_months(first, later) for later in range(MONTHS_AHEAD))
    return [
        SelectChoice(each.isoformat()[:7], format_date(each, "LLLL y", locale=str(get_locale())))
        for each in months
    ]


for _line in BudgetLine:
    setattr(ActsForm, f"budget_{_line}", EuroField(_l(_line.label)))
for _name, _control in make_controls().items():
    setattr(ActsForm, _name, _control)


class CallForm(ActsForm):
    """One call: result, what it requires, the acts agreed, what follows, a note."""

    started_at = HiddenField()
    seen_contact_id = HiddenField()
    result = RadioField(
        _l("Résultat de l'appel"),
        choices=choices({code: code.label for code in RESULTS}, empty=False),
        validators=[MayBeLeft()],
    )
    incoming = BooleanField(_l("C'est la personne qui appelle"))
    phone_id = RadioField(_l("Numéro composé"), coerce=int, validators=[Optional()])
    identity_checked = BooleanField(_l("Identité vérifiée avant de parler de la dette"))
    relation = PickField(_l("Lien avec le titulaire"), choices=choices(Relation.labels()))
    message_left = PickField(_l("Message laissé au tiers"), choices=choices(MessageLeft.labels()))
    language = StringField(_l("Langue parlée"), validators=[Length(max=40), no_numbers])
    reported_by = PickField(_l("Déclaré par"), choices=choices(Reporter.labels()))
    hung_up_when = PickField(_l("Raccroché"), choices=choices(HungUpWhen.labels()))
    callback_at = MomentField(_l("Rappeler le"), format=LOCAL_TIME, validators=[Optional()])
    callback_by = PickField(_l("Qui rappelle"), choices=choices(CALLERS, empty=False))
    callback_note = StringField(
        _l("Un mot pour le rappel"), validators=[Length(max=200), no_numbers]
    )
    neutral_sms = BooleanField(_l("Envoyer un SMS neutre"))
    next_step = RadioField(
        _l("Et ensuite"), choices=choices(NEXT_STEPS, empty=False), validators=[MayBeLeft()]
    )
    closure = PickField(
        _l("Clôture"), choices=choices({code: code.label for code in CONVERSATION_CLOSURES})
    )
    follow_up_at = MomentField(_l("Quand"), format=LOCAL_TIME, validators=[Optional()])
    follow_up_note = StringField(
        _l("Un mot pour la suite"), validators=[Length(max=200), no_numbers]
    )
    wishes_shown = HiddenField()  # the page has these controls: empty ones mean no wish
    wish_from = TimeField(_l("Pas avant"), validators=[Optional()])
    wish_until = TimeField(_l("Pas après"), validators=[Optional()])
    wish_days = TickField(
        _l("Jours qui conviennent"),
        coerce=int,
        choices=[(at, _l(name)) for at, name in enumerate(WEEKDAYS)],
    )

    def __iter__(self) -> Iterator[Any]:
        """In the order of the page, as errors are read out: the result, the acts, what follows."""

        def place(name: str) -> int:
            return AT_THE_END.index(name) + 2 if name in AT_THE_END else hasattr(ActsForm, name)

        return iter(sorted(super().__iter__(), key=lambda field: place(field.name)))


class ContactForm(ActsForm):
    """An exchange on another channel than an outbound call, with what was agreed in it."""

    channel = RadioField(
        _l("Canal"),
        choices=choices({at: at.label for at in Channel if at != Channel.CALL_OUT}, empty=False),
        validators=[MayBeLeft()],
    )
    result = RadioField(
        _l("Ce qui en est résulté"),
        choices=choices(
            {
                **{code: code.label for code in REACHED},
                **{code: code.label for code in ExchangeResult},
            },
            empty=False,
        ),
        validators=[MayBeLeft()],
    )
    identity_checked = BooleanField(_l("Identité vérifiée avant de parler de la dette"))
    guardian = BooleanField(_l("Le tuteur ou la tutrice participe à l'échange"))


class AidStepForm(FlaskForm):
    """One step of an aid request."""

    state = PickField(_l("Étape suivante"), choices=choices(codes.AID_STATES))
    on = DayField(_l("Date"), validators=[Optional()])
    amount = EuroField(_l("Montant"))
    loan_part = EuroField(_l("Dont prêt"))
    refusal_reason = PickField(_l("Motif du refus"), choices=choices(REFUSAL_REASONS))
    missing_documents = TickField(
        _l("Pièces qui manquent"), choices=choices(DOCUMENTS, empty=False)
    )


class PostponeForm(FlaskForm):
    """A later time for a follow-up."""

    due_at = MomentField(_l("Nouvelle date"), format=LOCAL_TIME, validators=[Optional()])
