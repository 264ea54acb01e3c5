"""Addresses of the lead's desk."""

from flask import Blueprint

from energymed.web.lead.assignment import cover, transfer, unassigned
from energymed.web.lead.files import (
    columns,
    discard_file,
    layouts,
    new_file,
    preview,
    progress,
    row_edits,
)
from energymed.web.lead.imported import history, missing_cases, repeated_cases
from energymed.web.lead.ledger import corrections
from energymed.web.lead.letters import letter_list, to_print
from energymed.web.lead.people import merge, same_people, split
from energymed.web.lead.reports import report_page
from energymed.web.lead.team import dashboard, formation
from energymed.web.lead.texts import call_script, letter_texts, message_texts, note_phrases

blueprint = Blueprint("lead", __name__)
rule = blueprint.add_url_rule
ASKED = ["GET", "POST"]

rule("/files", "files", history.files)
rule("/files/search", "search_files", history.search_files, methods=["POST"])
rule("/files/new", "new_file", new_file.new_file, methods=["GET", "POST"])
rule("/files/<int:batch_id>", "file", preview.file)
rule("/files/<int:batch_id>/columns", "columns", columns.columns, methods=ASKED)
rule(
    "/files/<int:batch_id>/columns/count", "count_columns", columns.count_columns, methods=["POST"]
)
rule("/files/<int:batch_id>/retarget", "retarget_file", columns.retarget_file, methods=["POST"])
rule(
    "/files/<int:batch_id>/corrections", "take_over_corrections", preview.take_over_corrections,
    methods=["POST"],
)  # fmt: skip
rule("/files/layouts", "layouts", layouts.layouts)
rule("/files/layouts/<int:profile_id>", "change_layout", layouts.change_layout, methods=["POST"])
rule("/files/<int:batch_id>/search", "search_lines", history.search_lines, methods=["POST"])
rule("/files/<int:batch_id>/import", "commit_file", preview.commit_file, methods=["POST"])
rule("/files/<int:batch_id>/decide", "decide_file", preview.decide_file, methods=["POST"])
rule("/files/<int:batch_id>/progress", "progress", progress.progress)
rule("/files/<int:batch_id>/progress/stop", "stop_work", progress.stop_work, methods=["POST"])
rule("/files/<int:batch_id>/undo", "undo_file", history.undo_file, methods=ASKED)
rule("/files/<int:batch_id>/discard", "discard_file", discard_file.discard_file, methods=ASKED)
rule("/files/<int:batch_id>/rejected.<any(csv, xlsx):form>", "rejected", history.rejected)
rule("/files/<int:batch_id>/lines/<int:row_number>", "edit_row", row_edits.edit_row, methods=ASKED)

rule("/files/<int:batch_id>/missing", "missing_of", missing_cases.missing_of)
rule("/missing", "missing", missing_cases.missing)
rule("/missing/search", "search_missing", missing_cases.search_missing, methods=["POST"])
rule("/missing/act", "act_on_missing", missing_cases.act_on_missing, methods=["POST"])
rule("/missing/undo", "undo_missing", missing_cases.undo_missing, methods=["POST"])
rule("/missing/export", "export_missing", missing_cases.export_missing)
rule("/repeats", "repeats", repeated_cases.repeats)
rule("/repeats/close", "close_repeats", repeated_cases.close_repeats, methods=["POST"])
rule("/repeats/undo", "undo_repeats", repeated_cases.undo_repeats, methods=["POST"])

rule("/letters", "letters", letter_list.letters)
rule("/letters/search", "search_letters", letter_list.search_letters, methods=["POST"])
rule("/letters/sent", "letters_sent", letter_list.letters_sent, methods=["POST"])
rule("/letters/print", "letters_to_print", to_print.letters_to_print)
rule("/letters/print.pdf", "letters_pdf", to_print.letters_pdf)
rule("/letters/printed", "letters_printed", to_print.letters_printed, methods=["POST"])
rule("/letters/withdrawn", "letters_withdrawn", to_print.letters_withdrawn, methods=["POST"])
rule("/letters/print/<int:letter_id>", "reword_letter", to_print.reword_letter, methods=["POST"])
rule("/letters/batch.pdf", "letters_batch", letter_list.letters_batch)
rule("/letters/export", "export_letters", letter_list.export_letters)

rule("/texts", "texts", message_texts.texts)
rule("/texts/new", "new_text", message_texts.new_text, methods=ASKED)
rule("/texts/<int:text_id>", "text", message_texts.text, methods=ASKED)
rule("/texts/<int:text_id>/offer", "offer_text", message_texts.offer_text, methods=["POST"])
rule("/texts/letters/new", "new_letter_text", letter_texts.new_letter_text, methods=ASKED)
rule("/texts/letters/<int:letter_text_id>", "letter_text", letter_texts.letter_text, methods=ASKED)
rule(
    "/texts/letters/<int:letter_text_id>/offer",
    "offer_letter_text",
    letter_texts.offer_letter_text,
    methods=["POST"],
)
rule("/texts/sender", "sender", message_texts.sender, methods=ASKED)

rule("/ledger/<int:entry_id>/reverse", "reverse_entry", corrections.reverse, methods=ASKED)
rule(
    "/cases/<int:case_id>/adjust/<any(correction, write_off):kind>",
    "adjust_debt",
    corrections.adjust,
    methods=ASKED,
)

rule("/assign", "assign", unassigned.assign)
rule("/assign/spread", "apply_spread", unassigned.apply_spread, methods=["POST"])
rule("/assign/by-hand", "assign_by_hand", unassigned.assign_by_hand, methods=["POST"])
rule("/assign/search", "search_unassigned", unassigned.search_unassigned, methods=["POST"])
rule("/assign/unassign", "unassign_held", cover.unassign_held, methods=["POST"])
rule("/assign/hand-over", "hand_over", cover.hand_over, methods=ASKED)
rule("/assign/hand-over/search", "search_held", cover.search_held, methods=["POST"])

rule("/people", "same_people", same_people.same_people)
rule("/people/<int:person_id>", "person", same_people.person)
rule("/people/<int:person_id>/find", "find_other", same_people.find_other, methods=["POST"])
rule("/people/<int:person_id>/merge/<int:other_id>", "merge", merge.merge)
rule("/people/<int:person_id>/merge/<int:other_id>", "merge_now", merge.merge_now, methods=["POST"])
rule("/people/<int:person_id>/split", "split", split.split)
rule("/people/<int:person_id>/split", "split_now", split.split_now, methods=["POST"])
rule(
    "/people/changes/<int:change_id>/undo", "undo_change", same_people.undo_change, methods=["POST"]
)

rule("/team", "team", dashboard.team)
rule("/team/help", "help_asked", dashboard.help_wanted)
rule("/team/when", "when", dashboard.when)
rule("/team/formation", "formation", formation.formation)
rule("/team/formation/<int:user_id>", "end_formation", formation.end, methods=["POST"])
rule("/team/callbacks/<int:case_id>", "give_callback", transfer.give_callback, methods=["POST"])
rule("/team/cutoffs/<int:case_id>", "give_cutoff", transfer.give_cutoff, methods=["POST"])

rule("/guide", "guide", call_script.guide)
rule("/guide/phrases", "phrases", note_phrases.phrases, methods=ASKED)
rule("/guide/<kind>", "guide_of", call_script.guide_of, methods=ASKED)

rule("/reports", "reports", report_page.reports)
rule("/reports/definitions", "definitions", report_page.definitions)
rule("/reports/<code>", "behind", report_page.behind)
rule("/reports/<code>/export", "export_behind", report_page.export_behind)
rule("/reports/deliver", "deliver", report_page.deliver, methods=["POST"])
rule("/reports/deliveries/<int:delivery_id>", "delivery", report_page.delivery)
