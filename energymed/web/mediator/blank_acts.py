"""What may be agreed, as a fresh desk shows it: the same for every case of a mission on a day.

It is the largest part of the page and holds nothing of anybody, so it is drawn once; only the
amount to spread over a plan, which is the case's debt, is put into its place.
"""

from datetime import date
from functools import lru_cache

from flask import render_template
from flask_babel import get_locale
from markupsafe import Markup, escape

from energymed.base.clock import today
from energymed.cases.models import Case
from energymed.web.mediator import desk
from energymed.web.mediator.forms import CallForm

AMOUNT = "the-amount-of-this-case"


def blank_acts(case: Case) -> Markup:
    """The acts of the case's mission with nothing ticked, in the reader's language."""
    drawn = _drawn(case.campaign_kind, str(get_locale()), today())
    return Markup(drawn.replace(AMOUNT, escape(desk.euros(case.debt_cents))))  # noqa: S704


@lru_cache(maxsize=32)
def _drawn(kind: str, _language: str, day: date) -> str:
    form = CallForm(formdata=None)
    form.prepare(day)
    form.plan_amount.data = AMOUNT
    return render_template(
        "mediator/_acts.html", form=form, today=day, view=True, **desk.acts_page(kind)
    )
