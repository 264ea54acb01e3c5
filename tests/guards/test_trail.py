"""The audit trail is a record, never a source: what a later step needs has a column of its own."""

import ast

import pytest

from tests.guards.source import name_of, python_files

# shows the record to people; declares the table and writes it; knows every table
MAY_KNOW_IT = {
    "energymed/web/admin/audit.py",
    "energymed/base/audit.py",
    "energymed/privacy/retention.py",
}


def names_in(tree: ast.AST) -> set[str]:
    """Every name and text of a module by which the trail could be reached, docstrings aside."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.alias):
            found.add(node.name.rpartition(".")[2])
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.update(word for word in node.value.split() if word == "audit_event")
    return found


def readers(sources: dict[str, str]) -> list[str]:
    """The modules that know the trail's rows, and not only how to add one."""
    return [
        name
        for name, source in sources.items()
        if {"AuditEvent", "audit_event"} & names_in(ast.parse(source))
    ]


@pytest.mark.slow
def test_nothing_is_looked_up_in_the_trail() -> None:
    sources = {name_of(path): path.read_text("utf-8") for path in python_files("energymed")}
    assert set(readers(sources)) <= MAY_KNOW_IT


def test_a_reader_is_found_however_it_reaches_the_trail() -> None:
    ways = {
        "by import": "from energymed.base.audit import AuditEvent",
        "by module": "from energymed.base import audit\nselect(audit.AuditEvent)",
        "by name": "Model.metadata.tables['audit_event']",
        "by a statement": "text('SELECT id FROM audit_event')",
    }
    assert readers(ways) == list(ways)
    assert readers({"writing": "from energymed.base import audit\naudit.record(ctx)"}) == []
