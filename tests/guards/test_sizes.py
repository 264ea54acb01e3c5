"""Files and functions stay small enough to be read at one sitting."""

import ast
from pathlib import Path

import pytest

from tests.guards.source import ROOT, functions, name_of, python_files, templates

LINES_OF_A_FILE = 400
LINES_OF_A_TEST_FILE = 600
LINES_OF_A_FUNCTION = 50
LINES_OF_A_VIEW = 25
MARKS_OF_A_VIEW = ("requires", "public")
WRITTEN_BY_HAND = (".css", ".js")


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_long() -> None:
    static = [p for p in sorted((ROOT / "static").rglob("*")) if p.suffix in WRITTEN_BY_HAND]
    code = [*python_files("energymed", "tools"), *templates(), *static]
    sizes = [(name_of(path), lines(path)) for path in code]
    assert [size for size in sizes if size[1] > LINES_OF_A_FILE] == []


def test_no_test_file_is_long() -> None:
    sizes = [(name_of(path), lines(path)) for path in python_files("tests")]
    assert [size for size in sizes if size[1] > LINES_OF_A_TEST_FILE] == []


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the last one; decorators are not counted."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


@pytest.mark.slow
def test_no_function_is_long() -> None:
    long = [
        f"{name_of(path)}:{function.lineno} {function.name}: {length(function)} lines"
        for path in python_files("energymed", "tools", "tests")
        for function in functions(path)
        if length(function) > LINES_OF_A_FUNCTION
    ]
    assert long == []


def is_view(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function answers requests: it says who may enter."""
    marks = (getattr(mark, "func", mark) for mark in function.decorator_list)
    return any(getattr(mark, "id", "") in MARKS_OF_A_VIEW for mark in marks)


def test_a_view_authorises_parses_calls_one_use_case_and_answers() -> None:
    views = [
        (f"{name_of(path)} {function.name}", length(function))
        for path in python_files("energymed/web")
        for function in functions(path)
        if is_view(function)
    ]
    assert len(views) > 100
    assert [view for view in views if view[1] > LINES_OF_A_VIEW] == []
