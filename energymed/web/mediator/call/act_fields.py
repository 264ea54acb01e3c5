"""Acts on the desk: which a mission offers, and the controls that each kind asks for.

The controls of the acts without a table of their own are made from `mediation.details.FIELDS`,
so that what the page asks and what the service requires are one list.
"""

from itertools import groupby
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, StringField
from wtforms.validators import Length, Optional

from energymed.base.i18n import N_
from energymed.casework.agreed_acts import WITH_TERMS
from energymed.casework.closure_needs import ACTS
from energymed.mediation import details
from energymed.mediation.codes import ActKind as Act
from energymed.partners.codes import CampaignKind, Closure
from energymed.web.mediator.call.controls import (
    LOCAL_TIME,
    DayField,
    MomentField,
    PickField,
    no_numbers,
)
from energymed.web.shared.fields import EuroField, TickField, choices

SHORT: dict[str, str] = {
    Act.PLAN_AGREED: N_("Échéancier"),
    Act.AID_OPENED: N_("Demande d'aide"),
    Act.ENERGY_CHEQUE_AWARENESS: N_("Chèque énergie"),
    Act.BUDGET_STUDY: N_("Budget"),
    Act.SUPPLIER_ACTION: N_("Action du fournisseur"),
}
KEYS = {
    Act.PLAN_AGREED: "e", Act.AID_OPENED: "a", Act.REFERRAL: "v", Act.ENERGY_CHEQUE_AWARENESS: "h",
}  # fmt: skip
_TALK = (Act.INFO_GIVEN, Act.ENERGY_ADVICE, Act.ATTESTATION_TO_SEND, Act.ALERT)
# mission → acts in the order of the page; a mission without a debt negotiates nothing (DOMAIN §2)
OFFERED: dict[CampaignKind, tuple[Act, ...]] = {
    CampaignKind.UNPAID_BILL: (
        *WITH_TERMS, Act.INFO_GIVEN, Act.PAID_ALREADY, Act.PAYS_FULL, Act.EXTENSION,
        Act.HOLD_ASKED, Act.SUPPLIER_ACTION, Act.DISPUTE,
        Act.NO_CAPACITY, Act.OVERINDEBTEDNESS, Act.REFUSES_SOLUTION,
        Act.ENERGY_ADVICE, Act.TARIFF_CHECK, Act.ATTESTATION_TO_SEND, Act.LETTER_SENT, Act.ALERT,
    ),
    # what the person answers to the notice, as it is passed on
    CampaignKind.CUTOFF_NOTICE: (
        Act.AID_OPENED, Act.REFERRAL, Act.ENERGY_CHEQUE_AWARENESS, Act.CUTOFF_INFORMED,
        Act.PAID_ALREADY, Act.PAYS_FULL, Act.HOLD_ASKED, Act.DISPUTE, *_TALK,
    ),
    CampaignKind.APPOINTMENT: (
        Act.APPOINTMENT_SET, Act.METER_INFO, Act.REFERRAL, Act.ENERGY_CHEQUE_AWARENESS, *_TALK,
    ),
}  # fmt: skip


def may_hold(closure: Closure, kind: CampaignKind) -> bool:
    """Whether a case of this mission may close so: its acts allow what the closure says.

    Without a debt there is nothing to settle: a payment that is declared is said as such.
    """
    if closure == Closure.SETTLED and kind != CampaignKind.UNPAID_BILL:
        return False
    needed = ACTS.get(closure)
    return needed is None or not set(needed).isdisjoint(OFFERED[kind])


def rows_of(kind: str) -> list[list[str]]:
    """Names of the controls made for an act without a table of its own, as rows of the page.

    A list of boxes has a row to itself, what lies between shares one.
    """
    fields = details.FIELDS.get(kind, {})
    rows = groupby(fields, key=lambda name: name if fields[name].type == "list" else "")
    return [[f"{kind}_{name}" for name in names] for _row, names in rows]


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
        return control.moment
    return control.data or None
