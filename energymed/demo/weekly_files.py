"""The files that partners send for the last two weeks, line by line, and their import."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random

from sqlalchemy.orm import Session

from energymed.base.clock import at_paris, today
from energymed.base.context import Context
from energymed.base.dates import next_working_day
from energymed.base.invented_people import BURGUNDY, DROME, Invented, euros, invent
from energymed.base.periods import week_of
from energymed.demo.columns import HEADERS, NAMES, SUPPLY
from energymed.demo.situations import supply_cells
from energymed.demo.stretches import this_week
from energymed.demo.team import Office
from energymed.intake.batches.imports import import_file
from energymed.intake.batches.uploads import Upload
from energymed.intake.codes import FileKind

Cells = dict[str, str]  # {header: cell}
SLOTS = ("8h-12h", "9h-13h", "13h-17h", "14h-18h")


@dataclass(frozen=True, slots=True)
class Weekly:
    """A partner's weekly file: lines of last week's, new ones in this week's, and how many stay.

    `tells_supply`: whether it has the columns of letters and measures.
    """

    partner: str
    kind: FileKind
    lines: int
    new: int
    kept: float
    energy: str = "Électricité"
    tells_supply: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    """Where the people of a site's files live, and their first serial number: no phone is shared.

    `called_first`: whose cases of this week are spread already, the others wait for the lead.
    """

    first_number: int
    weeklies: Sequence[Weekly]
    called_first: tuple[str, ...]


HOMES = {
    "pdp": Home(
        8_000,
        (
            Weekly("edf", FileKind.UNPAID_BILL, 64, 22, 0.75),
            Weekly("engie", FileKind.UNPAID_BILL, 28, 9, 0.75, "Gaz", tells_supply=True),
            Weekly("veolia", FileKind.UNPAID_BILL, 18, 6, 0.75, "Eau", tells_supply=True),
        ),
        ("edf",),
    ),
    "dijon": Home(
        8_800,
        (
            Weekly("edf", FileKind.UNPAID_BILL, 36, 14, 0.75),
            Weekly("enedis", FileKind.CUTOFF_NOTICE, 18, 24, 0),
            Weekly("enedis", FileKind.APPOINTMENT, 24, 20, 0.5),
        ),
        ("edf", "enedis"),
    ),
}


class WeeklyFiles:
    """Writes lines of one site's files, and imports them as its lead would."""

    def __init__(self, session: Session, random: Random, office: Office) -> None:
        self.session = session
        self.random = random
        self.office = office
        self.home = HOMES[office.site.code]
        self.place = BURGUNDY if office.site.code == "dijon" else DROME
        self.number = self.home.first_number

    def line(self, weekly: Weekly, day: date) -> Cells:
        """A line about somebody new in the file of `day`."""
        self.number += 1
        person = invent(self.random, self.number, self.place)
        if weekly.kind == FileKind.UNPAID_BILL:
            return self.unpaid(weekly, person, self.number, day)
        return self._network(weekly, person, day)

    def unpaid(self, weekly: Weekly, person: Invented, number: int, day: date) -> Cells:
        """A line about an unpaid bill."""
        debt = max(4_000, int(self.random.lognormvariate(10.7, 0.7)))
        due = day - timedelta(days=self.random.randint(25, 150))
        first, second = [f"0{phone[3:]}" for phone in (*person.phones, "+33")[:2]]
        cut = ""
        if weekly.energy != "Eau" and self.random.random() < 0.12:
            cut = f"{day + timedelta(days=self.random.randint(9, 25)):%d/%m/%Y}"
        cells = (
            f"{weekly.partner[:3].upper()}{day:%y}{number:07d}",
            person.customer_reference,
            person.civility,
            person.last_name,
            person.first_name,
            first,
            second if len(second) > 1 else "",
            f"client{number}@example.org" if number % 2 else "",
            person.address,
            person.postal_code,
            person.commune,
            weekly.energy,
            euros(debt),
            f"{due:%d/%m/%Y}",
            cut,
            self.random.choice(("O", "N", "N", "")),
            *supply_cells(number, weekly.energy, due, day),
        )
        return dict(zip(HEADERS[weekly.kind], cells, strict=True))

    def _network(self, weekly: Weekly, person: Invented, day: date) -> Cells:
        """A line about an intervention or a meter of the network."""
        cells = [
            f"{NAMES[weekly.kind].upper()}{day:%y}{self.number:07d}",
            f"38{self.number:012d}",
            person.last_name,
            person.first_name,
            f"0{person.phones[0][3:]}",
            person.address,
            person.postal_code,
            person.commune,
        ]
        if weekly.kind == FileKind.CUTOFF_NOTICE:
            soonest = today() if day >= this_week(today()) else day
            cut = next_working_day(soonest + timedelta(days=self.random.randint(1, 4)))
            cells += [f"{cut:%d/%m/%Y}", self.random.choice(SLOTS)]
        return dict(zip(HEADERS[weekly.kind], cells, strict=True))

    def take_in(self, weekly: Weekly, lines: Iterable[Cells], day: date) -> None:
        """Import a file of these lines, as it came in the morning of `day`."""
        left_out = () if weekly.tells_supply else SUPPLY
        listed = [
            {header: cell for header, cell in line.items() if header not in left_out}
            for line in lines
        ]
        rows = [";".join(listed[0]), *(";".join(line.values()) for line in listed)]
        week = week_of(day).code
        upload = Upload(
            partner=self.office.partners[weekly.partner],
            site=self.office.site,
            content="\r\n".join(rows).encode("cp1252", "replace"),
            file_name=f"{weekly.partner}-{NAMES[weekly.kind]}-{week.replace('W', 'S')}.csv",
            kind=weekly.kind,
            week=week,
        )
        ctx = Context(self.session, self.office.lead.as_actor(), at_paris(day, time(8, 40)))
        import_file(ctx, upload)
