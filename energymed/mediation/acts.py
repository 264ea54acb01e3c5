"""Acts: one row per act of mediation, with the coded answers that its kind requires."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.actor import Actor
from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.base.text import remove_sensitive
from energymed.cases.cutoff import mark_told
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.mediation.codes import ACT_KINDS
from energymed.mediation.models import Act

OWN_TABLE = ("plan_agreed", "aid_opened", "referral", "energy_cheque_awareness")
# kind → details that must be given (DOMAIN §10)
REQUIRED: dict[str, tuple[str, ...]] = {
    "paid_already": ("declared_on",),
    "pays_full": ("promised_on", "amount_cents", "method"),
    "extension": ("new_due_on",),
    "attestation_to_send": ("supplier",),
    "cutoff_informed": ("scheduled_on",),
    "dispute": ("reason", "forwarded_to"),
    "overindebtedness": ("stage",),
    "alert": ("action",),
    "appointment_set": ("appointment_at",),
}
OVERINDEBTEDNESS_STAGES = {
    "considered": N_("Envisagé"),
    "filed": N_("Dossier déposé"),
    "admissible": N_("Recevable"),
}
TOPICS = {
    "bill": N_("Lecture de la facture"),
    "rights": N_("Droits et protections"),
    "procedure": N_("Procédure de coupure"),
    "payment_means": N_("Moyens de paiement"),
    "contacts": N_("Contacts utiles"),
}


def new_act(
    session: Session,
    actor: Actor,
    case: Case,
    kind: str,
    *,
    now: datetime,
    details: Mapping[str, Any] | None = None,
    contact_id: int | None = None,
    request_key: str | None = None,
) -> tuple[Act, bool]:
    """Add an act, or give back the one of the same request (a double click).

    Returns:
        The act, and True when it was there already.
    """
    if request_key:
        known = session.scalar(select(Act).where(Act.request_key == request_key, Act.kind == kind))
        if known is not None:
            return known, True
    act = Act(
        case_id=case.id,
        kind=kind,
        acted_on=paris_date(now),
        user_id=actor.user_id,
        contact_id=contact_id,
        details=dict(details or {}),
        request_key=request_key,
        created_at=now,
    )
    session.add(act)
    audit.record(session, actor, "act.recorded", act, now=now, after={"kind": kind})
    session.flush()
    return act, False


def record_act(
    session: Session,
    actor: Actor,
    case_id: int,
    kind: str,
    details: Mapping[str, Any],
    *,
    now: datetime,
    contact_id: int | None = None,
    request_key: str | None = None,
) -> Act:
    """Record an act of a kind without a table of its own.

    Dates in `details` are given as `date`, kept as ISO text; amounts are cents.

    Raises:
        BadInput: unknown kind, or a required answer is missing.
        Refused: an answer holds a social-security number or an IBAN.
    """
    if kind not in ACT_KINDS or kind in OWN_TABLE:
        raise BadInput(N_("Acte inconnu : %(kind)s."), kind=kind)
    for name in REQUIRED.get(kind, ()):
        if details.get(name) in (None, ""):
            raise BadInput(N_("Il manque une précision à cet acte."), field=name)
    case = get_case(session, actor, case_id, lock=True)
    act, known = new_act(
        session, actor, case, kind, now=now, details=_plain(details), contact_id=contact_id,
        request_key=request_key,
    )  # fmt: skip
    if not known:
        _effects(case, kind, details, now)
        session.flush()
    return act


def void_act(session: Session, actor: Actor, act_id: int, *, now: datetime) -> Act:
    """Take back an act of today; it stays on file, crossed out.

    Raises:
        Refused: an act of another day, or one that lives on in its own record.
    """
    act = session.get(Act, act_id)
    if act is None:
        raise BadInput(N_("Cet acte n'existe pas."))
    case = get_case(session, actor, act.case_id, lock=True)
    if act.kind in OWN_TABLE:
        raise Refused(N_("Cet acte se corrige sur sa propre fiche."))
    if act.acted_on != paris_date(now):
        raise Refused(N_("Un acte se corrige le jour même."))
    if act.voided_at is None:
        act.voided_at = now
        if act.kind == "overindebtedness":
            case.suspended = False
        if act.kind == "cutoff_informed":
            mark_told(case, None)
        audit.record(session, actor, "act.voided", act, now=now, before={"kind": act.kind})
        session.flush()
    return act


def _effects(case: Case, kind: str, details: Mapping[str, Any], now: datetime) -> None:
    if kind == "overindebtedness" and details["stage"] == "admissible":
        case.suspended = True
    if kind == "cutoff_informed":
        mark_told(case, now)


def _plain(details: Mapping[str, Any]) -> dict[str, Any]:
    """Details as JSON keeps them."""
    plain: dict[str, Any] = {}
    for name, value in details.items():
        if value in (None, ""):
            continue
        if isinstance(value, str) and remove_sensitive(value)[1]:
            raise Refused(
                N_("Un numéro de sécurité sociale ou un IBAN ne se note jamais : retirez-le.")
            )
        plain[name] = value.isoformat() if isinstance(value, date | datetime) else value
    return plain
