"""Forms of the rules, one for each shape of value: `value` reads it, `show` fills it in."""

import re
from datetime import time
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField, StringField
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    Regexp,
    ValidationError,
)

from energymed.base.text.typed import typed
from energymed.calling.eligibility.availability import WEEKDAYS
from energymed.partners.codes import ENERGIES, Again, CallbackBy
from energymed.partners.result_rules import PREFIX, RESULT_RULES, as_value, declared, may_declare
from energymed.partners.rule_shapes import GIVEN_UP, RULES
from energymed.web.admin.rule_words import DETAIL_NAMES, YES_NO
from energymed.web.mediator.call.controls import DayField, PickField
from energymed.web.shared.fields import EuroField, TickField, choices
from energymed.web.shared.filters import hour

# 9 h, 9 h 30, 9h30 or 9:30
CLOCK = r"(?:[01]?[0-9]|2[0-3])(?:\s*[:h]\s*[0-5][0-9]|\s*h)"
_SPAN = re.compile(rf"\s*({CLOCK})\s*[-–—à]\s*({CLOCK})\s*")
_DAY = re.compile(r"\s*([0-9]{1,2})\s*/\s*([0-9]{1,2})\s*\Z")


def _clock(text: str) -> str:
    hours, minutes = text.replace("h", ":").split(":")
    return f"{int(hours):02d}:{minutes.strip() or '00'}"


def _as_typed(clock: str) -> str:
    return typed(hour(time.fromisoformat(clock)))


class RuleForm(FlaskForm):  # type: ignore[misc]  # the base is untyped
    """What every change of a rule says: from which day, and why."""

    control: ClassVar[str] = ""
    valid_from = DayField(_l("À partir du"), validators=[DataRequired(_l("Donnez un jour."))])
    source = StringField(
        _l("Pourquoi, ou d'après quel texte"),
        validators=[DataRequired(_l("Dites pourquoi, ou d'après quel texte.")), Length(max=200)],
    )

    @property
    def value(self) -> Any:
        """What is typed, in the shape of the rule: that of the one `control`."""
        return self[self.control].data

    def show(self, value: Any) -> None:
        """Fill the form in with a value."""
        self[self.control].data = value


class WindowsForm(RuleForm):
    """Hours of the day."""

    windows = StringField(
        _l("Plages"),
        description=_l("Par exemple 9 h - 12 h 30, 13 h 30 - 19 h."),
        validators=[DataRequired(_l("Donnez au moins une plage."))],
    )

    def validate_windows(self, field: StringField) -> None:
        """Every piece is a span of two times."""
        if not all(_SPAN.fullmatch(piece) for piece in (field.data or "").split(",")):
            raise ValidationError(_l("Écrivez les plages comme 9 h - 12 h 30, 13 h 30 - 19 h."))

    @property
    def value(self) -> list[list[str]]:
        """Pairs of times."""
        pieces = map(_SPAN.fullmatch, (self.windows.data or "").split(","))
        return [[_clock(found[1]), _clock(found[2])] for found in pieces if found]

    def show(self, value: list[list[str]]) -> None:
        """As they are typed."""
        self.windows.data = ", ".join(" - ".join(map(_as_typed, span)) for span in value)


class WeekdaysForm(RuleForm):
    """Days of the week."""

    control = "weekdays"
    weekdays = TickField(
        _l("Jours"), coerce=int, choices=[(at, _l(name)) for at, name in enumerate(WEEKDAYS)]
    )

    @property
    def value(self) -> list[int]:
        """Numbers of days, Monday is 0."""
        return sorted(self.weekdays.data or [])


class BoundsForm(RuleForm):
    """First and last time of a day."""

    earliest = StringField(
        _l("Pas avant"), validators=[Regexp(f"^{CLOCK}$", message=_l("Écrivez l'heure : 8 h."))]
    )
    latest = StringField(
        _l("Pas après"), validators=[Regexp(f"^{CLOCK}$", message=_l("Écrivez l'heure : 20 h."))]
    )

    @property
    def value(self) -> list[str]:
        """Two times."""
        return [_clock(self.earliest.data or ""), _clock(self.latest.data or "")]

    def show(self, value: list[str]) -> None:
        """Two times."""
        self.earliest.data, self.latest.data = map(_as_typed, value)


class CountForm(RuleForm):
    """One number."""

    control = "number"
    number = IntegerField(_l("Nombre"), validators=[InputRequired(_l("Donnez un nombre."))])


class AmountForm(RuleForm):
    """An amount, typed in euros."""

    amount = EuroField(_l("Montant (€)"))

    @property
    def value(self) -> int | None:
        """In cents; None when nothing is typed."""
        return self.amount.cents

    def show(self, value: int) -> None:
        """In euros."""
        self.amount.data = f"{value / 100:.2f}".replace(".", ",")


class ChoiceForm(RuleForm):
    """Yes or no."""

    yes = RadioField(
        _l("Réponse"),
        choices=choices(YES_NO, empty=False),
        validators=[InputRequired(_l("Choisissez dans la liste."))],
        validate_choice=False,
    )

    @property
    def value(self) -> bool | None:
        """The answer; None for anything else."""
        return {"yes": True, "no": False}.get(self.yes.data or "")

    def show(self, value: bool) -> None:
        """The answer."""
        self.yes.data = "yes" if value else "no"


class EnergyForm(RuleForm):
    """What is supplied, or nothing said."""

    control = "energy"
    energy = PickField(_l("Énergie"), choices=choices(ENERGIES))

    @property
    def value(self) -> str:
        """A code, or ""."""
        return self.energy.data or ""


class PeriodForm(RuleForm):
    """Attempts in a period."""

    attempts = IntegerField(_l("Essais au plus"), validators=[InputRequired()])
    days = IntegerField(_l("Sur combien de jours"), validators=[InputRequired()])
    half_days = IntegerField(_l("Demi-journées différentes"), validators=[InputRequired()])

    @property
    def value(self) -> dict[str, int]:
        """Three numbers."""
        return {name: self[name].data for name in ("attempts", "days", "half_days")}

    def show(self, value: dict[str, int]) -> None:
        """Three numbers."""
        for name, number in value.items():
            self[name].data = number


class TruceForm(RuleForm):
    """First and last day of the year."""

    first = StringField(
        _l("Premier jour"),
        validators=[Regexp(_DAY, message=_l("Écrivez le jour et le mois : 01/11."))],
    )
    last = StringField(
        _l("Dernier jour"),
        validators=[Regexp(_DAY, message=_l("Écrivez le jour et le mois : 31/03."))],
    )

    @property
    def value(self) -> dict[str, list[int]]:
        """Month and day of each."""
        return {"from": self._month_day("first"), "to": self._month_day("last")}

    def _month_day(self, name: str) -> list[int]:
        found = _DAY.fullmatch(self[name].data or "")
        return [int(found[2]), int(found[1])] if found else []

    def show(self, value: dict[str, list[int]]) -> None:
        """Day before month, as people write."""
        for name, (month, day) in (("first", value["from"]), ("last", value["to"])):
            self[name].data = f"{day:02d}/{month:02d}"


class ResultForm(RuleForm):
    """What a campaign may declare of a call result."""

    requires = TickField(_l("Ce qui est demandé"), choices=choices(DETAIL_NAMES, empty=False))
    again = PickField(_l("Rappeler"), choices=choices(Again.labels(), empty=False))
    hours = IntegerField(
        _l("Heures d'attente"),
        description=_l("Pour un rappel après un nombre d'heures : 18, par exemple."),
        validators=[Optional()],
    )
    by = PickField(_l("Qui rappelle"), choices=choices(CallbackBy.labels(), empty=False))
    most = IntegerField(
        _l("Clore au bout de combien de fois"),
        description=_l("Vide : pas de limite propre à ce résultat."),
        validators=[Optional()],
    )
    closure = PickField(_l("Clore comme"), choices=choices({code: code.label for code in GIVEN_UP}))
    code = ""

    def of(self, code: str) -> None:
        """Keep only what this result leaves open."""
        self.code = code
        for name in ("requires", "again", "hours", "by", "most", "closure"):
            if not may_declare(code, name):
                del self[name]

    @property
    def value(self) -> dict[str, Any]:
        """What is declared; what this result does not leave open stays as it is."""
        known = as_value(RESULT_RULES[self.code])
        typed = {name: self[name].data for name in known if name in self}
        if "closure" in typed and not typed["most"]:
            typed["most"], typed["closure"] = None, known["closure"]
        if "hours" in typed and typed["hours"] is None and typed["again"] != Again.HOURS:
            typed["hours"] = known["hours"]
        return {**known, **typed}

    def show(self, value: dict[str, Any]) -> None:
        """What is declared now."""
        for name, each in as_value(declared(self.code, value)).items():
            if name in self:
                self[name].data = each


FORMS: dict[str, type[RuleForm]] = {
    "windows": WindowsForm,
    "weekdays": WeekdaysForm,
    "bounds": BoundsForm,
    "count": CountForm,
    "amount": AmountForm,
    "choice": ChoiceForm,
    "period": PeriodForm,
    "truce": TruceForm,
    "energy": EnergyForm,
}


def form_of(code: str) -> RuleForm:
    """The form of a rule (a key of `RULES`, or `result.<code>`)."""
    if code.startswith(PREFIX):
        form = ResultForm()
        form.of(code.removeprefix(PREFIX))
        return form
    kind = RULES[code]
    form_class = FORMS[kind.shape]
    made = form_class()
    if isinstance(made, ChoiceForm):
        made.yes.label.text = _l(kind.label)
    if isinstance(made, CountForm):
        made.number.label.text = _l(kind.label)
        made.number.description = f"{_l(kind.unit)} ({kind.least} – {kind.most})"
    return made
