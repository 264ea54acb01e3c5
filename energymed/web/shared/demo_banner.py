"""What the pages of a demo say of themselves: the time that it lives at, and how to sign in."""

from datetime import datetime

from babel.dates import format_date, format_time
from flask import Flask
from flask_babel import get_locale

from energymed.accounts.codes import Role
from energymed.base.clock import now, paris
from energymed.base.spoken_hours import spoken_hour
from energymed.config import Settings


def register(app: Flask) -> None:
    """Let every page know whether it is a demo's; a real installation's are told nothing."""
    settings: Settings = app.extensions["energymed"]
    app.jinja_env.globals.update(demo_logins=settings.demo_logins, demo_roles=Role.labels())
    app.context_processor(lambda: {"demo_clock": now() if settings.demo else None})
    app.add_template_filter(demo_day)
    app.add_template_filter(demo_time)


def demo_day(at: datetime) -> str:
    """lundi 30 nov."""
    return format_date(paris(at).date(), "EEEE d MMM", locale=_language())


def demo_time(at: datetime) -> str:
    """10 h or 10 h 05, as one says it; 10:05 in English."""
    local = paris(at)
    if _language() != "fr":
        return format_time(local, "H:mm", locale=_language())
    return spoken_hour(local)


def _language() -> str:
    return str(get_locale() or "fr")
