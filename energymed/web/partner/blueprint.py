"""Addresses of the partner desk."""

from flask import Blueprint

blueprint = Blueprint("partner", __name__)
