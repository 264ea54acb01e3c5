"""Addresses of the lead's desk."""

from flask import Blueprint

from energymed.web.lead import assign, columns, files, give_up, mend, reports, team

blueprint = Blueprint("lead", __name__)
rule = blueprint.add_url_rule
ASKED = ["GET", "POST"]

rule("/files", "files", files.files)
rule("/files/new", "new_file", files.new_file, methods=["GET", "POST"])
rule("/files/<int:batch_id>", "file", files.file)
rule("/files/<int:batch_id>/columns", "columns", columns.columns, methods=ASKED)
rule(
    "/files/<int:batch_id>/columns/count", "count_columns", columns.count_columns, methods=["POST"]
)
rule("/files/<int:batch_id>/import", "commit_file", files.commit_file, methods=["POST"])
rule("/files/<int:batch_id>/undo", "undo_file", files.undo_file, methods=ASKED)
rule("/files/<int:batch_id>/discard", "discard_file", give_up.discard_file, methods=ASKED)
rule("/files/<int:batch_id>/rejected.<any(csv, xlsx):form>", "rejected", files.rejected)
rule("/files/<int:batch_id>/lines/<int:row_number>", "mend_line", mend.mend_line, methods=ASKED)

rule("/assign", "assign", assign.assign)
rule("/assign/spread", "apply_spread", assign.apply_spread, methods=["POST"])
rule("/assign/by-hand", "assign_by_hand", assign.assign_by_hand, methods=["POST"])
rule("/assign/take-back", "take_back", assign.take_back, methods=["POST"])
rule("/assign/hand-over", "hand_over", assign.hand_over, methods=["GET", "POST"])

rule("/team", "team", team.team)

rule("/reports", "reports", reports.reports)
rule("/reports/<code>", "behind", reports.behind)
rule("/reports/deliver", "deliver", reports.deliver, methods=["POST"])
rule("/reports/deliveries/<int:delivery_id>", "delivery", reports.delivery)
