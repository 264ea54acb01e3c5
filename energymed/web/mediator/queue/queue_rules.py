"""How the order of the queue is made, with the figures of each campaign, in plain words."""

from collections.abc import Iterable
from datetime import time
from typing import NamedTuple

from flask import render_template
from flask_babel import gettext as _

from energymed.base.clock import today
from energymed.calling.eligibility.availability import WEEKDAYS
from energymed.calling.eligibility.rules import calling_hours
from energymed.partners.campaign_rules import load_calling_rules_of
from energymed.partners.models import Campaign
from energymed.partners.queries import campaigns
from energymed.partners.rulebook import CallingRules, load_calling_rules
from energymed.web.shared.filters import hour, ngettext
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading

WORKING_WEEK = frozenset(range(5))


class Figures(NamedTuple):
    """What a campaign may have otherwise than the others, in words."""

    hours: str
    days: str
    attempts: str
    rest: str


@requires("queue.call")
def queue_rules() -> str:
    """The order, when a case is given, and the missions whose figures are others."""
    session = reading().session
    known, usual = campaigns(session), load_calling_rules(session, today())
    rules = load_calling_rules_of(
        session, today(), [(each.partner_id, each.kind) for each in known]
    )
    return render_template(
        "mediator/queue/rules.html",
        rules=usual,
        figures=_figures(usual),
        others=_others(usual, known, rules),
    )


def _others(
    usual: CallingRules, known: Iterable[Campaign], rules: dict[tuple[int, str], CallingRules]
) -> list[tuple[Campaign, Figures]]:
    """The missions of which something is otherwise than usual."""
    found = [(each, _figures(rules[each.partner_id, each.kind])) for each in known]
    return [(each, figures) for each, figures in found if figures != _figures(usual)]


def _figures(rules: CallingRules) -> Figures:
    """The figures of the rules, in words."""
    spans = [(hour(begins), hour(ends)) for begins, ends in _joined(rules)]
    days = _("du lundi au vendredi") if rules.weekdays == WORKING_WEEK else ", ".join(
        _(WEEKDAYS[at]) for at in sorted(rules.weekdays)
    )  # fmt: skip
    a_day = ngettext("%(num)s essai par jour", "%(num)s essais par jour", rules.attempts_per_day)
    period = _(
        "%(count)s en %(days)s jours", count=rules.attempts_per_period, days=rules.period_days
    )
    rest = ngettext("%(num)s jour", "%(num)s jours", rules.refusal_rest_days)
    hours = ", ".join(f"{begins} – {ends}" for begins, ends in spans)
    return Figures(hours, days, f"{a_day}, {period}", rest)


def _joined(rules: CallingRules) -> list[tuple[time, time]]:
    """The hours of a day, in one piece where they are cut at noon alone."""
    spans: list[tuple[time, time]] = []
    for begins, ends in calling_hours(rules):
        if spans and spans[-1][1] == begins:
            spans[-1] = (spans[-1][0], ends)
        else:
            spans.append((begins, ends))
    return spans
