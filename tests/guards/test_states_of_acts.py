"""The states of plans, aids and requests are set at one place, which writes the journal."""

import ast

from tests.guards.source import name_of, python_files

WRITER = "energymed/mediation/moves.py"
RECORDS = {"Plan", "AidRequest", "PartnerRequest", "Act"}
SET_THERE = {"state", "state_on", "kept", "kept_on", "avoided_on"}
# what has a state too, and no journal of its own
OTHERS = {"instalment", "letter", "message", "batch", "line"}


def targets(tree: ast.AST) -> list[ast.expr]:
    """All that is assigned to, each name of a tuple by itself."""
    found: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            found += node.targets
        elif isinstance(node, ast.AnnAssign | ast.AugAssign):
            found.append(node.target)
    for each in found:
        if isinstance(each, ast.Tuple):
            found += each.elts
    return found


def writers(source: str) -> list[int]:
    """The lines of a module that set such a state, on a record or as it is made."""
    tree = ast.parse(source)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if not RECORDS & names:
        return []
    set_on = [
        each.lineno
        for each in targets(tree)
        if isinstance(each, ast.Attribute)
        and each.attr in SET_THERE
        and getattr(each.value, "id", "") not in OTHERS
    ]
    made_with = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in RECORDS
        and SET_THERE & {str(each.arg) for each in node.keywords}
    ]
    return sorted(set_on + made_with)


def test_states_are_set_with_their_move() -> None:
    found = {name_of(path): writers(path.read_text("utf-8")) for path in python_files("energymed")}
    assert {name for name, lines in found.items() if lines} == {WRITER}


def test_a_state_set_elsewhere_is_found_however_it_is_written() -> None:
    ways = (
        "plan.state = PlanState.KEPT",
        "before, plan.state, plan.ended_on = plan.state, state, today",
        "act.kept, act.kept_on = kept, today",
        "PartnerRequest(act_id=1, state=state)",
        "request.avoided_on: date = on",
    )
    for way in ways:
        assert writers(f"def move(p: Plan, r: PartnerRequest): ...\n{way}") != [], way
    assert writers("def read(p: Plan): ...\ninstalment.state = state\nheld = plan.state") == []
