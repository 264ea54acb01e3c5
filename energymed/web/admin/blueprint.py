"""Addresses of the administrator's desk."""

from flask import Blueprint

from energymed.web.admin import audit, places, rulebook, users

blueprint = Blueprint("admin", __name__, url_prefix="/admin")
rule = blueprint.add_url_rule
rule("/", "home", users.home)
rule("/users", "users", users.users)
rule("/users/search", "search_users", users.search_users, methods=["POST"])
rule("/users/new", "new_user", users.new_user, methods=["GET", "POST"])
rule("/users/<int:user_id>/active", "set_active", users.set_active, methods=["POST"])
rule(
    "/users/<int:user_id>/second-factor",
    "reset_second_factor",
    users.reset_second_factor,
    methods=["POST"],
)
rule("/sites", "sites", places.sites, methods=["GET", "POST"])
rule("/partners", "partners", places.partners, methods=["GET", "POST"])
rule("/rules", "rules", rulebook.rules)
rule("/rules/<code>", "rule", rulebook.rule, methods=["GET", "POST"])
rule("/rules/<int:rule_id>/end", "end_rule", rulebook.end, methods=["POST"])
rule("/audit", "audit", audit.events)
