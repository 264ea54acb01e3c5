"""A step of the guide in the reader's language; the team's own words are not translated."""

from flask_babel import gettext as _

from energymed.calling.guide import Step


def in_language(step: Step) -> Step:
    """One of our steps as the reader reads it."""
    return Step(*(_(text) if text else "" for text in (step.title, step.say, step.advice)))
