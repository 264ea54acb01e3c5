"""Addresses of one's own account."""

from flask import Blueprint

from energymed.web.account import pages, password_check, passwords, second_factor
from energymed.web.account.help import pages as help_pages

POST, FORM = ["POST"], ["GET", "POST"]

blueprint = Blueprint("account", __name__)
rule = blueprint.add_url_rule
rule("/", "home", pages.home)
rule("/welcome", "arrival", pages.arrival)
rule("/help", "help", help_pages.own_help)
rule("/help/<role>", "help_of", help_pages.help_of)
rule("/account", "profile", pages.profile)
rule("/account/profile", "edit_profile", pages.edit_profile, methods=POST)
rule("/account/language", "language", pages.language, methods=POST)
rule("/account/extension", "extension", pages.extension, methods=POST)
rule("/account/password/check", "check_password", password_check.check, methods=POST)
rule("/account/second-factor", "second_factor", second_factor.enrol)
rule("/account/second-factor/confirm", "confirm_factor", second_factor.confirm, methods=POST)
rule("/account/second-factor/drop", "drop_factor", second_factor.drop, methods=POST)
rule("/account/recovery-codes", "recovery_codes", second_factor.recovery_codes)
rule("/account/recovery-codes/new", "new_codes", second_factor.new_codes, methods=POST)
rule("/account/recovery-codes/kept", "keep_codes", second_factor.keep_codes, methods=POST)
rule(
    "/account/passkeys/<int:passkey_id>/remove", "remove_passkey", second_factor.remove_passkey,
    methods=POST,
)  # fmt: skip
rule("/invitation/<token>", "invitation", passwords.invitation, methods=FORM)
rule("/forgotten", "forgotten", passwords.forgotten, methods=FORM)
