"""The list of desks: each brings a blueprint that reads as the table of its addresses."""

from importlib import import_module

from flask import Flask

DESKS = ("account", "mediator", "lead", "partner", "admin")


def register(app: Flask) -> None:
    """Hang every desk into the app."""
    for desk in DESKS:
        app.register_blueprint(import_module(f"energymed.web.{desk}.blueprint").blueprint)
