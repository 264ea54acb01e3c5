"""What a hold may ask to be held back, of whom it is usually asked, and until when.

Water at a main residence is never cut nor throttled, and nothing but electricity is reduced
(DOMAIN §3): to ask for what the law gives anyway would only unsettle the person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.cases.models import Case
from energymed.cases.procedure.facts import is_never_cut, known_energy
from energymed.mediation.request_codes import HoldSubject, HoldTarget
from energymed.partners.codes import CampaignKind, Energy
from energymed.partners.rulebook import load_case_rules, load_waiting_rules
from energymed.partners.waiting_rules import WaitingRules

NEVER_CUT = N_(
    "L'eau d'une résidence principale ne se coupe ni ne se réduit, toute l'année : seules les "
    "relances se suspendent."
)
ONLY_POWER = N_("Seule l'électricité se réduit : demandez de suspendre la coupure ou les relances.")
_REDUCED = (Energy.ELECTRICITY, Energy.BOTH, None)


@dataclass(frozen=True, slots=True)
class HoldProposal:
    """What the page of a case proposes of a hold.

    `subjects` are those that may be asked for, `usual` those that its mission is about; `note` says
    why one is missing.
    """

    asked_of: HoldTarget
    subjects: tuple[HoldSubject, ...]
    usual: tuple[HoldSubject, ...]
    until: date
    note: str


def hold_proposal(
    case: Case, energy: Energy | None, waiting: WaitingRules, today: date
) -> HoldProposal:
    """What to propose on a case: of the network before its own cut, else of the supplier.

    Args:
        energy: what is supplied, as far as the house knows.
    """
    subjects, note = _subjects(energy, case.main_residence)
    notice = case.campaign_kind == CampaignKind.CUTOFF_NOTICE
    usual = HoldSubject.CUT if notice and HoldSubject.CUT in subjects else HoldSubject.REMINDERS
    return HoldProposal(
        asked_of=HoldTarget.NETWORK if notice else HoldTarget.SUPPLIER,
        subjects=subjects,
        usual=(usual,),
        until=_end(waiting, today),
        note=note,
    )


def check_hold(ctx: Context, case: Case, details: Mapping[str, Any]) -> None:
    """Refuse to ask that something be held back which never comes.

    Raises:
        Refused: with `params["field"]`.
    """
    asked = set(details.get("subjects") or ())
    if not asked & {HoldSubject.CUT, HoldSubject.LIMITATION}:
        return
    rules, _signals = load_case_rules(
        ctx.session, paris_date(ctx.now), partner_id=case.partner_id, kind=case.campaign_kind
    )
    energy = known_energy(case.energy, case.delivery_point, rules.usual_energy)
    subjects, note = _subjects(energy, case.main_residence)
    if not asked <= set(subjects):
        raise Refused(note, field="subjects")


def usual_end(ctx: Context, case: Case, on: date) -> date:
    """Until when a hold that begins `on` a day is asked for where nobody says."""
    rules = load_waiting_rules(ctx.session, on, partner_id=case.partner_id, kind=case.campaign_kind)
    return _end(rules, on)


def _end(rules: WaitingRules, on: date) -> date:
    return on + timedelta(days=rules.hold)


def _subjects(
    energy: Energy | None, main_residence: bool | None
) -> tuple[tuple[HoldSubject, ...], str]:
    """What may be held back, and why something may not."""
    if is_never_cut(energy, main_residence):
        return (HoldSubject.REMINDERS,), NEVER_CUT
    if energy not in _REDUCED:
        return (HoldSubject.REMINDERS, HoldSubject.CUT), ONLY_POWER
    return tuple(HoldSubject), ""
