"""Addresses of the partner's desk."""

from flask import Blueprint

from energymed.web.partner import deposit, pages

blueprint = Blueprint("partner", __name__)
rule = blueprint.add_url_rule
rule("/partner", "overview", pages.overview)
rule("/partner/deposit", "deposit", deposit.deposit, methods=["GET", "POST"])
rule("/partner/indicators", "definitions", pages.definitions)
rule("/partner/indicators/<code>", "behind", pages.behind)
rule("/partner/indicators/<code>/export", "export_behind", pages.export_behind)
rule("/partner/deliveries", "deliveries", pages.deliveries)
rule("/partner/deliveries/<int:delivery_id>", "delivery", pages.delivery, methods=["POST"])
