"""Time is that of the place: the clocks of a French postal code. Pure.

Overseas territories have their own zone; every other code, an unknown one and none at all have the
time of Paris. Clocks of the mediators are those of Paris (`base.clock`).
"""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from energymed.base.clock import PARIS, at_zone

_ZONES = {
    start: ZoneInfo(name)
    for start, name in {
        "971": "America/Guadeloupe",
        "972": "America/Martinique",
        "973": "America/Cayenne",
        "974": "Indian/Reunion",
        "975": "America/Miquelon",
        "976": "Indian/Mayotte",
        "977": "America/St_Barthelemy",
        "978": "America/Marigot",
        "986": "Pacific/Wallis",
        "987": "Pacific/Tahiti",
        "988": "Pacific/Noumea",
    }.items()
}
OVERSEAS = tuple(_ZONES)


def zone_of(postal_code: str | None) -> ZoneInfo:
    """The zone of a postal code; Saint-Barthélemy and Saint-Martin keep the hours of 971."""
    return _ZONES.get((postal_code or "")[:3], PARIS)


def local(instant: datetime, postal_code: str | None) -> datetime:
    """The same instant as the clocks show it at the place."""
    return instant.astimezone(zone_of(postal_code))


def local_date(instant: datetime, postal_code: str | None) -> date:
    """The civil date at the place."""
    return local(instant, postal_code).date()


def at_local(day: date, clock_time: time, postal_code: str | None) -> datetime:
    """The instant (UTC) when the clocks of the place show `clock_time` on `day`."""
    return at_zone(day, clock_time, zone_of(postal_code))


def differs(instant: datetime, postal_code: str | None) -> bool:
    """Whether the clocks of the place and those of Paris show two times at this instant."""
    return local(instant, postal_code).utcoffset() != instant.astimezone(PARIS).utcoffset()
