"""Emergencies: what to do and whom to ring, as rows; one press notes what was done.

What is noted is the coded action of an alert and no word of what happened.
"""

from dataclasses import dataclass
from datetime import date
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput, Faults, NotFound
from energymed.base.i18n import N_
from energymed.base.text.folding import collapse, visible
from energymed.base.text.free_text import check_words
from energymed.mediation.acts import record_act
from energymed.mediation.codes import ActKind, AlertAction, Emergency
from energymed.mediation.emergency_models import EmergencyLine
from energymed.mediation.emergency_seeds import EMERGENCY_SEEDS
from energymed.mediation.models import Act

LONGEST = {"advice": 500, "whom": 200, "phone": 40}  # characters, as the columns hold them
_ORDER = tuple(Emergency)


@dataclass(frozen=True, slots=True)
class EmergencyText:
    """What an administrator types of one situation; `phone` is empty where none is known."""

    advice: str
    whom: str
    phone: str = ""
    checked_on: date | None = None


def emergency_lines(session: Session) -> list[EmergencyLine]:
    """Every situation, the gravest first; one query."""
    return sorted(
        session.scalars(select(EmergencyLine)), key=lambda row: _ORDER.index(row.situation)
    )


def seed_emergencies(session: Session) -> None:
    """Write the situations that are missing. Safe to repeat."""
    known = set(session.scalars(select(EmergencyLine.situation)))
    missing = [
        {"situation": situation, **texts}
        for situation, texts in EMERGENCY_SEEDS.items()
        if situation not in known
    ]
    if missing:
        session.execute(insert(EmergencyLine), missing)


def get_emergency(session: Session, situation: Emergency | None) -> EmergencyLine:
    """The line of a situation.

    Raises:
        NotFound: when there is none.
    """
    row = session.scalar(select(EmergencyLine).where(EmergencyLine.situation == situation))
    if row is None:
        raise NotFound(N_("Cette situation n'existe pas."))
    return row


def save_emergency(ctx: Context, situation: Emergency | None, text: EmergencyText) -> EmergencyLine:
    """Write what is done in a situation.

    Raises:
        NotFound: no such situation.
        BadInput: a text is missing or too long, or a number that nobody says they checked; with
            `params["field"]`, all at once.
        Refused: a text holds what must never be kept.
    """
    row = get_emergency(ctx.session, situation)
    values = _checked(text, paris_date(ctx.now))
    before = {"phone": row.phone, "checked_on": _plain(row.checked_on)}
    row.advice, row.whom = values["advice"], values["whom"]
    row.phone, row.checked_on = values["phone"] or None, text.checked_on
    ctx.session.flush()
    after = {"phone": row.phone, "checked_on": _plain(row.checked_on)}
    audit.record(ctx, "emergency.edited", row, before=before, after=after)
    return row


def note_alert(ctx: Context, case_id: int, action: AlertAction | None, form_key: str) -> Act:
    """Note at once what an emergency led to; the same press twice is one act.

    Args:
        form_key: of the page on which it was pressed; another action is another act.

    Raises:
        NotFound: the case is unknown or of another site.
        BadInput: no such action, or no key.
    """
    if not form_key:
        raise BadInput(N_("Rechargez la page : ce formulaire n'est plus valable."))
    if action not in set(AlertAction):
        raise BadInput(N_("Choisissez dans la liste."), field="action")
    key = str(uuid5(NAMESPACE_URL, f"alert:{form_key}:{case_id}:{action}"))
    return record_act(ctx, case_id, ActKind.ALERT, {"action": action}, request_key=key)


def _checked(text: EmergencyText, today: date) -> dict[str, str]:
    values = {name: collapse(visible(getattr(text, name))) for name in LONGEST}
    faults = Faults()
    for name, most in LONGEST.items():
        with faults:
            check_words(values[name], name, most=most)
    for name in ("advice", "whom"):
        faults.when(
            not values[name],
            BadInput(N_("Dites-le : ce texte est lu dans l'urgence."), field=name),
        )
    faults.when(
        bool(values["phone"]) and text.checked_on is None,
        BadInput(N_("Dites quel jour ce numéro a été vérifié."), field="checked_on"),
    )
    faults.when(
        bool(text.checked_on and text.checked_on > today),
        BadInput(N_("Cette date est dans le futur."), field="checked_on"),
    )
    faults.tell()
    return values


def _plain(day: date | None) -> str | None:
    return day.isoformat() if day else None
