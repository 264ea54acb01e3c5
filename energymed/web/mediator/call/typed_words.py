"""What has been typed on a desk so far, in words: for whoever reads along.

Only what the page shows of it: an answer to another result, or of an act that is not ticked any
more, is left out. Nothing of a household's budget, nor of an estimate, is told (`call_form.typed`).
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from wtforms import BooleanField, DateField, Field, RadioField, SelectField, SelectMultipleField
from wtforms.fields import TimeField

from energymed.calling.codes import REACHED, UNREACHED
from energymed.mediation.codes import ACT_KINDS, ActKind
from energymed.partners.codes import ResultCode
from energymed.web.mediator.call.act_fields import rows_of
from energymed.web.mediator.call.controls import MomentField
from energymed.web.mediator.call.forms import CallForm
from energymed.web.shared.fields import EuroField
from energymed.web.shared.filters import day, moment, money

CALL = ("phone_id", "incoming", "result")
DETAILS = ("relation", "identity_checked", "message_left", "hung_up_when", "language",
           "reported_by")  # fmt: skip
CALLBACK = ("callback_at", "callback_by", "callback_note")
CAUSES = ("causes", "main_cause")
NEXT = {"close": ("next_step", "closure"),
        "follow_up": ("next_step", "follow_up_at", "follow_up_note")}  # fmt: skip
WISHES = ("wish_from", "wish_until", "wish_days")
WRITTEN = ("written", "written_by", "written_variant")
PREFIXES = {
    ActKind.PLAN_AGREED: "plan_", ActKind.AID_OPENED: "aid_", ActKind.REFERRAL: "referral_",
    ActKind.ENERGY_CHEQUE_AWARENESS: "cheque_",
}  # fmt: skip
# who lives in a household, typed for an estimate alone; a version of words
UNTOLD = ("cheque_adults", "cheque_children", "cheque_half_children", "referral_consent_text")


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: the label of its control, and what was typed or chosen."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page, with what was typed in it."""

    title: str
    lines: list[Said]


def typed_words(
    form: CallForm, content: Mapping[str, Any], asks: Mapping[str, str], others: Collection[str]
) -> list[Part]:
    """Part by part what the form holds; `content` is the draft that it was filled from.

    Args:
        asks: {detail: results that ask for it}, as `call_form.page` has it.
        others: references of the other cases of the person that were ticked.
    """
    result, talked = form.result.data, form.result.data in REACHED
    details = [name for name in DETAILS if result in asks.get(name, "").split()]
    if result == ResultCode.CALLBACK_SET:
        details += CALLBACK
    if result in UNREACHED:
        details.append("neutral_sms")
    parts = [_part(form, content, _("L'appel"), [*CALL, *details])]
    if talked:
        parts.append(_part(form, content, _("Pourquoi"), CAUSES))
        parts += _acts(form, content)
        step = NEXT.get(form.next_step.data or "", ())
        parts.append(_part(form, content, _("Et ensuite"), step))
        if others:
            told = Said(_("Autres dossiers dont on a parlé"), ", ".join(others))
            parts.append(Part(_("Autres dossiers"), [told]))
        if form.written.data:
            parts.append(_part(form, content, _("Par écrit"), WRITTEN))
    parts.append(_part(form, content, _("Quand appeler la personne"), WISHES))
    parts.append(_part(form, content, _("Note"), ("note",)))
    return [part for part in parts if part.lines or part.title in _titles_of_acts(form, talked)]


def _acts(form: CallForm, content: Mapping[str, Any]) -> Iterator[Part]:
    for kind in _told_acts(form):
        prefix = PREFIXES.get(kind)
        names = [field.name for field in form if prefix and field.name.startswith(prefix)]
        names += [name for row in rows_of(kind) for name in row]
        yield _part(form, content, _(ACT_KINDS[kind]), names)


def _told_acts(form: CallForm) -> list[ActKind]:
    ticked = form.acts.data or ()
    return [kind for kind in ActKind if kind in ticked and kind != ActKind.BUDGET_STUDY]


def _titles_of_acts(form: CallForm, talked: bool) -> set[str]:
    """An act that is ticked is told even while nothing more is typed of it."""
    return {_(ACT_KINDS[kind]) for kind in _told_acts(form)} if talked else set()


def _part(
    form: CallForm, content: Mapping[str, Any], title: str, names: Collection[str]
) -> Part:  # fmt: skip
    told = [form[name] for name in names if name in content and name not in UNTOLD]
    said = [(str(field.label.text), _value(field)) for field in told]
    return Part(title, [Said(label, value) for label, value in said if value])


def _value(field: Field) -> str:
    """What stands in a control, as people read it; as it was typed where it cannot be read."""
    if field.process_errors:
        return str(field.raw_data[0]) if field.raw_data else ""
    if isinstance(field, BooleanField):
        return _("oui") if field.data else ""
    if isinstance(field, SelectMultipleField):
        return ", ".join(_chosen(field, field.data or ()))
    if isinstance(field, (SelectField, RadioField)):
        return ", ".join(_chosen(field, [field.data] if field.data not in (None, "") else ()))
    if isinstance(field, EuroField):
        return money(field.cents) if field.cents is not None else ""
    return _written(field)


def _written(field: Field) -> str:
    if field.data is None:
        return ""
    if isinstance(field, MomentField):
        return moment(field.moment)
    if isinstance(field, TimeField):
        return str(field.data.strftime("%H:%M"))
    if isinstance(field, DateField):
        return day(field.data)
    return str(field.data)


def _chosen(field: Any, values: Collection[Any]) -> Iterator[str]:
    wanted = {str(value) for value in values}
    for choice in field.iter_choices():
        if str(choice.value) in wanted:
            yield str(choice.label)
