"""The causes of the arrears on the desk: a key for each, what helps, and what the form says."""

from typing import Any

from energymed.mediation.cause_help import HELPS
from energymed.mediation.causes import Causes
from energymed.mediation.codes import Cause
from energymed.partners.codes import CampaignKind
from energymed.web.mediator.call.act_fields import OFFERED

# capital letters are typed with Shift: small ones choose results and acts
KEYS: dict[str, str] = {
    Cause.BILL_CATCH_UP: "R", Cause.ESTIMATED_BILL: "E", Cause.MONTHLY_TOO_LOW: "M",
    Cause.PRICE_RISE: "H", Cause.POOR_HOUSING: "L", Cause.LEAK_OR_FAULT: "F",
    Cause.INCOME_DROP: "B", Cause.BENEFIT_DELAY: "P", Cause.SEPARATION: "S",
    Cause.HOUSEHOLD_CHANGE: "C", Cause.MOVE_OR_DOUBLE_CONTRACT: "D",
    Cause.BILL_NOT_RECEIVED: "N", Cause.PAYMENT_INCIDENT: "I", Cause.SEVERAL_DEBTS: "A",
    Cause.CONTESTED: "T", Cause.FORGOTTEN: "O", Cause.PERSONAL_EVENT: "V", Cause.NOT_SAID: "X",
}  # fmt: skip


def has_causes(kind: CampaignKind) -> bool:
    """Whether a mission asks why there are arrears (DOMAIN §2)."""
    return kind == CampaignKind.UNPAID_BILL


def causes_page(kind: CampaignKind) -> dict[str, Any]:
    """What the part of the causes is drawn from."""
    offered = OFFERED[kind]
    helps = {
        cause: (help_.sentence, [act for act in help_.acts if act in offered])
        for cause, help_ in HELPS.items()
    }
    return {"asks_cause": has_causes(kind), "cause_keys": KEYS, "cause_helps": helps}


def show_causes(form: Any, causes: Causes) -> None:
    """Tick what stands, unless the form was filled in already."""
    if form.causes_shown.data:
        return
    form.causes_shown.data = _in_one(causes)
    form.causes.data = [*([causes.main] if causes.main else []), *causes.others]
    form.main_cause.data = causes.main


def typed_causes(form: Any) -> Causes | None:
    """What the form says of the causes; None where the page did not ask, or nothing changed.

    So that a page that was opened before a colleague noted them takes nothing back.
    """
    said = Causes.of(form.causes.data or (), form.main_cause.data)
    return said if form.causes_shown.data not in (None, "", _in_one(said)) else None


def _in_one(causes: Causes) -> str:
    """The causes in one text, as the page carries what it showed."""
    return f"{causes.main or ''}:{','.join(causes.others)}"
