"""A mediator's desk, as the tests of calling have it: what rooms join begins with a call."""

from tests.calling.conftest import desk

__all__ = ["desk"]
