"""The file guard: whether a whole file is what it seems, before anybody is told missing by it.

Lines may all be right while the file is wrong: of an older week, of another sender, half of one,
in euros where cents were meant. Each doubt has its choices (`checking.decisions`); the first of
them is what happens when nobody decides, and it is always the careful one: nobody is missing, or
nothing is imported.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any, Protocol

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from energymed.base.db.bulk import among
from energymed.base.errors import Refused
from energymed.base.text.folding import header_key, name_key
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, Person, Phone
from energymed.intake.checking.decisions import CHOICES, Decisions
from energymed.intake.codes import BatchState, FileDoubt, FileKind
from energymed.intake.models import Batch
from energymed.intake.rows import CleanRow, MappedFile
from energymed.partners.models import Partner

FEWEST = 10  # cases: of fewer, half may well be gone in a week
FEWEST_ALIKE = 5  # known amounts, or people, that say something of a whole file
JUMP = 8  # times: a bill never grows so in a week, a comma that is lost does it at once
PAID = 2  # times what was owed: a payment may be more than a debt, most payments are not
STOP = "stop"


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One thing that makes the whole file doubtful; `params` fill the places of its sentence."""

    code: FileDoubt
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The sentence to translate."""
        return self.code.label

    def choice(self, decisions: Decisions) -> str:
        """What was decided about it, or the careful choice."""
        return decisions.get(self.code) or next(iter(CHOICES[self.code]))


class Compared(Protocol):
    """A case as it stands, beside which a line is put."""

    @property
    def debt_cents(self) -> int | None:
        """What it owes."""

    @property
    def last_batch_id(self) -> int | None:
        """The file that named it last."""


class FileGuard:
    """Listens to the lines of a file as they are planned, and says what is doubtful in the end."""

    def __init__(
        self, session: Session, mapped: MappedFile, *, partner_id: int, site_id: int, as_of: date,
        previous: Iterable[int],
    ) -> None:  # fmt: skip
        self.session = session
        self.mapped = mapped
        self.partner_id, self.site_id, self.as_of = partner_id, site_id, as_of
        self.previous = list(previous)
        self.open_before = self._count_open()
        self.seen_again = self.accepted = self.total_cents = 0
        self._ratios: list[float] = []
        self._elsewhere: tuple[int, int] | None = None  # people known, of lines looked at

    def add(self, rows: list[CleanRow], known: Mapping[str, Compared]) -> None:
        """Take in a piece of accepted lines, and the cases that they are about."""
        self.accepted += len(rows)
        self.total_cents += sum(row.debt_cents or 0 for row in rows)
        before = set(self.previous)
        self.seen_again += sum(case.last_batch_id in before for case in known.values())
        for row in rows:
            case = known.get(row.reference)
            if case is not None and case.debt_cents and row.debt_cents:
                self._ratios.append(row.debt_cents / case.debt_cents)
        if self._elsewhere is None and rows:
            self._elsewhere = self._known_elsewhere(rows), len(rows)

    def doubts(self) -> list[Suspicion]:
        """What is doubtful, the gravest first; asked once, after the last line."""
        found = (
            self._other_sender(), self._elsewhere_doubt(), self._amounts_jumped(),
            self._older_week(), self._many_gone(),
        )  # fmt: skip
        return [doubt for doubt in found if doubt is not None]

    @property
    def gone(self) -> int:
        """How many open cases of the previous file this one does not name."""
        return max(0, self.open_before - self.seen_again)

    def _count_open(self) -> int:
        if not self.previous:
            return 0
        counted = select(func.count(Case.id)).where(
            Case.last_batch_id.in_(self.previous), Case.state != CaseState.CLOSED
        )
        return self.session.scalar(counted) or 0

    def _many_gone(self) -> Suspicion | None:
        if self.open_before < FEWEST or self.gone * 2 < self.open_before:
            return None
        return Suspicion(FileDoubt.MANY_GONE, {"gone": self.gone, "known": self.open_before})

    def _amounts_jumped(self) -> Suspicion | None:
        if len(self._ratios) >= FEWEST_ALIKE:
            times = median(self._ratios)
        else:
            times = self._times_the_last_file()
        if 1 / JUMP < times < JUMP:
            return None
        code = FileDoubt.AMOUNTS_JUMPED if times > 1 else FileDoubt.AMOUNTS_FELL
        return Suspicion(code, {"times": round(times if times > 1 else 1 / times)})

    def _times_the_last_file(self) -> float:
        """The average of this file over that of the last one; 1 when they say too little."""
        last = self._last(Batch.partner_id == self.partner_id)
        if last is None or not self.total_cents or not last.total_cents:
            return 1.0
        lines = last.created + last.updated + last.unchanged
        if lines < FEWEST or self.accepted < FEWEST:
            return 1.0
        return (self.total_cents / self.accepted) / (last.total_cents / lines)

    def _older_week(self) -> Suspicion | None:
        newer = self.session.scalar(
            select(Batch)
            .where(Batch.partner_id == self.partner_id, Batch.site_id == self.site_id)
            .where(Batch.kind == self.mapped.kind, Batch.state == BatchState.COMMITTED)
            .where(Batch.continues_id.is_(None), Batch.as_of > self.as_of)
            .order_by(Batch.as_of.desc(), Batch.id.desc())
            .limit(1)
        )
        if newer is None or newer.as_of is None:
            return None
        told = {"file": newer.file_name, "date": newer.as_of.strftime("%d/%m/%Y")}
        return Suspicion(FileDoubt.OLDER_WEEK, told)

    def _other_sender(self) -> Suspicion | None:
        partners = self.session.scalars(
            select(Partner).where(~Partner.practice).order_by(Partner.id)
        ).all()
        stem = f" {header_key(self.mapped.sheet.file_name.replace('_', ' '))} "
        named = [one for one in partners if f" {header_key(one.code)} " in stem]
        others = [one for one in named if one.id != self.partner_id]
        if others and len(others) == len(named):
            return Suspicion(FileDoubt.OTHER_SENDER, {"partner": others[0].name})
        titles = _titles(self.mapped.sheet.headers)
        own = self._last(Batch.partner_id == self.partner_id)
        if own is None or _titles(own.headers) == titles:
            return None
        for one in partners:
            theirs = self._last(Batch.partner_id == one.id) if one.id != self.partner_id else None
            if theirs is not None and _titles(theirs.headers) == titles:
                return Suspicion(FileDoubt.OTHER_SENDER, {"partner": one.name})
        return None

    def _last(self, whose: Any) -> Batch | None:
        return self.session.scalar(
            select(Batch)
            .where(whose, Batch.site_id == self.site_id, Batch.kind == self.mapped.kind)
            .where(Batch.state == BatchState.COMMITTED, Batch.continues_id.is_(None))
            .order_by(Batch.as_of.desc(), Batch.id.desc())
            .limit(1)
        )

    def _known_elsewhere(self, rows: list[CleanRow]) -> int:
        """How many of these people another partner's files named, with the same number."""
        numbers = {number for row in rows for number in row.phones}
        if not numbers or self.mapped.kind == FileKind.PAYMENTS:
            return 0
        phone, own, theirs = Phone, aliased(Person), aliased(Phone)
        ours = exists().where(
            own.id == theirs.person_id, theirs.e164 == phone.e164,
            own.partner_id == self.partner_id, own.site_id == self.site_id,
        )  # fmt: skip
        statement = (
            select(phone.e164, Person.name_key)
            .join(Person, Person.id == phone.person_id)
            .where(Person.partner_id != self.partner_id, Person.site_id == self.site_id, ~ours)
            .where(among(self.session, phone.e164, numbers))
        )
        found = {(number, name) for number, name in self.session.execute(statement)}
        return sum(
            any((number, name_key(row.last_name, row.first_name)) in found for number in row.phones)
            for row in rows
        )

    def _elsewhere_doubt(self) -> Suspicion | None:
        count, rows = self._elsewhere or (0, 0)
        if count < FEWEST_ALIKE or count * 2 <= rows:
            return None
        return Suspicion(FileDoubt.KNOWN_ELSEWHERE, {"count": count, "rows": rows})


def payments_jumped(paid_and_owed: Iterable[tuple[int, int]]) -> list[Suspicion]:
    """What makes a payments file doubtful: most of its payments are far above what was owed.

    Takes (cents paid, most cents owed) of each payment. Whoever has paid is called no more, so a
    comma that is lost would close every case.
    """
    times = [paid / owed for paid, owed in paid_and_owed if owed > 0]
    most = PAID if len(times) >= FEWEST_ALIKE else JUMP
    if not times or (middle := median(times)) < most:
        return []
    return [Suspicion(FileDoubt.AMOUNTS_JUMPED, {"times": round(middle)})]


def refuse_stopped(doubts: Iterable[Suspicion], decisions: Decisions) -> None:
    """Raise Refused with the sentence of the first doubt for which nobody said to go on."""
    for doubt in doubts:
        if doubt.choice(decisions) == STOP:
            raise Refused(doubt.message, **doubt.params, doubt=doubt.code)


def _titles(headers: Iterable[str]) -> frozenset[str]:
    return frozenset(map(header_key, headers))
