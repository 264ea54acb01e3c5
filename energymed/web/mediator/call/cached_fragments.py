"""The parts of a fresh desk that hold nothing of anybody: results, acts, what follows.

They are the largest part of the page and the same for every case of a mission on a day, so they
are drawn once; only the case's number in addresses, its debt as the amount of a plan, and the funds
and bodies of its place are put into their places.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from flask import get_template_attribute, render_template
from flask_babel import get_locale
from markupsafe import Markup, escape

from energymed.base.clock import today
from energymed.mediation.causes import Causes
from energymed.mediation.holds import HoldProposal
from energymed.partners.codes import CampaignKind
from energymed.web.mediator.call import call_form
from energymed.web.mediator.call.cause_fields import causes_page, show_causes
from energymed.web.mediator.call.forms import CallForm
from energymed.web.mediator.call.hold_fields import propose_hold

AMOUNT = "the-amount-of-this-case"
FUND, BODY = Markup("the-funds-of-this-place"), Markup("the-bodies-of-this-place")
NO_CASE = 0  # the number of no case
PARTS = ("result", "causes", "acts", "next")


@dataclass(frozen=True, slots=True)
class Look:
    """All that the parts depend on."""

    kind: CampaignKind
    language: str
    day: date
    has_debt: bool
    has_plan: bool
    may_repeat: bool
    voicemail_allowed: bool
    voicemail_gap_days: int
    no_message: bool
    sends_sms: bool
    callback_by: str
    asks: tuple[tuple[str, str], ...]
    finals: tuple[str, ...]
    picks: tuple[tuple[str, str], ...]
    campaigns: tuple[int, ...]
    hold: HoldProposal


def cached_fragments(page: Mapping[str, Any], picks: list[tuple[str, str]]) -> dict[str, Markup]:
    """Each of `PARTS` with nothing chosen, in the reader's language; `page` as of `call_form`."""
    case, view = page["case"], page["view"]
    look = Look(
        case.campaign_kind, str(get_locale()), today(), case.debt_cents is not None,
        page["has_plan"],
        view.may_repeat, view.voicemail_allowed, view.voicemail_gap_days,
        view.no_message, page["sends_sms"], page["form"].callback_by.data,
        tuple(page["asks"].items()), page["finals"], tuple(picks),
        view.campaigns.talked_of(today()),
        page["hold"],
    )  # fmt: skip
    put = {AMOUNT: escape(call_form.euros(case.debt_cents)), f"/{NO_CASE}/": f"/{case.id}/"}
    drawn = _drawn(look)
    parts = {name: _put_in(drawn[name], put) for name in PARTS}
    field = get_template_attribute("components/fields.html", "field")
    form = page["form"]
    chosen = {FUND: form.aid_fund, BODY: form.referral_body}
    put = {place: field(each, optional_mark=False) for place, each in chosen.items()}
    return {**parts, "acts": _put_in(parts["acts"], put)}


def _put_in(text: str, values: Mapping[str, str]) -> Markup:
    for place, value in values.items():
        text = str(text).replace(str(place), str(value))
    return Markup(text)  # noqa: S704  # drawn by templates


@lru_cache(maxsize=64)
def _drawn(look: Look) -> dict[str, str]:
    form = CallForm(formdata=None)
    form.offer_campaigns(look.campaigns)
    form.offer_months(look.day)
    propose_hold(form, look.hold)
    show_causes(form, Causes())
    call_form.name_identity(form, has_debt=look.has_debt)
    call_form.offer_closures(form, look.kind, repeated=look.may_repeat)
    form.plan_amount.data, form.callback_by.data = AMOUNT, look.callback_by
    shown = {
        "form": form,
        "case": SimpleNamespace(id=NO_CASE),
        "view": look,  # for what it knows of voicemail
        "asks": dict(look.asks),
        "finals": look.finals,
        "sends_sms": look.sends_sms,
        "picks": look.picks,
        "today": look.day,
        "has_plan": look.has_plan,
        "places": {"fund": FUND, "body": BODY},
        "fund_told": None,
        "body_told": None,
        "consent_told": None,
        **call_form.results_page(),
        **call_form.acts_page(look.kind),
        **causes_page(look.kind),
    }
    return {name: render_template(f"mediator/call/_{name}.html", **shown) for name in PARTS}
