"""Addresses of one's own account."""

from flask import Blueprint

from energymed.web.account import pages, passwords

blueprint = Blueprint("account", __name__)
blueprint.add_url_rule("/", "home", pages.home)
blueprint.add_url_rule("/account", "profile", pages.profile)
blueprint.add_url_rule("/account/language", "language", pages.language, methods=["POST"])
blueprint.add_url_rule("/account/extension", "extension", pages.extension, methods=["POST"])
blueprint.add_url_rule("/account/second-factor", "second_factor", pages.second_factor)
blueprint.add_url_rule("/account/profile", "edit_profile", pages.edit_profile, methods=["POST"])
blueprint.add_url_rule("/invitation/<token>", "invitation", passwords.invitation,
                       methods=["GET", "POST"])  # fmt: skip
blueprint.add_url_rule("/forgotten", "forgotten", passwords.forgotten, methods=["GET", "POST"])
