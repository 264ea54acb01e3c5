"""Addresses of the administrator's desk."""

from flask import Blueprint

from energymed.web.admin import (
    audit,
    cheque_bands,
    cheque_campaigns,
    consent_text,
    conventions,
    directory,
    directory_entry,
    directory_file,
    emergencies,
    health,
    partners,
    rulebook,
    sites,
    team_import,
    user,
    users,
)

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
rule = blueprint.add_url_rule
rule("/", "home", users.home)
rule("/users", "users", users.users)
rule("/users/search", "search_users", users.search_users, methods=["POST"])
rule("/users/new", "new_user", users.new_user, methods=["GET", "POST"])
rule("/users/file", "team_file", team_import.team_file, methods=["GET", "POST"])
rule("/users/file/open", "open_accounts", team_import.open_accounts, methods=["POST"])
rule("/users/<int:user_id>", "user", user.user, methods=["GET", "POST"])
rule("/users/<int:user_id>/close", "close_user", user.close_user, methods=["GET", "POST"])
for step, name, view in (
    ("reopen", "reopen_user", user.reopen_user),
    ("invite", "invite_user", user.invite_user),
    ("reset", "reset_password", user.reset_password),
    ("unlock", "unlock_user", user.unlock_user),
    ("second-factor", "reset_second_factor", user.reset_second_factor),
):
    rule(f"/users/<int:user_id>/{step}", name, view, methods=["POST"])
both = ["GET", "POST"]
rule("/association", "association", sites.association, methods=both)
rule("/sites", "sites", sites.sites, methods=both)
rule("/sites/<int:site_id>", "site", sites.site, methods=both)
rule("/sites/<int:site_id>/use", "use_site", sites.use_site, methods=["POST"])
partner = "/partners/<int:partner_id>"
rule("/partners", "partners", partners.partners, methods=both)
rule(partner, "partner", partners.partner, methods=both)
rule(f"{partner}/contacts", "contacts", partners.contacts, methods=both)
rule(f"{partner}/told", "told", partners.told, methods=both)
rule(f"{partner}/use", "use_partner", partners.use_partner, methods=["POST"])
rule(f"{partner}/conventions", "conventions", conventions.conventions, methods=both)
rule(
    f"{partner}/conventions/<int:convention_id>", "convention", conventions.convention, methods=both
)
rule("/rules", "rules", rulebook.rules)
rule("/rules/<code>", "rule", rulebook.rule, methods=["GET", "POST"])
rule("/rules/<int:rule_id>/end", "end_rule", rulebook.end, methods=["POST"])
rule(
    "/cheque-campaigns/<int:year>/bands",
    "cheque_bands",
    cheque_bands.cheque_bands,
    methods=["POST"],
)
rule("/cheque-campaigns", "cheque_campaigns", cheque_campaigns.cheque_campaigns, methods=both)
rule(
    "/cheque-campaigns/<int:year>", "cheque_campaign", cheque_campaigns.cheque_campaign,
    methods=both,
)  # fmt: skip
rule("/directory", "directory", directory.directory)
rule("/directory.csv", "directory_csv", directory.as_file)
rule("/directory/new", "new_entry", directory_entry.new_entry, methods=both)
rule("/directory/file", "directory_file", directory_file.choose, methods=both)
rule("/directory/file/write", "write_directory", directory_file.write, methods=["POST"])
entry = "/directory/<any(fund, body):side>"
rule(f"{entry}/<int:entry_id>", "entry", directory_entry.entry, methods=both)
rule(f"{entry}/<int:entry_id>/end", "end_entry", directory_entry.end, methods=["POST"])
rule("/consent-text", "consent_text", consent_text.consent_text, methods=both)
rule("/emergencies", "emergencies", emergencies.emergencies)
rule("/emergencies/<situation>", "emergency", emergencies.emergency, methods=both)
rule("/audit", "audit", audit.events)
rule("/health", "health", health.health)
rule("/health/examination", "examination", health.examination)
rule("/health/examination", "examine", health.examine, methods=["POST"])
