"""When a person wishes to be called: "after 17:00", "not on Wednesdays". Pure.

It narrows the hours of the rules, and never widens them; a callback that the person agreed to is
above it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from energymed.base.errors import BadInput
from energymed.base.i18n import N_

WEEKDAYS = (
    N_("lundi"), N_("mardi"), N_("mercredi"), N_("jeudi"), N_("vendredi"), N_("samedi"),
)  # fmt: skip

Span = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Availability:
    """Not before, not after (at the place), and the weekdays that suit (0 = Monday; empty: any)."""

    not_before: time | None = None
    not_after: time | None = None
    weekdays: frozenset[int] = frozenset()

    def allows(self, weekday: int) -> bool:
        """Whether the person wishes to be called on that day of the week."""
        return not self.weekdays or weekday in self.weekdays

    def narrowed(self, spans: Collection[Span]) -> Iterator[Span]:
        """What is left of the spans of a day."""
        for start, end in spans:
            begins, ends = max(start, self.not_before or start), min(end, self.not_after or end)
            if begins < ends:
                yield begins, ends

    def kept(self) -> dict[str, Any] | None:
        """As a person's row keeps them; None for no wish at all."""
        if not (self.not_before or self.not_after or self.weekdays):
            return None
        return {
            "not_before": self.not_before.isoformat("minutes") if self.not_before else None,
            "not_after": self.not_after.isoformat("minutes") if self.not_after else None,
            "weekdays": sorted(self.weekdays),
        }


def availability_of(row: Mapping[str, Any] | None) -> Availability | None:
    """The availability that a person's row keeps."""
    if not row:
        return None
    return Availability(
        _time(row.get("not_before")), _time(row.get("not_after")),
        frozenset(row.get("weekdays") or ()),
    )  # fmt: skip


def availability_typed(
    not_before: time | None, not_after: time | None, weekdays: Collection[int]
) -> Availability:
    """What a person asked for on the phone; every day ticked is no wish."""
    days = frozenset(weekdays)
    return Availability(not_before, not_after, frozenset() if len(days) == len(WEEKDAYS) else days)


def check_availability(
    availability: Availability, hours: Collection[Span], weekdays: Collection[int]
) -> None:
    """Refuse an availability that leaves no time to call.

    Raises:
        BadInput: with `params["field"]`.
    """
    if not any(availability.narrowed(hours)) or not any(map(availability.allows, weekdays)):
        raise BadInput(
            N_("À ces heures, personne n'appelle : élargissez, ou notez un rappel convenu."),
            field="wish_from",
        )


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None
