"""Codes of the trade: what is stored and compared, each with its French label. Pure."""

from enum import StrEnum
from functools import cache
from typing import Self, TypeVar, cast


class Code(StrEnum):
    """A family of codes: a member equals the text that is stored, and knows its label.

    A member is written `NAME = "code", N_("Étiquette")`, or `NAME = "code"` where nobody reads it.
    """

    label: str

    def __new__(cls, code: str, label: str = "") -> Self:
        """A member that is its code, with its French label."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    @classmethod
    @cache
    def labels(cls) -> dict[str, str]:
        """{code: French label} in the order in which people choose."""
        return {member: member.label for member in cls}


AnyCode = TypeVar("AnyCode", bound=Code)


def as_code(family: type[AnyCode], text: str | None) -> AnyCode | None:
    """The member that a text names, or None: for what comes from outside."""
    return cast(AnyCode | None, family._value2member_map_.get(text))
