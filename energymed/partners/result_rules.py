"""What each call result asks for and does, as declared (DOMAIN §9): a table, not code paths.

The general table is `RESULT_RULES`; a campaign may declare a result otherwise, by a row of
`dated_rule` whose code is `result.<code>` and whose value has the shape of `as_value`. What the
law fixes (an opposition, a death) is declared here and cannot be declared away.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

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

    case: str
    requires: tuple[str, ...] = ()
    number: str | None = None
    person: str | None = None
    closure: str | None = None
    again: str = "other_half_day"
    hours: int = 18
    most: int | None = None
    counts: bool = True
    by: str = "me"


RESULT_RULES: dict[str, ResultRule] = {
    "reached_holder": ResultRule("outcome", ("identity_checked",)),
    "reached_mandated": ResultRule("outcome", ("relation", "identity_checked")),
    "callback_set": ResultRule("callback"),
    "no_answer": ResultRule("retry"),
    "busy": ResultRule("retry", again="same_day"),
    "voicemail_left": ResultRule("retry"),
    "voicemail_none": ResultRule("retry"),
    "third_party": ResultRule("retry", ("message_left",)),
    "hung_up": ResultRule("retry", ("hung_up_when",), most=2, closure="refused"),
    "wrong_number": ResultRule(
        "next_number", ("phone",), number="wrong", closure="wrong_data", counts=False
    ),
    "invalid_number": ResultRule(
        "next_number", ("phone",), number="invalid", closure="wrong_data", counts=False
    ),
    "language_barrier": ResultRule("interpreter", ("language",)),
    "technical": ResultRule("back", counts=False),
    "refused": ResultRule("close", person="rests", closure="refused"),
    "opposed": ResultRule("close", number="opposed", person="opposed", closure="opposed"),
    "moved": ResultRule("close", closure="moved"),
    "not_customer": ResultRule("close", closure="not_customer"),
    "deceased": ResultRule("close", ("reported_by",), person="deceased", closure="deceased"),
}
# what a campaign may declare otherwise; the effects that the law asks for are not among them
DECLARABLE = ("requires", "again", "hours", "most", "closure", "by")
CALLED_AGAIN = ("retry", "callback")


def may_declare(code: str, name: str) -> bool:
    """Whether a campaign may declare this part of a result."""
    rule = RESULT_RULES[code]
    if name == "requires":
        return True
    if name == "by":
        return rule.case in CALLED_AGAIN
    if name == "closure":
        return rule.case == "retry"
    return name in DECLARABLE and rule.case == "retry"


def as_value(rule: ResultRule) -> dict[str, Any]:
    """The declarable part of a rule, in the shape in which a row keeps it."""
    value = asdict(rule)
    return {name: _plain(value[name]) for name in DECLARABLE}


def declared(code: str, value: Mapping[str, Any]) -> ResultRule:
    """The rule of a result with what a row declares; anything else in the row is passed over.

    What a result requires by nature (an identity check, the number) stays required.
    """
    rule = RESULT_RULES[code]
    known = {field.name for field in fields(ResultRule)}
    own = {
        name: each
        for name, each in value.items()
        if name in known and name != "requires" and may_declare(code, name)
    }
    asked = tuple(name for name in value.get("requires", ()) if name in DETAILS)
    return replace(rule, **own, requires=tuple(dict.fromkeys((*rule.requires, *asked))))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
