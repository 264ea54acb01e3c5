"""Where a case stands on the legal clock: its facts from the rooms, and what may come next."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from energymed.base.clock import at_paris
from energymed.base.context import Context
from energymed.calling.codes import WRITTEN
from energymed.calling.models import Contact
from energymed.calling.reached import is_reached, is_written_to
from energymed.cases.codes import SupplyState
from energymed.cases.models import Case
from energymed.cases.procedure.days import ProcedureDays, days_of
from energymed.cases.procedure.facts import Supply, due_day, known_energy
from energymed.cases.procedure.outlook import Outlook, outlooks, questions
from energymed.mediation.fsl import fsl_of_person
from energymed.partners.cheque_campaigns import ChequeCampaign, ChequeCampaigns
from energymed.partners.codes import CampaignKind, Energy
from energymed.partners.procedure_rules import ProcedureRules


@dataclass(frozen=True, slots=True)
class CaseProcedure:
    """What the law lets come next on a case.

    `energy` is what is supplied, as far as the house knows; `cheque` the campaign whose protections
    hold today; `asks` are msgids of what is worth asking; `days` is what is drawn on a line. No
    `outlooks` where no bill is unpaid.
    """

    energy: Energy | None
    cheque: ChequeCampaign | None
    outlooks: Sequence[Outlook] = ()
    asks: Sequence[str] = ()
    days: ProcedureDays = field(default_factory=ProcedureDays)


def case_procedure(
    ctx: Context,
    case: Case,
    contacts: Sequence[Contact],
    rules: ProcedureRules,
    campaigns: ChequeCampaigns,
    today: date,
) -> CaseProcedure:
    """The procedure of a case as it stands `today`, with one query for what the FSL knows."""
    energy = known_energy(case.energy, case.delivery_point, rules.usual_energy)
    attested = campaigns.of_year(case.energy_cheque_year) if case.energy_cheque else None
    holds = attested if attested and attested.protects(today) else None
    if case.campaign_kind == CampaignKind.APPOINTMENT or _is_paid(case):
        return CaseProcedure(energy, holds)
    fsl = fsl_of_person(ctx.session, case.person_id, energy)
    written, voice = _ours(contacts, case.supply_since)
    supply = Supply(
        energy=energy,
        state=case.supply_state or SupplyState.UNKNOWN,
        since=case.supply_since,
        first_letter_on=case.first_letter_on,
        second_letter_on=case.second_letter_on,
        due_on=due_day(case.due_date, case.invoice_date, rules.due_days),
        planned_on=case.cutoff_date,
        main_residence=case.main_residence,
        communicating_meter=case.communicating_meter,
        cheque_until=attested.protections_end if attested else None,
        fsl_aided=fsl.aided,
        fsl_filed_on=fsl.filed_on,
        fsl_decided_on=fsl.decided_on,
        written=written,
        voice=voice,
    )
    coming = outlooks(supply, rules, today)
    days = days_of(supply, coming, rules, today)
    return CaseProcedure(energy, holds, coming, questions(supply), days)


def _is_paid(case: Case) -> bool:
    return case.debt_cents is not None and case.debt_cents <= 0


def _ours(contacts: Sequence[Contact], since: date | None) -> tuple[int, int]:
    """How often we have written to the person and spoken with them, since a day if one is known."""
    start: datetime | None = at_paris(since, time.min) if since else None
    counted = [
        each
        for each in contacts
        if each.voided_at is None and (start is None or each.started_at >= start)
    ]
    written = sum(map(is_written_to, counted))
    voice = sum(is_reached(each) and each.channel not in WRITTEN for each in counted)
    return written, voice
