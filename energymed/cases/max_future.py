"""How far ahead something may be promised: beyond a year it is a slip of the hand. Pure."""

from datetime import date, timedelta

from energymed.base.errors import BadInput
from energymed.base.i18n import N_

MAX_FUTURE = timedelta(days=366)


def check_max_future(day: date, today: date, field: str) -> None:
    """Refuse a day that lies too far ahead: a case must not be lost in the year 2062.

    Raises:
        BadInput: more than a year ahead, with `params["field"]`.
    """
    if day - today > MAX_FUTURE:
        raise BadInput(N_("Cette date est dans plus d'un an : vérifiez l'année."), field=field)
