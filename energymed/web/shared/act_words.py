"""What was agreed, in words: an act's own record, or its answers."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _

from energymed.mediation.details import FIELDS
from energymed.mediation.models import Act
from energymed.mediation.queries import CaseMediation
from energymed.web.shared.directory_names import name_with_kind
from energymed.web.shared.filters import day, meeting, money, ngettext


def act_details(found: CaseMediation) -> dict[int, str]:
    """{act: in detail}, for every act of a case."""
    told: dict[int, str] = {}
    for plan in found.plans:
        count = ngettext("%(num)s échéance", "%(num)s échéances", plan.instalment_count)
        told[plan.act_id] = f"{money(plan.amount_cents)} · {count}"
    told |= {aid.act_id: name_with_kind(aid.fund, aid.listed) for aid in found.aids}
    told |= {each.act_id: name_with_kind(each.body, each.listed) for each in found.referrals}
    told |= {each.act_id: _("Campagne %(year)s", year=each.campaign_year) for each in found.cheques}
    told |= {each.act_id: _(each.band.label) for each in found.budgets}
    return {act.id: told.get(act.id) or describe(act) for act in found.acts}


def describe(act: Act) -> str:
    """The answers of an act in words."""
    fields = FIELDS.get(act.kind, {})
    return " · ".join(
        WORDS[field.type](act.details[name], field.codes or {}, _(field.label))
        for name, field in fields.items()
        if name in act.details
    )


WORDS: dict[str, Callable[[Any, Any, str], str]] = {
    "date": lambda value, _codes, label: f"{label} {day(date.fromisoformat(value))}",
    "moment": lambda value, _codes, label: f"{label} {meeting(datetime.fromisoformat(value))}",
    "cents": lambda value, _codes, _label: money(value),
    "code": lambda value, table, _label: _(table.get(value, value)),
    "list": lambda value, table, _label: ", ".join(_(table.get(one, one)) for one in value),
    "text": lambda value, _codes, _label: value,
    "yes": lambda _value, _codes, label: label,
}
