"""What every command shares: the app, JSON on stdout, errors in one sentence on stderr."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from typing import Any, ClassVar, NoReturn, ParamSpec, TypeVar

import click
from flask import Flask
from sqlalchemy.exc import ArgumentError, DataError, OperationalError, ProgrammingError

from energymed import create_app
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.base.errors import DomainError
from energymed.cli.usage import in_french
from energymed.config import load_settings

Given = ParamSpec("Given")
Result = TypeVar("Result")


class Commands(click.Group):
    """Commands loaded when they are called, whose errors end in one sentence and exit code 1.

    Typed wrong, they end with 2.
    """

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

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the words before the first command."""
        with in_french():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a domain error or a missing database ends it in one line."""
        try:
            with in_french():
                return super().invoke(ctx)
        except DomainError as error:
            fail(str(error))
        except click.Abort:
            fail("Interrompu : rien n'est fait.")
        except (UnicodeEncodeError, DataError):
            fail("Un texte a des signes qui ne peuvent pas être gardés : écrivez-le en UTF-8.")
        except ArgumentError:
            fail("L'adresse de la base de données ne se lit pas : vérifiez database_url.")
        except (OperationalError, ProgrammingError):
            fail("La base de données n'est pas prête : lancez « energymed init », puis réessayez.")
        except OSError as error:
            fail(f"{error.strerror or error} : {error.filename or ''}".rstrip(" :"))


def fail(sentence: str) -> NoReturn:
    """Say `sentence` on stderr and end with 1."""
    click.echo(sentence, err=True)
    sys.exit(1)


@contextmanager
def app_context() -> Iterator[Flask]:
    """The app of this installation, for a command that only needs the database."""
    app = create_app(load_settings(), serving=False)
    with app.app_context():
        try:
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

    @wraps(command)
    def wrapped(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        with app_context():
            return command(*args, **kwargs)

    return wrapped


def answer(data: object, *, as_json: bool, text: str = "") -> None:
    """Print the data as JSON, or the readable text."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str) if as_json else text)


json_option = click.option("--json", "as_json", is_flag=True, help="Réponse en JSON.")
