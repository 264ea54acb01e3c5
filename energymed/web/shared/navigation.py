"""Registered with the app."""

from flask import Flask


def register(app: Flask) -> None:
    """Attach to the app."""
