"""What is owed, from day to day, as a line of steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from energymed.base.money import Cents
from energymed.web.shared.pictures.frame import EDGE, WIDTH, place

TOP, BOTTOM = 18, 78  # of the drawing; amounts stand above, days below
HEIGHT = 96


@dataclass(frozen=True, slots=True)
class Turn:
    """A day on which the debt changed; `paid`: by something that the partner confirmed."""

    x: float
    y: float
    paid: bool


@dataclass(frozen=True, slots=True)
class DebtLine:
    """The picture: `line` and `area` are paths; `ground` is where nothing is owed."""

    line: str
    area: str
    turns: Sequence[Turn]
    ground: float
    end: float
    opened: tuple[date, Cents]
    latest: tuple[date, Cents]
    height: float = HEIGHT
    width: float = WIDTH


def debt_line(moves: list[tuple[date, Cents, bool]], today: date) -> DebtLine | None:
    """The debt after each movement (day, amount, confirmed as paid); None where it never moved.

    The first movement opens it: what is dated before stands at its day. Movements of one day are
    one step.
    """
    balances: dict[date, tuple[Cents, bool]] = {}
    owed = 0
    for on, cents, paid in moves[:1] + sorted(moves[1:], key=lambda each: each[0]):
        day = max(on, moves[0][0])
        owed += cents
        balances[day] = (owed, paid or balances.get(day, (0, False))[1])
    if len(balances) < 2:
        return None
    days = list(balances)
    first, last = days[0], max(today, days[-1])
    least, most = (
        min(0, *(b for b, _paid in balances.values())),
        max(1, *(b for b, _paid in balances.values())),
    )

    def height(cents: Cents) -> float:
        return round(BOTTOM - (cents - least) / (most - least) * (BOTTOM - TOP), 1)

    turns = [Turn(place(d, first, last), height(b), paid) for d, (b, paid) in balances.items()]
    path = f"M{turns[0].x} {turns[0].y}" + "".join(f"H{each.x}V{each.y}" for each in turns[1:])
    end = WIDTH - EDGE
    ground = height(0)
    return DebtLine(
        line=f"{path}H{end}",
        area=f"{path}H{end}V{ground}H{turns[0].x}Z",
        turns=turns,
        ground=ground,
        end=end,
        opened=(first, balances[first][0]),
        latest=(last, owed),
    )
