"""Acts on the desk: which a mission offers, and the controls that each kind asks for.

The controls of the acts without a table of their own are made from `mediation.details.FIELDS`,
so that what the page asks and what the service requires are one list.
"""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Field,
    StringField,
)
from wtforms.validators import Length, Optional

from energymed.base.i18n import N_
from energymed.mediation import details
from energymed.web.mediator.call.controls import (
    LOCAL_TIME,
    DayField,
    MomentField,
    PickField,
    instant,
    no_numbers,
)
from energymed.web.shared.fields import EuroField, TickField, choices

# act → prefix of its controls in the form, where it is not the code itself
PREFIX = {"plan_agreed": "plan", "aid_opened": "aid", "energy_cheque_awareness": "cheque"}
MAIN = ("plan_agreed", "aid_opened", "referral", "energy_cheque_awareness")
SHORT = {
    "plan_agreed": N_("Échéancier"),
    "aid_opened": N_("Demande d'aide"),
    "energy_cheque_awareness": N_("Chèque énergie"),
}
KEYS = {"plan_agreed": "e", "aid_opened": "a", "referral": "v", "energy_cheque_awareness": "h"}
# what the page proposes as closure once the act is ticked; the mediator decides
CLOSURE_OF = {
    "plan_agreed": "plan_running",
    "aid_opened": "aid_pending",
    "referral": "referred",
    "pays_full": "promise",
    "paid_already": "promise",
    "dispute": "disputed",
    "refuses_solution": "refused",
}
_TALK = ("info_given", "energy_advice", "attestation_to_send", "alert")
# mission → acts in the order of the page; a mission without a debt negotiates nothing (DOMAIN §2)
OFFERED: dict[str, tuple[str, ...]] = {
    "unpaid_bill": (
        *MAIN, "info_given", "paid_already", "pays_full", "extension", "dispute", "no_capacity",
        "overindebtedness", "refuses_solution", "budget_study", "energy_advice", "tariff_check",
        "attestation_to_send", "letter_sent", "alert",
    ),
    "cutoff_notice": ("cutoff_informed", "referral", "energy_cheque_awareness", *_TALK),
    "appointment": (
        "appointment_set", "meter_info", "referral", "energy_cheque_awareness", *_TALK,
    ),
}  # fmt: skip


def prefix(kind: str) -> str:
    """What the names of the act's controls begin with."""
    return PREFIX.get(kind, kind)


def controls_of(kind: str) -> list[str]:
    """Names of the controls made for an act without a table of its own."""
    return [f"{kind}_{name}" for name in details.FIELDS.get(kind, {})]


def make_controls() -> dict[str, Any]:
    """A control for every answer of every act of the table."""
    return {
        f"{kind}_{name}": _control(field)
        for kind, fields in details.FIELDS.items()
        for name, field in fields.items()
    }


def details_of(form: Any, kind: str) -> dict[str, Any]:
    """What was answered for an act, as `record_act` takes it."""
    return {
        name: _value(field.type, form[f"{kind}_{name}"])
        for name, field in details.FIELDS.get(kind, {}).items()
    }


def _control(field: details.Field) -> Any:
    label, empty = _l(field.label), [Optional()]
    codes = field.codes or {}
    made: dict[str, Any] = {
        "date": lambda: DayField(label, validators=empty),
        "moment": lambda: MomentField(label, format=LOCAL_TIME, validators=empty),
        "cents": lambda: EuroField(label),
        "code": lambda: PickField(label, choices=choices(codes)),
        "list": lambda: TickField(label, choices=choices(codes, empty=False)),
        "text": lambda: StringField(label, validators=[Length(max=details.MAX_TEXT), no_numbers]),
        "yes": lambda: BooleanField(label),
    }
    return made[field.type]()


def _value(kind: str, control: Field) -> Any:
    if kind == "cents":
        return control.cents
    if kind == "moment":
        return instant(control.data)
    return control.data or None
