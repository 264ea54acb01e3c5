"""Addresses of the mediator desk."""

from flask import Blueprint

blueprint = Blueprint("mediator", __name__)
