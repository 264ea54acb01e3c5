"""What every command shares: the app, JSON on stdout, errors in one sentence on stderr."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from typing import ClassVar, NoReturn, ParamSpec, TypeVar

import click
from flask import Flask
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, InterfaceError

from energymed import create_app
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.base.db.trouble import database_trouble, disk_trouble
from energymed.base.errors import DomainError, Unusable
from energymed.config import Settings, load_settings
from energymed.revisions import judge_schema

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Commands(click.Group):
    """Commands loaded when they are called, whose errors end in one sentence and exit code 1."""

    places: ClassVar[dict[str, str]] = {
        "init": "setup:init",
        "user": "users:user",
        "setup": "organisation:setup",
        "site": "places:site",
        "partner": "places:partner",
        "import": "files:import_file",
        "undo-import": "files:undo_import",
        "assign": "work:assign",
        "export": "figures:export",
        "indicators": "figures:indicators",
        "ledger": "figures:ledger",
        "reverse-payment": "figures:reverse_payment",
        "jobs": "jobs:jobs",
        "backup": "backup:backup",
        "restore": "backup:restore",
        "backup-key": "backup:backup_key",
        "new-secrets": "backup:new_secrets",
        "serve": "server:serve",
        "demo": "server:demo",
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the help."""
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command; None when there is none of that name."""
        if cmd_name not in self.places:
            return None
        module, name = self.places[cmd_name].split(":")
        found: click.Command = getattr(import_module(f"energymed.cli.{module}"), name)
        return found

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what a person can act upon ends it in one line.

        With 1 when it is about what was asked, with 2 when the installation cannot be used.
        """
        try:
            return super().invoke(ctx)
        except DomainError as error:
            fail(error)
        except (IntegrityError, DataError):
            raise  # a fault of the program: its place is wanted
        except (DatabaseError, InterfaceError) as error:
            fail(database_trouble(error))
        except OSError as error:
            fail(disk_trouble(error) or f"{error.strerror or error} : {error.filename or ''}")


def fail(trouble: DomainError | str) -> NoReturn:
    """Say it on stderr and end with 1, or 2 for what is `Unusable`."""
    click.echo(str(trouble).rstrip(" :"), err=True)
    sys.exit(2 if isinstance(trouble, Unusable) else 1)


@contextmanager
def app_context(*, upgrades: bool = False, settings: Settings | None = None) -> Iterator[Flask]:
    """The app of this installation, for a command that only needs the database.

    Args:
        upgrades: whether the command brings an older schema up to date, or can do without.
        settings: those that the command has read already.
    """
    app = create_app(settings or load_settings(), serving=False)
    with app.app_context():
        try:
            with db.engine.connect() as connection:
                judge_schema(connection, upgrades=upgrades)
            yield app
        finally:  # the command may be one of several in this process
            db.session.remove()
            db.engine.dispose()


@contextmanager
def use_case() -> Iterator[Context]:
    """One use case of a command: one transaction, in the system's name."""
    with transaction() as session:
        yield Context(session, SYSTEM)


def reading() -> Context:
    """The context of a command that only reads, in the system's name."""
    return Context(db.session(), SYSTEM)


def with_app(command: Callable[Given, Result]) -> Callable[Given, Result]:
    """Run a command inside `app_context`."""
    return _inside(command, upgrades=False)


def with_any_schema(command: Callable[Given, Result]) -> Callable[Given, Result]:
    """`with_app` for a command that upgrades an older schema, or can do without."""
    return _inside(command, upgrades=True)


def _inside(command: Callable[Given, Result], *, upgrades: bool) -> Callable[Given, Result]:
    @wraps(command)
    def wrapped(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        with app_context(upgrades=upgrades):
            return command(*args, **kwargs)

    return wrapped


def answer(data: object, *, as_json: bool, text: str = "") -> None:
    """Print the data as JSON, or the readable text."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str) if as_json else text)


json_option = click.option("--json", "as_json", is_flag=True, help="Réponse en JSON.")
