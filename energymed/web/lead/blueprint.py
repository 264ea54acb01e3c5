"""Addresses of the lead desk."""

from flask import Blueprint

blueprint = Blueprint("lead", __name__)
