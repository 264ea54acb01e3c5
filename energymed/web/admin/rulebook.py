"""The rules in force: who may be called when, and what each call result does; and their changes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.base.errors import DomainError, NotFound
from energymed.base.i18n import N_
from energymed.base.text.folding import whole_number
from energymed.partners.codes import CampaignKind, ResultCode
from energymed.partners.models import DatedRule
from energymed.partners.queries import campaigns
from energymed.partners.result_rules import PREFIX, RESULT_RULES, as_value
from energymed.partners.rule_changes import (
    Scope,
    change_rule,
    end_rule,
    rule_in_force,
    rules_on_file,
    rules_to_come,
    scopes_over,
)
from energymed.partners.rule_shapes import (
    CASCADE,
    FOR_EVERYBODY,
    MESSAGES,
    PROCEDURE,
    RULES,
    SIGNALS,
    SOLUTIONS,
    WAITING,
    is_known,
)
from energymed.partners.rulebook import DEFAULTS
from energymed.web.admin.rule_forms import RuleForm, form_of
from energymed.web.admin.rule_words import in_words, result_lines
from energymed.web.shared.errors import explain, sentence
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

# listed below the rules of calls
OF_A_SECTION = frozenset((*MESSAGES, *SIGNALS, *SOLUTIONS, *PROCEDURE, *WAITING, *CASCADE))


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule on the page: its value today, in words too; `own` when the scope has its own.

    `coming` are the changes planned, each with its first day.
    """

    code: str
    label: str
    help: str
    value: Any
    words: str
    rule: DatedRule | None
    own: bool
    coming: list[tuple[date, str]]


@dataclass(frozen=True, slots=True)
class Past:
    """A value of a rule, that it had, has or will have; `gone` is what its withdrawal means:
    nothing ("" : it cannot be withdrawn), a planned change, or all of the scope's own."""

    rule: DatedRule
    words: str
    own: bool
    gone: str


@requires("rules.manage")
def rules() -> str:
    """Every rule with its value today, for everybody, a mission or a campaign."""
    session, scope = reading().session, _asked()
    over = scopes_over(session, scope)
    codes = [code for code in RULES if scope.is_general or code not in FOR_EVERYBODY]
    return render_template(
        "admin/rules.html",
        scopes=_scopes(session),
        scope=request.args.get("scope", ""),
        rules=_lines(session, [code for code in codes if code not in OF_A_SECTION], over),
        procedure=_lines(session, [code for code in codes if code in PROCEDURE], over),
        messages=_lines(session, MESSAGES, over),
        signals=_lines(session, [code for code in codes if code in SIGNALS], over),
        solutions=_lines(session, [code for code in codes if code in SOLUTIONS], over),
        waiting=_lines(session, [code for code in codes if code in WAITING], over),
        cascade=_lines(session, CASCADE, over),
        results=_lines(session, [PREFIX + code for code in RESULT_RULES], over),
    )


@requires("rules.manage")
def rule(code: str) -> str | Response | tuple[str, int]:
    """One rule for one scope: its value, a change of it, and every value that it had."""
    if not is_known(code):
        raise NotFound(N_("Cette règle n'existe pas."))
    session, scope, form = reading().session, _asked(), form_of(code)
    over = scopes_over(session, scope)
    if form.validate_on_submit():
        try:
            with use_case() as ctx:
                dated = {"valid_from": form.valid_from.data, "source": form.source.data}
                change_rule(ctx, scope, code, form.value, **dated)
            flash(_("La règle est changée."), "success")
            return redirect(url_for("admin.rules", scope=request.args.get("scope")), 303)
        except DomainError as error:
            explain(form, error)
    line = _lines(session, [code], over)[0]
    if not form.is_submitted():
        form.valid_from.data = today()
        form.show(line.value)
    return _page(session, form, line, over), 422 if form.errors else 200


@requires("rules.manage")
def end(rule_id: int) -> Response:
    """Withdraw a planned change, or a campaign's or mission's own rule: the one above holds."""
    try:
        with use_case() as ctx:
            above_holds = end_rule(ctx, rule_id)
    except DomainError as error:
        flash(sentence(error), "warning")
    else:
        told = (
            N_("La règle plus générale vaut de nouveau.")
            if above_holds
            else N_("Le changement prévu est retiré.")
        )
        flash(_(told), "success")
    return redirect(url_for("admin.rules", scope=request.args.get("scope")), 303)


def _page(session: Session, form: RuleForm, line: RuleLine, over: list[Scope]) -> str:
    scope, of_result = request.args.get("scope", ""), line.code.startswith(PREFIX)
    return render_template(
        "admin/rule.html",
        form=form,
        line=line,
        scope=scope,
        scope_name=_scopes(session).get(scope, ""),
        effects=result_lines(line.code.removeprefix(PREFIX), line.value) if of_result else [],
        history=_history(session, line.code, over),
        today=today(),
    )


def _history(session: Session, code: str, over: list[Scope]) -> list[Past]:
    """Every value of a rule, and which of them may be withdrawn."""
    found = rules_on_file(session, [code], over)[code]
    holds, scope = rule_in_force(found, over, today()), over[0]

    def gone(rule: DatedRule) -> str:
        if not scope.owns(rule):
            return ""
        if rule.valid_from > today():
            return "planned"
        return "all" if rule is holds and not scope.is_general else ""

    return [
        Past(rule, in_words(code, rule.value["value"]), scope.owns(rule), gone(rule))
        for rule in found
    ]


def _lines(session: Session, codes: Collection[str], over: list[Scope]) -> list[RuleLine]:
    """Rules as they hold today for the first of the scopes."""
    on_file = rules_on_file(session, codes, over)
    return [_line(code, on_file[code], over) for code in codes]


def _line(code: str, found: Sequence[DatedRule], over: list[Scope]) -> RuleLine:
    holds = rule_in_force(found, over, today())
    if holds is not None:
        value = holds.value["value"]
    elif code in DEFAULTS:
        value = DEFAULTS[code][0]
    else:
        value = as_value(RESULT_RULES[code.removeprefix(PREFIX)])
    named = RULES.get(code) or ResultCode(code.removeprefix(PREFIX))
    explained = RULES[code].help if code in RULES else ""
    own = holds is not None and over[0].owns(holds)
    coming = [
        (one.valid_from, in_words(code, one.value["value"]))
        for one in rules_to_come(found, over, today())
    ]
    return RuleLine(code, named.label, explained, value, in_words(code, value), holds, own, coming)


def _asked() -> Scope:
    """The scope in the address: nothing, "kind-unpaid_bill" or "campaign-3"."""
    name, _dash, which = request.args.get("scope", "").partition("-")
    if name == "kind":
        return Scope(kind=which)
    if name == "campaign" and (number := whole_number(which)) is not None:
        return Scope(campaign_id=number)
    return Scope()


def _scopes(session: Session) -> dict[str, str]:
    """What may be chosen: everybody, each mission, each campaign."""
    kinds = {f"kind-{code}": _(label) for code, label in CampaignKind.labels().items()}
    own = {
        f"campaign-{each.id}": f"{each.partner.name} · {_(each.kind.label)}"
        for each in campaigns(session)
    }
    return {"": _("Toutes les campagnes"), **kinds, **own}
