"""Which state may follow which, for plans and aid requests (DOMAIN §5, §7). Pure."""

from energymed.base.errors import Refused
from energymed.base.i18n import N_

PLAN_MOVES: dict[str, tuple[str, ...]] = {
    "proposed": ("agreed", "cancelled"),
    "agreed": ("confirmed", "broken", "cancelled", "kept", "completed"),
    "confirmed": ("kept", "broken", "cancelled", "completed"),
    "kept": ("completed", "broken"),
    "broken": (),
    "completed": (),
    "cancelled": (),
}
RUNNING_PLANS = ("agreed", "confirmed", "kept")

DECISIONS = ("granted_full", "granted_partial", "granted_loan")
_OPEN = ("withdrawn", "lapsed")
AID_MOVES: dict[str, tuple[str, ...]] = {
    "identified": ("consent_given", *_OPEN),
    "consent_given": ("documents_pending", "complete", *_OPEN),
    "documents_pending": ("complete", *_OPEN),
    "complete": ("submitted", "documents_pending", *_OPEN),
    "submitted": (*DECISIONS, "refused", "adjourned", *_OPEN),
    "adjourned": ("documents_pending", "submitted", *_OPEN),
    "granted_full": ("paid_to_supplier",),
    "granted_partial": ("paid_to_supplier",),
    "granted_loan": ("paid_to_supplier",),
    "refused": (),
    "withdrawn": (),
    "lapsed": (),
    "paid_to_supplier": (),
}
ENDED_AIDS = ("refused", "withdrawn", "lapsed")  # nothing more will come of them


def check_move(moves: dict[str, tuple[str, ...]], before: str, after: str) -> None:
    """Refuse a state that cannot follow.

    Raises:
        Refused: when `after` may not follow `before`.
    """
    if after not in moves[before]:
        raise Refused(N_("Cette étape ne peut pas suivre la précédente."))
