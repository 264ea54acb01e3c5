"""What a page of the help is made of. Every sentence is a msgid; « … » quotes words of a page."""

from dataclasses import dataclass, field
from typing import Any

WIDTH, HEIGHT = 960, 540  # px of every picture; made by tests/browser/test_help.py


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the first hour, and the page where it happens, if that has one address.

    `label` are the words of the link: those of the menu, where the page stands in it.
    """

    said: str
    endpoint: str = ""
    label: str = ""
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What may go wrong, and what to do then."""

    title: str
    said: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of one of our pages below `static/img/help/`; `alt` says what is to be seen."""

    name: str
    alt: str


@dataclass(frozen=True, slots=True)
class Guide:
    """The page of one role.

    `keys` are keys of the call desk, named as `mediator.call.keys.SINGLE` names them; `key_notes`
    are sentences about keys of every page. `ask` says whom to ask about what.
    """

    title: str
    purpose: tuple[str, str]
    steps: tuple[Step, ...]
    troubles: tuple[Trouble, ...]
    ask: tuple[str, ...]
    keys: tuple[str, ...] = ()
    key_notes: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
