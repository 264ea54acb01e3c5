"""The list of desks: each brings a blueprint that reads as the table of its addresses."""

from importlib import import_module

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

DESKS = ("account", "mediator", "lead", "partner", "admin", "exchange", "bodies", "setup")


class Identifier(IntegerConverter):
    """A number in an address: what no table can hold is an address that does not exist."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**31 - 1)


def register(app: Flask) -> None:
    """Hang every desk into the app."""
    app.url_map.converters["int"] = Identifier
    for desk in DESKS:
        app.register_blueprint(import_module(f"energymed.web.{desk}.blueprint").blueprint)
