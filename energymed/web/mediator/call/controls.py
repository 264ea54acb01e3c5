"""What the desk's forms share: choices, dates that exist, times of Paris, texts without numbers."""

from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from wtforms import DateField, DateTimeLocalField, SelectField, ValidationError

from energymed.base.clock import at_paris
from energymed.base.dates import FIRST_YEAR, LAST_YEAR
from energymed.base.errors import Refused
from energymed.base.text.free_text import refuse_sensitive
from energymed.web.shared.errors import sentence

LOCAL_TIME = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class PickField(SelectField):
    """One of a table of codes, or nothing: a folded part of the page does not send its controls."""

    def pre_validate(self, form: Any) -> None:
        """Nothing chosen is left to the service; anything else must be of the table."""
        if self.data:
            super().pre_validate(form)


class EntryField(PickField):
    """A row of the directory by its id, or its kind alone; the service judges what is chosen."""

    def pre_validate(self, form: Any) -> None:
        """Left to the service, which knows the place and the day."""


class DayField(DateField):
    """A day; a slip of the hand like the year 0206 is told, not kept."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the day."""
        super().process_formdata(valuelist)
        if _unlikely(self.data):
            self.data = None
            raise ValueError(_("Cette date n'existe pas."))


class MomentField(DateTimeLocalField):
    """A day with its time; an impossible year is told, not kept. `data` is as typed."""

    data: Any

    @property
    def moment(self) -> datetime | None:
        """What was typed, by the clocks of Paris; None for nothing."""
        return at_paris(self.data.date(), self.data.time()) if self.data else None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the moment."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Donnez le jour et l'heure.")) from None
        if _unlikely(self.data):
            self.data = None
            raise ValueError(_("Cette date n'existe pas."))


def _unlikely(day: date | None) -> bool:
    return day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR


def typed_moment(text: str | None) -> datetime | None:
    """What a control for date and time sent, by the clocks of Paris; None when it is none."""
    try:
        value = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return None if value.tzinfo or _unlikely(value) else at_paris(value.date(), value.time())


def typed_month(text: str | None) -> date | None:
    """The first day of a month that a control sent as "2026-12"; None when it is none."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return None if _unlikely(first) else first


def no_numbers(_form: Any, field: Any) -> None:
    """Refuse social-security numbers and IBANs in a free text (DOMAIN §12)."""
    try:
        refuse_sensitive(field.data, field.name)
    except Refused as error:
        raise ValidationError(sentence(error)) from error
