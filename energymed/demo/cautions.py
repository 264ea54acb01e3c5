"""One case of each sort that a mediator must be careful with, for whoever tries the call desk.

Their lines stand in both weeks' files of one site (`guests`); what calls have told of them since is
recorded through the same services as a person's work. All are of one mediator's queue or list.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from random import Random
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.clock import at_paris, today
from energymed.base.context import Context
from energymed.base.dates import next_working_day
from energymed.base.invented_people import DROME, invent
from energymed.calling.assignment.transfer import locked_cases, transfer_cases
from energymed.calling.calls.report import CallReport
from energymed.calling.codes import Reporter
from energymed.calling.eligibility.availability import Availability
from energymed.calling.queue.claims import claim_case
from energymed.cases.codes import PhoneOwner, PhoneStatus, SupplyField, SupplyState
from energymed.cases.models import Case
from energymed.cases.supply import NO, YES, SupplySaid, note_supply
from energymed.cases.words import Said, keep_words
from energymed.casework.agreed_acts import AgreedAct
from energymed.casework.record_conversation import Outcome, record_conversation
from energymed.demo.columns import SUPPLY
from energymed.demo.stretches import last_week
from energymed.demo.team import Office
from energymed.demo.weekly_files import HOMES, Cells, WeeklyFiles
from energymed.mediation.aids import AidOpening, AidStep, move_aid
from energymed.mediation.codes import ActKind, AidState, Fund, OverindebtednessStage
from energymed.mediation.models import AidRequest
from energymed.partners.codes import ResultCode

FIRST_NUMBER = 9_500  # mobiles of nobody else
SHARED = 6  # names under one number: more than may link people
SORTS = (
    "cheque", "daughter", "neighbour", "overseas", "no_phone", "opposed", "resting", "bereaved",
    "overindebted", "wishes", "aided", "wrong_number", "household",
    *(f"shared_{number}" for number in range(SHARED)),
    "limited", "cut", "second_home",
)  # fmt: skip
NOTHING: Mapping[str, Any] = MappingProxyType({})
SPOKEN_AT = time(10, 20)


class Cautions:
    """The cases of one site, by what is to be known of them."""

    def __init__(self, session: Session, random: Random, weekly_files: WeeklyFiles) -> None:
        self.session = session
        self.random = random
        self.office: Office = weekly_files.office
        self.weekly_files = weekly_files
        self.people = {
            sort: invent(random, FIRST_NUMBER + number, DROME) for number, sort in enumerate(SORTS)
        }
        self.references: dict[str, str] = {}

    def guests(self) -> dict[str, Sequence[Cells]]:
        """Their lines by partner: EDF names all of them, two others the household as well."""
        lines: dict[str, Sequence[Cells]] = {}
        for weekly in self.weekly_files.home.weeklies:
            sorts = SORTS if weekly.partner == "edf" else ("household",)
            lines[weekly.partner] = [self._line(weekly.partner, sort) for sort in sorts]
        return lines

    def _line(self, partner: str, sort: str) -> Cells:
        weekly = next(w for w in HOMES["pdp"].weeklies if w.partner == partner)
        number = FIRST_NUMBER + SORTS.index(sort)
        cells = self.weekly_files.unpaid(weekly, self.people[sort], number, last_week(today())) | {
            "Date prévisionnelle coupure": "",
            "Chèque énergie": "N",
            **dict.fromkeys(SUPPLY, ""),
        }
        cells |= self._particular(sort, cells["Téléphone 1"])
        if partner == "edf":
            self.references[sort] = cells["Référence dossier"]
        return cells

    def _particular(self, sort: str, phone: str) -> Mapping[str, str]:
        """What the file says of a case that is to be known."""
        cut = next_working_day(today() + timedelta(days=12))
        if sort.startswith("shared_"):
            return {"Téléphone 1": f"0{self.people['shared_0'].phones[0][3:]}", "Téléphone 2": ""}
        of_sort: dict[str, Mapping[str, str]] = {
            "cheque": {"Date prévisionnelle coupure": f"{cut:%d/%m/%Y}", "Chèque énergie": "O"},
            "daughter": {"Téléphone 1": f"{phone} (sa fille, après 17h)"},
            "overseas": {"Code postal": "97400", "Commune": "Saint-Denis"},
            "no_phone": {"Téléphone 1": "", "Téléphone 2": ""},
            "limited": {"Chèque énergie": "O"},
        }
        return of_sort.get(sort, {})

    def tell(self) -> None:
        """What calls of last week have told of them."""
        cases = self._cases()
        ctx = Context(self.session, self.office.lead.as_actor(), self._spoken_at())
        amina = self.office.mediators[0]
        transfer_cases(ctx, locked_cases(ctx, [case.id for case in cases.values()]), amina.id)
        self._call(cases["opposed"], ResultCode.OPPOSED)
        self._call(cases["resting"], ResultCode.REFUSED)
        self._call(cases["bereaved"], ResultCode.DECEASED, {"reported_by": Reporter.FAMILY})
        self._call(cases["wrong_number"], ResultCode.WRONG_NUMBER)
        admissible = {"stage": OverindebtednessStage.ADMISSIBLE}
        self._talk(cases["overindebted"], (AgreedAct(ActKind.OVERINDEBTEDNESS, admissible),))
        self._talk(cases["wishes"], (), Availability(time(9, 30), time(12, 30)))
        self._aided(cases["aided"])
        neighbours = cases["neighbour"].person.phones[0].id
        said = Said(owners={neighbours: PhoneOwner.NEIGHBOUR})
        keep_words(self._ctx(), cases["neighbour"].id, said)
        for sort, said_of_supply in self._supplies().items():
            note_supply(self._ctx(), cases[sort].id, SupplySaid(said_of_supply))

    def _supplies(self) -> dict[str, dict[SupplyField, str]]:
        """What they say of their supply."""
        cut = (self._spoken_at() - timedelta(days=3)).date().isoformat()
        limited = (self._spoken_at() - timedelta(days=20)).date().isoformat()
        return {
            "cut": {SupplyField.SUPPLY_STATE: SupplyState.CUT, SupplyField.SUPPLY_SINCE: cut},
            "limited": {
                SupplyField.SUPPLY_STATE: SupplyState.LIMITED,
                SupplyField.SUPPLY_SINCE: limited,
                SupplyField.COMMUNICATING_METER: YES,
                SupplyField.MAIN_RESIDENCE: YES,
            },
            "second_home": {SupplyField.MAIN_RESIDENCE: NO},
        }

    def _cases(self) -> dict[str, Case]:
        found = self.session.scalars(
            select(Case).where(
                Case.partner_id == self.office.partners["edf"].id,
                Case.reference.in_(self.references.values()),
            )
        )
        by_reference = {case.reference: case for case in found}
        return {sort: by_reference[reference] for sort, reference in self.references.items()}

    def _aided(self, case: Case) -> None:
        """A request to the FSL that was filed: supply is kept until it decides."""
        opening = AidOpening(Fund.FSL_ENERGY, consent=True, amount_requested_cents=30_000)
        self._talk(case, (AgreedAct(ActKind.AID_OPENED, opening),))
        aid = self.session.scalars(select(AidRequest).where(AidRequest.case_id == case.id)).one()
        for state in (AidState.COMPLETE, AidState.SUBMITTED):
            move_aid(self._ctx(), aid.id, state, AidStep())

    def _talk(
        self,
        case: Case,
        acts: tuple[AgreedAct, ...],
        availability: Availability | None = None,
    ) -> None:
        """A conversation after which the case comes again this morning."""
        report = self._report(
            case,
            ResultCode.REACHED_HOLDER,
            details={"identity_checked": True},
            next_step="follow_up",
            follow_up_at=at_paris(today(), time(9, 30)),
        )
        claim_case(self._ctx(), case.id)
        outcome = Outcome(report, acts=acts, availability=availability)
        record_conversation(self._ctx(), case.id, outcome)

    def _call(self, case: Case, result: ResultCode, details: Mapping[str, Any] = NOTHING) -> None:
        claim_case(self._ctx(), case.id)
        record_conversation(
            self._ctx(), case.id, Outcome(self._report(case, result, details=details))
        )

    def _report(self, case: Case, result: ResultCode, **more: Any) -> CallReport:
        phone = next(each for each in case.person.phones if each.status == PhoneStatus.OK)
        started_at = self._spoken_at() - timedelta(minutes=6)
        return CallReport(result=result, started_at=started_at, phone_id=phone.id, **more)

    def _ctx(self) -> Context:
        return Context(self.session, self.office.mediators[0].as_actor(), self._spoken_at())

    def _spoken_at(self) -> datetime:
        """Late last week."""
        return at_paris(next_working_day(last_week(today()) + timedelta(days=2)), SPOKEN_AT)
