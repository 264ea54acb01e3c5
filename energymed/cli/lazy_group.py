"""A group of commands, each of which is loaded when it is called: one waits for one's own alone."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from energymed.base.loading import loading

Places = Mapping[str, tuple[str, str]]
"""{name: (where it is, what the help says of it)}: to show the help loads none.

A test compares the words with the command's own; of a command without words the help is silent.
"""


class LazyGroup(click.Group):
    """Commands by their places, each "module:function" below `energymed.cli`."""

    def __init__(self, *args: Any, places: Places, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = places

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command that the help tells of, in its order."""
        return [name for name, (_place, told) in self.places.items() if told]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command; None when there is none of that name."""
        if cmd_name not in self.places:
            return None
        module, name = self.places[cmd_name][0].split(":")
        with loading():
            found: click.Command = getattr(import_module(f"energymed.cli.{module}"), name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading any."""
        with formatter.section("Commands"):
            told = [(name, self.places[name][1]) for name in self.list_commands(ctx)]
            formatter.write_dl(told)
