"""Rights checked while the person listens; what is typed is answered and forgotten."""

from datetime import datetime, timedelta

from flask import render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, SelectField, StringField
from wtforms.validators import Length, Optional

from energymed.base.clock import now, today
from energymed.base.errors import BadInput, DomainError, TryLater
from energymed.cases.queries import get_case
from energymed.mediation.rights.answers import ASK_AT, TO_TELL, Answer, judge, question
from energymed.mediation.rights.engine_process import engine, installed
from energymed.mediation.rights.household import Adult, Home, Housing, Special, ages_told, check
from energymed.web.shared.errors import sentence
from energymed.web.shared.fields import EuroField, TickField, choices
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading

ASKING = timedelta(seconds=15)  # the page asks by itself while the engine loads
TONES = {"probable": "good", "unlikely": "neutral", "cannot_say": "warning"}


class RightsForm(FlaskForm):
    """Who lives together and of what; none of it is written anywhere."""

    class Meta:
        """Sent with the token of the page, checked for every form that is posted."""

        csrf = False

    def __init__(self) -> None:
        super().__init__(prefix="rights-")  # the desk has controls of the same names

    age = IntegerField(_l("Âge"), validators=[Optional()])
    work = EuroField(_l("Salaire"))
    pension = EuroField(_l("Retraite"))
    other = EuroField(_l("Chômage, autres"))
    couple = BooleanField(_l("Vit en couple"))
    partner_age = IntegerField(_l("Âge"), validators=[Optional()])
    partner_work = EuroField(_l("Salaire"))
    partner_pension = EuroField(_l("Retraite"))
    partner_other = EuroField(_l("Chômage, autres"))
    children = StringField(_l("Âge des enfants à charge"), validators=[Length(max=60)])
    housing = SelectField(_l("Logement"), choices=choices(Housing.labels(), empty=False))
    rent = EuroField(_l("Loyer, sans les charges"))
    special = TickField(_l("Dans le foyer"), choices=choices(Special.labels(), empty=False))

    def home(self) -> Home:
        """The household as typed.

        Raises:
            BadInput: a control that cannot be read or cannot be.
        """
        if not self.validate():
            wrong = next(control for control in self if control.errors)
            raise BadInput(
                f"{wrong.label.text}\N{NO-BREAK SPACE}: {wrong.errors[0]}", field=wrong.short_name
            )
        adults = ("", "partner_") if self.couple.data else ("",)
        home = Home(
            adults=tuple(self._adult(place) for place in adults),
            children=ages_told(self.children.data or ""),
            housing=Housing(self.housing.data),
            rent_cents=self.rent.cents or 0,
            special=frozenset(map(Special, self.special.data)),
        )
        check(home)
        return home

    def _adult(self, place: str) -> Adult:
        work, pension, other = (
            self[f"{place}{name}"].cents or 0 for name in ("work", "pension", "other")
        )
        return Adult(self[f"{place}age"].data or 0, work, pension, other)


@requires("queue.call")
def rights_form(case_id: int) -> str:
    """The questions; the engine begins to load while they are asked."""
    case = get_case(reading(), case_id)
    engine.start()
    return render_template("mediator/call/_rights_form.html", form=RightsForm(), case=case)


@requires("queue.call")
def check_rights(case_id: int) -> str:
    """What may be said of each right, for what was typed."""
    case = get_case(reading(), case_id)
    answers: list[Answer] = []
    problem = ""
    try:
        home = RightsForm().home()
        answers = judge(home, case.postal_code or "", engine.ask(question(home, today())))
    except TryLater:
        until = request.form.get("until", type=int)
        return render_template("mediator/call/_rights_awaited.html", case=case,
                               until=_ask_until(until, now()))  # fmt: skip
    except DomainError as error:
        problem = sentence(error)
    return render_template(
        "mediator/call/_rights_told.html", answers=answers, problem=problem, tones=TONES,
        to_tell=TO_TELL, ask_at=ASK_AT,
    )  # fmt: skip


def _ask_until(before: int | None, at: datetime) -> int | None:
    """When the page stops asking by itself (seconds of the clock), or None when it is time."""
    last = int((at + ASKING).timestamp())
    if before is None:
        return last
    return min(before, last) if before > at.timestamp() else None


def rights_page() -> dict[str, bool]:
    """Whether the desk offers the check: where the extra is installed."""
    return {"checks_rights": installed()}
