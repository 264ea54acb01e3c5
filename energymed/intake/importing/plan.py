"""Plan: what a customer file would change, against what is there. Reads only.

A column that a file leaves empty never wipes what is known. A case open at another site is not
taken over in silence: its line is rejected. A line of a known reference that may speak of another
person, or of a known case under another shape of its reference, is held until a lead decides.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from energymed.base.db.bulk import PIECE, among
from energymed.base.db.chunks import chunks
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.cases.codes import CaseState
from energymed.cases.known_people import Identity, Known
from energymed.cases.models import Case
from energymed.cases.people import People
from energymed.cases.words import NO_WORDS
from energymed.intake.checking.decisions import (
    NEW_HOLDER,
    NEW_PHONE,
    SAME_CASE,
    SAME_PERSON,
    TWO_CASES,
)
from energymed.intake.codes import FileDoubt, ProblemCode
from energymed.intake.importing.continuation import previous_files, rejected_references
from energymed.intake.importing.file_guard import FileGuard, Suspicion
from energymed.intake.importing.holder_changes import identity, is_doubtful
from energymed.intake.importing.known_cases import KnownCase, Target, count_foreign, open_cases
from energymed.intake.importing.planned import CasesPlan, MissingCase, PlannedCase, compared, reject
from energymed.intake.importing.reference_shapes import KnownShapes, Shape
from energymed.intake.importing.signals import NewSignals
from energymed.intake.rows import (
    CheckResult,
    CleanRow,
    Doubt,
    MappedFile,
    Problem,
    RejectedRow,
)
from energymed.partners.cheque_campaign_rows import load_cheque_campaigns
from energymed.partners.rulebook import load_names_per_number

_HOLDER = ProblemCode.HOLDER_CHANGED
_FEWEST_FOREIGN = 3  # a reference or two may be alike by chance


class Planner:
    """Compares the lines of a file, piece by piece, with what is there.

    `former_holders` are ids of people whose reference a lead gave to somebody else. `lock` holds
    the known cases until the transaction ends (for a commit, on PostgreSQL).
    """

    def __init__(
        self, session: Session, target: Target, mapped: MappedFile, *, lock: bool = False
    ) -> None:
        self.session = session
        self.target = target
        self.examined = mapped
        self.lock = lock
        whose = (target.partner_id, target.site_id, target.kind)
        self.previous = [] if target.continues or target.late else previous_files(session, *whose)
        self.guard = FileGuard(
            session, mapped, partner_id=target.partner_id, site_id=target.site_id,
            as_of=target.as_of, previous=self.previous,
        )  # fmt: skip
        self.new_only = (
            target.late
            and not target.continues
            and mapped.decisions.get(FileDoubt.OLDER_WEEK) != "go_on"
        )
        self.accepted = self.foreign = 0
        self._seen: set[int] = set()
        self._refused: set[str | None] = set()
        self._once_rejected = rejected_references(session, self.previous)
        self._shapes = KnownShapes(session, target, lock=lock)
        self._signals = NewSignals(session, target, mapped)
        self._most_names = load_names_per_number(session, target.today)
        running = load_cheque_campaigns(session).running(target.as_of)
        self._cheque_year = running.year if running else None
        self._foreseen: dict[str, list[Identity]] = defaultdict(list)
        self.former_holders: set[int] = set()

    def plan(self, checked: CheckResult) -> CasesPlan:
        """What the lines of a piece would change."""
        rows = [self._dated(row) for row in checked.accepted]
        self.accepted += len(rows)
        self.foreign += count_foreign(self.session, self.target, rows)
        known = open_cases(self.session, self.target, [row.reference for row in rows], self.lock)
        self.guard.add(rows, known)
        self._seen.update(case.id for case in known.values())
        self._refused.update(row.reference for row in checked.rejected)
        self._once_rejected.difference_update(row.reference for row in rows)
        people = People(self.session, self.target.partner_id, self.target.site_id, self._most_names)
        planned, aside = self._compare(rows, known, people)
        refused = [problem for row in aside for problem in row.problems]
        refused += [told for case in planned for told in self._told_otherwise(case, people)]
        refused += self._signals.warnings(planned)
        return CasesPlan(
            planned=self._signals.known_households(planned),
            rejected=[*checked.rejected, *aside],
            duplicates=checked.duplicates,
            problems=[*checked.problems, *refused],
            notes=checked.notes,
            people=people,
        )

    def _dated(self, row: CleanRow) -> CleanRow:
        """A "yes" of the energy cheque means the campaign of the file's day."""
        return row._replace(energy_cheque_year=self._cheque_year) if row.energy_cheque else row

    def doubts(self) -> list[Suspicion]:
        """What makes the whole file doubtful, after its last line; nothing for a continuation."""
        return [] if self.target.continues else self.guard.doubts()

    def finish(self, doubts: Iterable[Suspicion] = ()) -> Iterator[MissingCase]:
        """Cases of the previous file that this one does not name; none for a continuation.

        Nor for an older file, nor for one of which it is not decided that it is whole.

        They are read as one goes: there may be as many as the file has lines.
        Raises Refused when the file is plainly another partner's: most of its references are, not
        by chance.
        """
        if self.foreign >= _FEWEST_FOREIGN and self.foreign * 2 > self.accepted:
            raise Refused(
                N_(
                    "%(count)s références de ce fichier sur %(rows)s sont celles d'un autre "
                    "partenaire : vérifiez le partenaire choisi. Rien n'a été importé."
                ),
                count=self.foreign,
                rows=self.accepted,
            )
        return self._missing() if self.previous and not self.partial(doubts) else iter(())

    def partial(self, doubts: Iterable[Suspicion]) -> bool:
        """Whether the file has so few of the known cases that it passes for a part of one."""
        choices = {doubt.code: doubt.choice(self.examined.decisions) for doubt in doubts}
        return choices.get(FileDoubt.MANY_GONE) == "partial"

    def _missing(self) -> Iterator[MissingCase]:
        """Open cases that the previous files name, in accepted lines and then in rejected ones."""
        named = Case.last_batch_id.in_(self.previous)
        yield from self._not_seen(named)
        for some in chunks(sorted(self._once_rejected), PIECE):
            yield from self._not_seen(
                ~named,
                Case.partner_id == self.target.partner_id,
                Case.site_id == self.target.site_id,
                Case.campaign_kind == self.target.kind,
                Case.missing_since_batch_id.is_(None),
                among(self.session, Case.reference, some),
            )

    def _not_seen(self, *which: ColumnElement[bool]) -> Iterator[MissingCase]:
        rows = self.session.execute(
            select(Case.id, Case.reference, Case.debt_cents)
            .where(Case.state != CaseState.CLOSED, *which)
            .order_by(Case.reference),
            execution_options={"yield_per": PIECE},
        )
        for case_id, reference, debt_cents in rows:
            if case_id not in self._seen and reference not in self._refused:
                yield MissingCase(case_id, reference, debt_cents)

    def _told_otherwise(self, case: PlannedCase, people: People) -> Iterator[Problem]:
        """A warning for each word of the person that the line does not overwrite."""
        if case.known is None or (words := people.by_id[case.known.person_id].words) is NO_WORDS:
            return
        row, code = case.row, ProblemCode.PERSON_SAID_OTHERWISE
        for name in words.told_otherwise(row, case.known.id):
            fields = self.examined.mapping.fields
            column = fields.get(name) or fields.get("full_name")
            params: dict[str, str | int] = {"column": column or name}
            yield Problem(row.row_number, row.reference, code.severity, code, column, params)

    def _compare(
        self, rows: Iterable[CleanRow], known: dict[str, KnownCase], people: People
    ) -> tuple[list[PlannedCase], list[RejectedRow]]:
        """Each line beside its case; those that nobody may write yet are left aside."""
        site_id = self.target.site_id
        people.load(case.person_id for case in known.values() if case.site_id == site_id)
        lines = [(row, identity(row)) for row in rows]
        new = [line for line in lines if line[0].reference not in known]
        shapes = self._shapes.resembled(new, known.keys(), self._seen, people)
        self._seen.update(shape.case.id for shape in shapes.values())
        doubtful = self._doubtful(lines, known, people)
        people.look_up([said for _row, said in new] + [said for _row, said in doubtful])
        self._foresee(new, people)
        planned: list[PlannedCase] = []
        aside: list[RejectedRow] = []
        for row, said in lines:
            found = self._settle(row, said, known.get(row.reference), shapes, people)
            if isinstance(found, RejectedRow):
                aside.append(found)
                continue
            planned.append(found)
            if not self.lock and found.person.id is None and said.customer_reference:
                self._foreseen[said.customer_reference].append(said)
        return planned, aside

    def _settle(
        self,
        row: CleanRow,
        said: Identity,
        case: KnownCase | None,
        shapes: Mapping[str, Shape],
        people: People,
    ) -> PlannedCase | RejectedRow:
        """What becomes of one line, as the lead has decided where it is in doubt."""
        decided = None
        shape = shapes.get(row.reference) if case is None else None
        if shape is not None:
            code = ProblemCode.REFERENCE_CHANGED_SHAPE
            choice = SAME_CASE if shape.sure else self._decisions.get(code)
            if choice == SAME_CASE and shape.alone:
                case = shape.case
            elif choice != TWO_CASES:
                doubt = Doubt(shape.case.id, "", row.name)
                return reject(
                    row,
                    code,
                    self.examined,
                    {"value": row.reference, "known": shape.reference},
                    doubt=doubt,
                )
            decided = None if shape.sure else code
        if case is None:
            return self._new_case(row, said, people, decided)
        if case.site_id != self.target.site_id:
            return reject(row, ProblemCode.OTHER_SITE, self.examined)
        person = people.by_id[case.person_id]
        if self.new_only:
            return PlannedCase(row, said, person, case)
        if shape is None and is_doubtful(said, person, case, people):
            return self._other_holder(row, said, case, people)
        same = self._known_case(row, said, case, person)
        return same if decided is None else same._replace(decided=decided)

    def _known_case(
        self, row: CleanRow, said: Identity, case: KnownCase, person: Known, believed: bool = False
    ) -> PlannedCase:
        if person.reachable and self._decisions.get(NEW_PHONE) == "ignore":
            row = row._replace(phones=tuple(filter(person.phones.__contains__, row.phones)))
            said = identity(row)
        return compared(row, said, case, person, believed)

    def _new_case(
        self, row: CleanRow, said: Identity, people: People, decided: ProblemCode | None
    ) -> PlannedCase | RejectedRow:
        if row.debt_cents == 0:  # it settles nothing that we know
            return reject(row, ProblemCode.AMOUNT_NOT_POSITIVE, self.examined, {"value": "0"})
        if outside := self._signals.held(row):
            return reject(row, outside[0], self.examined, outside[1])
        holder = people.other_holder(said)
        if holder is None:
            return PlannedCase(row, said, people.find(said) or people.add(said), decided=decided)
        doubt, choice = Doubt(None, holder.name, row.name), self._decisions.get(_HOLDER)
        if choice == SAME_PERSON:
            return PlannedCase(row, said, holder, decided=_HOLDER, doubt=doubt)
        if choice != NEW_HOLDER:
            return self._undecided(row, _HOLDER, doubt)
        if holder.id is not None:
            self.former_holders.add(holder.id)
        person = people.find(said, sure=True) or people.add(said)
        return PlannedCase(row, said, person, decided=_HOLDER, doubt=doubt)

    def _other_holder(
        self, row: CleanRow, said: Identity, case: KnownCase, people: People
    ) -> PlannedCase | RejectedRow:
        """A line of a known reference that may speak of somebody else, as decided."""
        former = people.by_id[case.person_id]
        doubt, choice = Doubt(case.id, former.name, row.name), self._decisions.get(_HOLDER)
        if choice == SAME_PERSON:
            same = self._known_case(row, said, case, former, believed=True)
            return same._replace(decided=_HOLDER, doubt=doubt)
        if choice != NEW_HOLDER:
            return self._undecided(row, _HOLDER, doubt)
        if case.state == CaseState.IN_CALL:
            return self._undecided(row, ProblemCode.HOLDER_IN_CALL, doubt)
        if row.debt_cents == 0:
            return reject(row, ProblemCode.AMOUNT_NOT_POSITIVE, self.examined, {"value": "0"})
        person = people.find(said, sure=True) or people.add(said)
        return PlannedCase(row, said, person, decided=_HOLDER, doubt=doubt, former=case)

    def _undecided(self, row: CleanRow, code: ProblemCode, doubt: Doubt) -> RejectedRow:
        """A line that is held, or that a lead has refused."""
        refused = self._decisions.get(code) == "reject"
        return reject(row, code, self.examined, doubt=doubt, refused=refused)

    @property
    def _decisions(self) -> Mapping[str, str]:
        return self.examined.decisions

    def _doubtful(
        self,
        lines: Iterable[tuple[CleanRow, Identity]],
        known: Mapping[str, KnownCase],
        people: People,
    ) -> list[tuple[CleanRow, Identity]]:
        """The lines of known cases that may speak of another holder, where one is to be made."""
        if self._decisions.get(_HOLDER) != NEW_HOLDER:
            return []
        found = []
        for row, said in lines:
            case = known.get(row.reference)
            if case is not None and case.site_id == self.target.site_id:
                person = people.by_id[case.person_id]
                if is_doubtful(said, person, case, people):
                    found.append((row, said))
        return found

    def _foresee(self, new: Iterable[tuple[CleanRow, Identity]], people: People) -> None:
        """Without a commit, new people of earlier pieces are known to nobody else."""
        customers = {said.customer_reference for _row, said in new} & self._foreseen.keys()
        for customer in customers:
            for earlier in self._foreseen[customer or ""]:
                people.add(earlier)
