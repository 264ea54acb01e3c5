"""Addresses of the lead's desk."""

from flask import Blueprint

from energymed.web.lead import (
    absence,
    assign,
    columns,
    files,
    give,
    give_up,
    guide,
    history,
    letters,
    mend,
    missing,
    phrases,
    preview,
    progress,
    reports,
    team,
    texts,
)

blueprint = Blueprint("lead", __name__)
rule = blueprint.add_url_rule
ASKED = ["GET", "POST"]

rule("/files", "files", history.files)
rule("/files/search", "search_files", history.search_files, methods=["POST"])
rule("/files/new", "new_file", files.new_file, methods=["GET", "POST"])
rule("/files/<int:batch_id>", "file", preview.file)
rule("/files/<int:batch_id>/columns", "columns", columns.columns, methods=ASKED)
rule(
    "/files/<int:batch_id>/columns/count", "count_columns", columns.count_columns, methods=["POST"]
)
rule("/files/<int:batch_id>/search", "search_lines", history.search_lines, methods=["POST"])
rule("/files/<int:batch_id>/import", "commit_file", preview.commit_file, methods=["POST"])
rule("/files/<int:batch_id>/decide", "decide_file", preview.decide_file, methods=["POST"])
rule("/files/<int:batch_id>/progress", "progress", progress.progress)
rule("/files/<int:batch_id>/progress/stop", "stop_work", progress.stop_work, methods=["POST"])
rule("/files/<int:batch_id>/undo", "undo_file", history.undo_file, methods=ASKED)
rule("/files/<int:batch_id>/discard", "discard_file", give_up.discard_file, methods=ASKED)
rule("/files/<int:batch_id>/rejected.<any(csv, xlsx):form>", "rejected", history.rejected)
rule("/files/<int:batch_id>/lines/<int:row_number>", "mend_line", mend.mend_line, methods=ASKED)

rule("/files/<int:batch_id>/missing", "missing_of", missing.missing_of)
rule("/missing", "missing", missing.missing)
rule("/missing/search", "search_missing", missing.search_missing, methods=["POST"])
rule("/missing/act", "act_on_missing", missing.act_on_missing, methods=["POST"])
rule("/missing/take-back", "take_back_missing", missing.take_back_missing, methods=["POST"])
rule("/missing/export", "export_missing", missing.export_missing)

rule("/letters", "letters", letters.letters)
rule("/letters/search", "search_letters", letters.search_letters, methods=["POST"])
rule("/letters/sent", "letters_sent", letters.letters_sent, methods=["POST"])
rule("/letters/export", "export_letters", letters.export_letters)

rule("/texts", "texts", texts.texts)
rule("/texts/new", "new_text", texts.new_text, methods=ASKED)
rule("/texts/<int:text_id>", "text", texts.text, methods=ASKED)
rule("/texts/<int:text_id>/offer", "offer_text", texts.offer_text, methods=["POST"])
rule("/texts/sender", "sender", texts.sender, methods=ASKED)

rule("/assign", "assign", assign.assign)
rule("/assign/spread", "apply_spread", assign.apply_spread, methods=["POST"])
rule("/assign/by-hand", "assign_by_hand", assign.assign_by_hand, methods=["POST"])
rule("/assign/search", "search_pile", assign.search_pile, methods=["POST"])
rule("/assign/take-back", "take_back", absence.take_back, methods=["POST"])
rule("/assign/hand-over", "hand_over", absence.hand_over, methods=ASKED)
rule("/assign/hand-over/search", "search_held", absence.search_held, methods=["POST"])

rule("/team", "team", team.team)
rule("/team/when", "when", team.when)
rule("/team/callbacks/<int:case_id>", "give_callback", give.give_callback, methods=["POST"])
rule("/team/cutoffs/<int:case_id>", "give_cutoff", give.give_cutoff, methods=["POST"])

rule("/guide", "guide", guide.guide)
rule("/guide/phrases", "phrases", phrases.phrases, methods=ASKED)
rule("/guide/<kind>", "guide_of", guide.guide_of, methods=ASKED)

rule("/reports", "reports", reports.reports)
rule("/reports/<code>", "behind", reports.behind)
rule("/reports/deliver", "deliver", reports.deliver, methods=["POST"])
rule("/reports/deliveries/<int:delivery_id>", "delivery", reports.delivery)
