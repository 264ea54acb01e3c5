"""Form fields of our own, choices from tables of codes, and the limits of a file that is sent."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import SelectChoice, SelectMultipleField, StringField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from energymed.base.money import parse_cents
from energymed.intake.reading.file_safety import MAX_MEGABYTES, MAX_ROWS
from energymed.web.shared.filters import number

TOO_LARGE = _l(
    "Ce fichier dépasse %(limit)s Mo. Rien n'a été enregistré : découpez-le et réessayez.",
    limit=MAX_MEGABYTES,
)
ACCEPTED_FILES = _l(
    "CSV, TXT, XLSX, XLS ou ODS ; %(limit)s Mo et %(rows)s lignes au plus.",
    limit=MAX_MEGABYTES,
    rows=LazyString(number, MAX_ROWS),
)


def choices(table: Mapping[str, object], *, empty: bool = True) -> list[SelectChoice]:
    """Choices of a select from a table of codes and labels."""
    listed = [
        SelectChoice(code, _l(label) if isinstance(label, str) else label)
        for code, label in table.items()
    ]
    return [SelectChoice("", "—"), *listed] if empty else listed


class EuroField(StringField):
    """An amount typed as people type it; `cents` is its value, None when empty."""

    cents: int | None = None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Parse the amount; what cannot be read keeps the text and says so."""
        super().process_formdata(valuelist)
        text = (self.data or "").strip()
        try:
            self.cents = parse_cents(text) if text else None
        except ValueError:
            raise ValueError(self.gettext("Ce montant ne se lit pas : écrivez 12,50.")) from None

    def show(self, cents: int | None) -> None:
        """Fill the control with an amount, as people type it."""
        self.cents = cents
        self.data = "" if cents is None else format_decimal(cents / 100, "0.00")


class MayBeLeft(Optional):  # type: ignore[misc]  # the base is untyped
    """For a choice that may be left open. Blanks are no choice and not nothing: they are refused.

    WTForms' own `Optional` takes back what was found wrong with a text of blanks, which then goes
    on as the value.
    """

    def __init__(self) -> None:
        super().__init__(strip_whitespace=False)


class TickField(SelectMultipleField):
    """Several boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()
    data: list[Any]

    def process_data(self, value: Iterable[object] | None) -> None:
        """What is ticked before anything is sent; nothing is no box, and not no answer."""
        super().process_data(value)
        self.data = self.data or []
