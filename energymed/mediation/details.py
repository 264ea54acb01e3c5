"""What each kind of act asks for: a table of kind → fields, and how a field is checked. Pure.

Source: DOMAIN §10; menus before free text (DOMAIN §12). A kind absent from the table takes no
detail at all, so that nothing unforeseen is ever kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from energymed.base.clock import paris_date
from energymed.base.errors import BadInput, Faults
from energymed.base.i18n import N_
from energymed.base.text.folding import collapse
from energymed.base.text.free_text import refuse_sensitive
from energymed.cases.max_future import check_max_future
from energymed.mediation.check_codes import (
    LetterSubject,
    MeterFinding,
    MeterTopic,
    OfferedSolution,
    TariffAdvice,
    TariffFinding,
    TariffPoint,
    WhyRefused,
)
from energymed.mediation.codes import (
    ADVICE_TOPICS,
    ALERT_ACTIONS,
    FORWARDED_TO,
    OVERINDEBTEDNESS_STAGES,
    PAYMENT_METHODS,
    TOPICS,
    ActKind,
)
from energymed.mediation.request_codes import (
    DisputeSubject,
    HoldReason,
    HoldSubject,
    HoldTarget,
    SupplierAction,
)

MAX_TEXT = 200
MISSING = N_("Il manque une précision à cet acte.")


@dataclass(frozen=True, slots=True)
class Field:
    """One answer of an act.

    `type`: date, moment (aware datetime), cents, code (one of `codes`), list (several of
    `codes`), text (at most 200 characters) or yes (True). `when`: past or future, today included;
    the future ends after a year.
    """

    label: str
    type: str
    required: bool = True
    codes: Mapping[str, str] | None = None
    when: str | None = None


FIELDS: dict[str, dict[str, Field]] = {
    ActKind.INFO_GIVEN: {"topics": Field(N_("Sujets"), "list", codes=TOPICS)},
    ActKind.PAID_ALREADY: {
        "declared_on": Field(N_("Payé le (déclaré)"), "date", when="past"),
        "amount_cents": Field(N_("Montant déclaré"), "cents", required=False),
    },
    ActKind.PAYS_FULL: {
        "promised_on": Field(N_("Promis pour le"), "date", when="future"),
        # asked for where there is a debt (`acts.check_act`)
        "amount_cents": Field(N_("Montant promis"), "cents", required=False),
        "method": Field(N_("Moyen"), "code", codes=PAYMENT_METHODS),
    },
    ActKind.EXTENSION: {"new_due_on": Field(N_("Nouvelle échéance"), "date", when="future")},
    ActKind.ATTESTATION_TO_SEND: {"supplier": Field(N_("Fournisseur"), "text")},
    ActKind.ENERGY_ADVICE: {"topics": Field(N_("Sujets"), "list", codes=ADVICE_TOPICS)},
    ActKind.METER_INFO: {
        "topics": Field(N_("Sujets"), "list", codes=MeterTopic.labels()),
        "found": Field(
            N_("Ce que dit la personne"), "code", required=False, codes=MeterFinding.labels()
        ),
    },
    ActKind.APPOINTMENT_SET: {
        "appointment_at": Field(N_("Rendez-vous le"), "moment", when="future")
    },
    ActKind.CUTOFF_INFORMED: {"scheduled_on": Field(N_("Intervention prévue le"), "date")},
    ActKind.TARIFF_CHECK: {
        "checked": Field(N_("Ce qui a été vérifié"), "list", codes=TariffPoint.labels()),
        "found": Field(N_("Ce qui a été trouvé"), "list", codes=TariffFinding.labels()),
        "said": Field(
            N_("Ce qui a été conseillé"), "list", required=False, codes=TariffAdvice.labels()
        ),
    },
    ActKind.HOLD_ASKED: {
        "subjects": Field(N_("Pour suspendre"), "list", codes=HoldSubject.labels()),
        "asked_of": Field(N_("Demandée à"), "code", codes=HoldTarget.labels()),
        "reason": Field(N_("Motif"), "code", codes=HoldReason.labels()),
        "until": Field(N_("Jusqu'au"), "date", required=False, when="future"),
    },
    ActKind.SUPPLIER_ACTION: {
        "actions": Field(N_("Actions demandées"), "list", codes=SupplierAction.labels())
    },
    ActKind.DISPUTE: {
        "subject": Field(N_("Objet"), "code", codes=DisputeSubject.labels()),
        "complaint_on": Field(N_("Réclamation écrite le"), "date", required=False, when="past"),
        "forwarded_to": Field(N_("Adressée à"), "code", codes=FORWARDED_TO),
        "reason": Field(N_("Précision"), "text", required=False),
    },
    ActKind.OVERINDEBTEDNESS: {"stage": Field(N_("Étape"), "code", codes=OVERINDEBTEDNESS_STAGES)},
    ActKind.NO_CAPACITY: {
        "referral_refused": Field(N_("La personne refuse une orientation"), "yes", required=False)
    },
    ActKind.ALERT: {"action": Field(N_("Action"), "code", codes=ALERT_ACTIONS)},
    ActKind.REFUSES_SOLUTION: {
        "offered": Field(N_("Ce qui a été proposé"), "list", codes=OfferedSolution.labels()),
        "why": Field(N_("Pourquoi"), "code", codes=WhyRefused.labels()),
    },
    ActKind.LETTER_SENT: {"about": Field(N_("Objet"), "code", codes=LetterSubject.labels())},
}


def clean_details(kind: str, details: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The answers of an act as JSON keeps them: ISO dates, cents, codes; empty ones left out.

    Raises:
        BadInput: an answer is missing, unknown or impossible, with `params["field"]`.
        Refused: a text holds a social-security number or an IBAN.
    """
    fields = FIELDS.get(kind, {})
    given = {name: value for name, value in details.items() if value not in (None, "", [], ())}
    for name in given:
        if name not in fields:
            raise BadInput(N_("Cette précision ne va pas avec cet acte."), field=name)
    clean, faults = {}, Faults()
    for name, field in fields.items():
        with faults:
            if name in given:
                clean[name] = CLEANERS[field.type](name, field, given[name], now)
            elif field.required:
                raise BadInput(MISSING, field=name)
    faults.tell()
    return clean


def _date(name: str, field: Field, value: object, now: datetime) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise BadInput(N_("Cette date n'existe pas."), field=name)
    today = paris_date(now)
    _check_when(name, field, value > today, value < today)
    check_max_future(value, today, name)
    return value.isoformat()


def _moment(name: str, field: Field, value: object, now: datetime) -> str:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise BadInput(N_("Donnez le jour et l'heure."), field=name)
    _check_when(name, field, value > now, value < now)
    check_max_future(paris_date(value), paris_date(now), name)
    return value.isoformat()


def _check_when(name: str, field: Field, ahead: bool, behind: bool) -> None:
    if field.when == "past" and ahead:
        raise BadInput(N_("Cette date est dans le futur."), field=name)
    if field.when == "future" and behind:
        raise BadInput(N_("Cette date est déjà passée."), field=name)


def _cents(name: str, _field: Field, value: object, _now: datetime) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise BadInput(N_("Le montant doit être positif."), field=name)
    return value


def _code(name: str, field: Field, value: object, _now: datetime) -> str:
    if not isinstance(value, str) or value not in (field.codes or ()):
        raise BadInput(MISSING, field=name)
    return value


def _list(name: str, field: Field, value: object, now: datetime) -> list[str]:
    if not isinstance(value, list | tuple):
        raise BadInput(MISSING, field=name)
    return list(dict.fromkeys(_code(name, field, each, now) for each in value))


def _text(name: str, _field: Field, value: object, _now: datetime) -> str:
    text = collapse(value) if isinstance(value, str) else ""
    if not text:
        raise BadInput(MISSING, field=name)
    if len(text) > MAX_TEXT:
        raise BadInput(N_("Ce texte dépasse %(most)s caractères."), field=name, most=MAX_TEXT)
    refuse_sensitive(text, name)
    return text


def _yes(name: str, _field: Field, value: object, _now: datetime) -> bool:
    if not isinstance(value, bool):
        raise BadInput(MISSING, field=name)
    return value


CLEANERS: dict[str, Callable[[str, Field, Any, datetime], Any]] = {
    "date": _date,
    "moment": _moment,
    "cents": _cents,
    "code": _code,
    "list": _list,
    "text": _text,
    "yes": _yes,
}
