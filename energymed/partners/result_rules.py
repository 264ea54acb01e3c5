"""What each call result asks for and does, as declared (DOMAIN §9): a table, not code paths.

The general table is `RESULT_RULES`; a campaign may declare a result otherwise, by a row of
`dated_rule` whose code is `result.<code>` and whose value has the shape of `as_value`. What the
law fixes (an opposition, a death) is declared here and cannot be declared away.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from energymed.base.codes import Code, as_code
from energymed.partners.codes import (
    Again,
    CallbackBy,
    CaseEffect,
    Closure,
    NumberEffect,
    PersonEffect,
    ResultCode,
)

PREFIX = "result."
DETAILS = (
    "identity_checked", "relation", "message_left", "language", "reported_by", "hung_up_when",
    "phone",
)  # fmt: skip
MOST_HOURS = 24 * 14


@dataclass(frozen=True, slots=True)
class ResultRule:
    """One result of one campaign.

    `requires` are the details asked for; `case`, `number` and `person` name what happens to each
    (None: nothing). A case that is called again is so `again`, after `hours` where that says so.
    At the `most`-th time on one case it closes with `closure` instead (None: no limit of its
    own). `counts` is whether it is an attempt to reach the person. `by` says who calls back.
    """

    case: CaseEffect
    requires: tuple[str, ...] = ()
    number: NumberEffect | None = None
    person: PersonEffect | None = None
    closure: Closure | None = None
    again: Again = Again.OTHER_HALF_DAY
    hours: int = 18
    most: int | None = None
    counts: bool = True
    by: CallbackBy = CallbackBy.ME


RESULT_RULES: dict[str, ResultRule] = {
    ResultCode.REACHED_HOLDER: ResultRule(CaseEffect.OUTCOME, ("identity_checked",)),
    ResultCode.REACHED_MANDATED: ResultRule(CaseEffect.OUTCOME, ("relation", "identity_checked")),
    ResultCode.CALLBACK_SET: ResultRule(CaseEffect.CALLBACK),
    ResultCode.NO_ANSWER: ResultRule(CaseEffect.RETRY),
    ResultCode.BUSY: ResultRule(CaseEffect.RETRY, again=Again.SAME_DAY),
    ResultCode.VOICEMAIL_LEFT: ResultRule(CaseEffect.RETRY),
    ResultCode.VOICEMAIL_NONE: ResultRule(CaseEffect.RETRY),
    ResultCode.THIRD_PARTY: ResultRule(CaseEffect.RETRY, ("message_left",)),
    ResultCode.HUNG_UP: ResultRule(
        CaseEffect.RETRY, ("hung_up_when",), most=2, closure=Closure.REFUSED
    ),
    ResultCode.WRONG_NUMBER: ResultRule(
        CaseEffect.NEXT_NUMBER, ("phone",), number=NumberEffect.WRONG,
        closure=Closure.WRONG_DATA, counts=False,
    ),
    ResultCode.INVALID_NUMBER: ResultRule(
        CaseEffect.NEXT_NUMBER, ("phone",), number=NumberEffect.INVALID,
        closure=Closure.WRONG_DATA, counts=False,
    ),
    ResultCode.LANGUAGE_BARRIER: ResultRule(CaseEffect.INTERPRETER, ("language",)),
    ResultCode.TECHNICAL: ResultRule(CaseEffect.BACK, counts=False),
    ResultCode.REFUSED: ResultRule(
        CaseEffect.CLOSE, person=PersonEffect.RESTS, closure=Closure.REFUSED
    ),
    ResultCode.OPPOSED: ResultRule(
        CaseEffect.CLOSE, number=NumberEffect.OPPOSED, person=PersonEffect.OPPOSED,
        closure=Closure.OPPOSED,
    ),
    ResultCode.MOVED: ResultRule(CaseEffect.CLOSE, closure=Closure.MOVED),
    ResultCode.NOT_CUSTOMER: ResultRule(CaseEffect.CLOSE, closure=Closure.NOT_CUSTOMER),
    ResultCode.DECEASED: ResultRule(
        CaseEffect.CLOSE, ("reported_by",), person=PersonEffect.DECEASED, closure=Closure.DECEASED
    ),
}  # fmt: skip
# what a campaign may declare otherwise; the effects that the law asks for are not among them
DECLARABLE = ("requires", "again", "hours", "most", "closure", "by")
CALLED_AGAIN = (CaseEffect.RETRY, CaseEffect.CALLBACK)
_FAMILIES: dict[str, type[Code]] = {"again": Again, "closure": Closure, "by": CallbackBy}


def may_declare(code: str, name: str) -> bool:
    """Whether a campaign may declare this part of a result."""
    rule = RESULT_RULES[code]
    if name == "requires":
        return True
    if name == "by":
        return rule.case in CALLED_AGAIN
    if name == "closure":
        return rule.case == CaseEffect.RETRY
    return name in DECLARABLE and rule.case == CaseEffect.RETRY


def as_value(rule: ResultRule) -> dict[str, Any]:
    """The declarable part of a rule, in the shape in which a row keeps it."""
    value = {name: getattr(rule, name) for name in DECLARABLE}
    return {**value, "requires": list(rule.requires)}


def declared(code: str, value: Mapping[str, Any]) -> ResultRule:
    """The rule of a result with what a row declares; anything else in the row is passed over.

    What a result requires by nature (an identity check, the number) stays required.
    """
    rule = RESULT_RULES[code]
    own: dict[str, Any] = {
        name: as_code(_FAMILIES[name], each) if name in _FAMILIES else each
        for name, each in value.items()
        if name != "requires" and may_declare(code, name) and _makes_sense(name, each)
    }
    asked = tuple(name for name in value.get("requires", ()) if name in DETAILS)
    return replace(rule, **own, requires=tuple(dict.fromkeys((*rule.requires, *asked))))


def _makes_sense(name: str, value: object) -> bool:
    """False for a code that its family does not know."""
    return value is None or name not in _FAMILIES or value in _FAMILIES[name].labels()
