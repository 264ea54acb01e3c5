"""Addresses of the admin desk."""

from flask import Blueprint

blueprint = Blueprint("admin", __name__)
