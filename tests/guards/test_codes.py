"""Codes are members of their family, never text: a typo is found by mypy, not by a customer."""

import ast
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from itertools import pairwise

import pytest

from energymed.base.codes import Code
from tests.guards.source import ROOT, name_of, python_files

NAMES = {
    "body", "campaign_kind", "channel", "closure", "effect", "frequency", "fund", "kind", "mode",
    "origin", "outcome", "queue_reason", "reason", "result", "role", "state", "status",
    "waiting_reason",
}  # fmt: skip
IN_A_LIST = {"in_", "not_in", "notin_"}


@cache
def codes() -> frozenset[str]:
    """Every code of every family."""
    for path in sorted((ROOT / "energymed").rglob("codes.py")):
        import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return frozenset(str(member) for family in Code.__subclasses__() for member in family)


def is_named(node: ast.expr | None) -> bool:
    """Whether this is `state`, `case.state`, `Case.state`…: something that holds a code."""
    if isinstance(node, ast.Attribute):
        return node.attr in NAMES
    return isinstance(node, ast.Name) and node.id in NAMES


def is_text(node: ast.expr | None) -> bool:
    """Whether this is a code written as text, or a list with one."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(is_text(element) for element in node.elts)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in codes()


def pairs(node: ast.AST) -> Iterator[tuple[ast.expr | None, ast.expr | None]]:
    """(what holds a code, what is put or held beside it) of one node."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        yield from pairwise(sides)
        yield from pairwise(reversed(sides))
    elif isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, ast.AnnAssign):
        yield node.target, node.value
    elif isinstance(node, ast.Call):
        yield from ((ast.Name(str(keyword.arg)), keyword.value) for keyword in node.keywords)
        if isinstance(node.func, ast.Attribute) and node.func.attr in IN_A_LIST and node.args:
            yield node.func.value, node.args[0]
    elif isinstance(node, ast.arguments):
        every = [*node.posonlyargs, *node.args]
        given = [*zip(reversed(every), reversed(node.defaults), strict=False)]
        given += [pair for pair in zip(node.kwonlyargs, node.kw_defaults, strict=True) if pair[1]]  # type: ignore[misc]
        yield from ((ast.Name(argument.arg), value) for argument, value in given)


def findings(source: str) -> list[int]:
    """The lines on which something that holds a code meets a code written as text."""
    return sorted(
        {
            node.lineno if hasattr(node, "lineno") else value.lineno
            for node in ast.walk(ast.parse(source))
            for holder, value in pairs(node)
            if value is not None and is_named(holder) and is_text(value)
        }
    )


@pytest.mark.slow
def test_codes_are_not_written_as_text() -> None:
    found = [
        f"{name_of(path)}:{line}"
        for path in python_files("energymed")
        for line in findings(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "case.state == 'closed'",
        "'closed' != state",
        "if case.state in ('queued', 'waiting'): pass",
        "select(Case).where(Case.state.in_(['queued']))",
        "case.state = 'closed'",
        "make(kind='payment')",
        "def record(channel='call_out'): pass",
        "def record(*, case, channel: str = 'call_out'): pass",
        "class Case:\n    state: str = 'queued'",
    ],
)
def test_the_guard_sees(source: str) -> None:
    assert findings(source)


def test_the_guard_lets_other_words_be() -> None:
    others = "case.state == CaseState.CLOSED; case.state == 'nowhere'; name = 'closed'"
    assert findings(others) == []
