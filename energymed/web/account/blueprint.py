"""Addresses of one's own account."""

from flask import Blueprint

from energymed.web.account import pages, password, second_factor

blueprint = Blueprint("account", __name__)
rule = blueprint.add_url_rule
POST, FORM = ["POST"], ["GET", "POST"]

rule("/", "home", pages.home)
rule("/account", "profile", pages.profile)
rule("/account/language", "language", pages.language, methods=POST)
rule("/account/extension", "extension", pages.extension, methods=POST)
rule("/account/password", "password", password.password, methods=FORM)
second = "/account/second-factor"
rule(second, "second_factor", second_factor.second_factor, methods=FORM)
rule(f"{second}/change", "change_second_factor", second_factor.change_second_factor, methods=POST)
rule(f"{second}/drop", "drop_second_factor", second_factor.drop_second_factor, methods=POST)
rule(f"{second}/codes", "recovery_codes", second_factor.recovery_codes, methods=FORM)
rule(f"{second}/renew", "renew_recovery_codes", second_factor.renew_recovery_codes, methods=POST)
