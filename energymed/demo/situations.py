"""What the invented households say and what their files tell: causes of arrears, supplies.

Each follows from a number of its own, so that nothing else of the demo is drawn otherwise. Pure.
"""

from datetime import date, timedelta
from random import Random

from energymed.mediation.causes import Causes
from energymed.mediation.codes import Cause

# how many of a hundred name it first (P)
FIRST = {
    Cause.INCOME_DROP: 20, Cause.PRICE_RISE: 13, Cause.BILL_CATCH_UP: 12, Cause.SEVERAL_DEBTS: 9,
    Cause.MONTHLY_TOO_LOW: 7, Cause.POOR_HOUSING: 6, Cause.BENEFIT_DELAY: 5,
    Cause.ESTIMATED_BILL: 4, Cause.SEPARATION: 4, Cause.PAYMENT_INCIDENT: 4,
    Cause.HOUSEHOLD_CHANGE: 3, Cause.MOVE_OR_DOUBLE_CONTRACT: 3, Cause.BILL_NOT_RECEIVED: 2,
    Cause.FORGOTTEN: 2, Cause.CONTESTED: 2, Cause.LEAK_OR_FAULT: 1, Cause.PERSONAL_EVENT: 1,
    Cause.NOT_SAID: 2,
}  # fmt: skip
SECOND = (Cause.PRICE_RISE, Cause.SEVERAL_DEBTS, Cause.POOR_HOUSING, Cause.BENEFIT_DELAY)
WITH_A_SECOND = 0.25
LETTERS, LIMITED, HOME_SAID = 0.55, 0.3, 0.5  # of all; of those with two letters; of all


def causes_of(number: int) -> Causes:
    """The causes that the person of a serial number names."""
    random = Random(f"cause {number}")
    (main,) = random.choices(tuple(FIRST), tuple(FIRST.values()))
    other = random.choice(SECOND)
    if main in (other, Cause.NOT_SAID) or random.random() >= WITH_A_SECOND:
        return Causes(main)
    return Causes(main, (other,))


def supply_cells(number: int, energy: str, due: date, day: date) -> tuple[str, str, str, str, str]:
    """Cells of a file of `day`: limited since, first and second letter, main residence, meter.

    Water is neither reduced nor written about so; gas is not reduced.
    """
    random = Random(f"supply {number}")
    home = "O" if random.random() < HOME_SAID else ""
    meter = random.choice(("O", "O", "O", "N", "")) if energy != "Eau" else ""
    first = due + timedelta(days=random.randint(2, 9))
    second = first + timedelta(days=random.randint(16, 34))
    limited = second + timedelta(days=random.randint(20, 30))
    if energy == "Eau" or random.random() >= LETTERS or first > day:
        return "", "", "", home, meter
    is_limited = energy == "Électricité" and limited <= day and random.random() < LIMITED
    letters = (f"{first:%d/%m/%Y}", f"{second:%d/%m/%Y}" if second <= day else "")
    return f"{limited:%d/%m/%Y}" if is_limited else "", *letters, home, meter
