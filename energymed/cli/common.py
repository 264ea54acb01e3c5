"""What every command shares: the app, a transaction, JSON on stdout."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

import click
from flask import Flask, current_app

from energymed import attach_sign_in, create_app
from energymed.base.context import SYSTEM, Context
from energymed.base.db import db, transaction
from energymed.base.loading import loading
from energymed.config import Settings, load_settings
from energymed.revisions import judge_schema

Given = ParamSpec("Given")
Result = TypeVar("Result")


def fail(sentence: str) -> NoReturn:
    """Say it on stderr and end with 1."""
    click.echo(sentence, err=True)
    sys.exit(1)


@contextmanager
def app_context(*, upgrades: bool = False, settings: Settings | None = None) -> Iterator[Flask]:
    """The app of this installation, for a command that only needs the database.

    Args:
        upgrades: whether the command brings an older schema up to date, or can do without.
        settings: those that the command has read already.
    """
    with loading():
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


def password_hash(password: str) -> str:
    """The argon2 hash to keep, made by what asks for the password at the sign-in."""
    from energymed.web.shared import sign_in

    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if "security" not in app.extensions:
        attach_sign_in(app, app.extensions["energymed"].secret_key or "signs nothing here")
    return sign_in.password_hash(password)


def answer(data: object, *, as_json: bool, text: str = "") -> None:
    """Print the data as JSON, or the readable text."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str) if as_json else text)


json_option = click.option("--json", "as_json", is_flag=True, help="Réponse en JSON.")
