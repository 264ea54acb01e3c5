"""References that change shape between two files: '0012345' comes back as '12345' or '12345.0'.

A line of an unknown reference, whose bare key is that of an open case of the same person, would be
a second debt of that person: it is asked about. The case keeps its own reference, and a shape that
was once accepted for it is known from then on.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.db.bulk import PIECE, among
from energymed.base.db.chunks import chunks
from energymed.base.text.references import bare_key
from energymed.cases.codes import CaseState
from energymed.cases.known_people import Identity
from energymed.cases.models import Case
from energymed.cases.people import People
from energymed.intake.codes import BatchState, RowOutcome
from energymed.intake.importing.holder_changes import is_doubtful
from energymed.intake.importing.known_cases import KnownCase, Target, open_cases
from energymed.intake.models import Batch, BatchRow
from energymed.intake.rows import CleanRow


class Shape(NamedTuple):
    """The open case that an unknown reference resembles, one of its person's or the only one.

    `sure` when an earlier file brought this shape for it.
    """

    reference: str
    case: KnownCase
    alone: bool
    sure: bool


class KnownShapes:
    """The open cases of a partner's mission at a site that unknown references may mean.

    Those that the file itself opens are none of them: `_last_id` is that of the last case before.
    """

    def __init__(self, session: Session, target: Target, *, lock: bool) -> None:
        self.session, self.target, self.lock = session, target, lock
        self._last_id: int | None = None

    def resembled(
        self,
        new: Iterable[tuple[CleanRow, Identity]],
        named: Collection[str],
        seen: Collection[int],
        people: People,
    ) -> dict[str, Shape]:
        """{unknown reference: the open case of the same person that it resembles}.

        Args:
            named: references that the file names besides; their cases are no other's.
            seen: ids of the cases that it has named before.
        """
        said_of = {row.reference: said for row, said in new}
        alike = self._alike(said_of)
        if not alike:
            return {}
        others = {other for others in alike.values() for other in others if other not in named}
        cases = {
            reference: case
            for reference, case in open_cases(self.session, self.target, others, self.lock).items()
            if case.site_id == self.target.site_id and case.id not in seen
        }
        people.load(case.person_id for case in cases.values())
        accepted = accepted_shapes(self.session, alike, [case.id for case in cases.values()])
        found: dict[str, Shape] = {}
        for reference, resembled in alike.items():
            said = said_of[reference]
            same = [
                (other, case)
                for other in resembled
                if (case := cases.get(other))
                and not is_doubtful(said, people.by_id[case.person_id], case, people)
            ]
            if same:
                other, case = same[0]
                sure = (reference, case.id) in accepted
                found[reference] = Shape(other, case, alone=len(same) == 1, sure=sure)
        return found

    def _alike(self, references: Iterable[str]) -> dict[str, Sequence[str]]:
        """{reference: those of open cases that have its bare key}, where there are any."""
        keys = {one: key for one in references if (key := bare_key(one))}
        if not keys:
            return {}
        if self._last_id is None:
            self._last_id = self.session.scalar(select(func.max(Case.id))) or 0
        found: dict[str, list[str]] = defaultdict(list)
        for some in chunks(set(keys.values()), PIECE):
            open_ones = select(Case.bare_reference, Case.reference).where(
                Case.partner_id == self.target.partner_id,
                Case.site_id == self.target.site_id,
                Case.campaign_kind == self.target.kind,
                Case.state != CaseState.CLOSED,
                Case.id <= self._last_id,
                among(self.session, Case.bare_reference, some),
            )
            for key, known in self.session.execute(open_ones.order_by(Case.id)):
                found[key].append(known)
        return {one: found[key] for one, key in keys.items() if key in found}


def accepted_shapes(
    session: Session, references: Iterable[str], case_ids: Collection[int]
) -> set[tuple[str, int]]:
    """(reference, case id) of the shapes that earlier files brought for these cases."""
    found: set[tuple[str, int]] = set()
    wanted = set(references)
    for some in chunks(case_ids, PIECE):
        rows = session.execute(
            select(BatchRow.reference, BatchRow.case_id)
            .join(Batch, Batch.id == BatchRow.batch_id)
            .where(among(session, BatchRow.case_id, some), Batch.state == BatchState.COMMITTED)
            .where(BatchRow.outcome.in_((RowOutcome.UPDATED, RowOutcome.UNCHANGED)))
        )
        found.update(
            (reference, case_id)
            for reference, case_id in rows
            if reference in wanted and case_id is not None
        )
    return found
