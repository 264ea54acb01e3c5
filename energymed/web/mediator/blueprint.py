"""Addresses of the mediator's desk."""

from flask import Blueprint

from energymed.web.mediator.call import (
    autosave,
    call_page,
    cheque,
    consent_text,
    correction,
    dial,
    directory_lines,
    emergency,
    message,
    neutral_sms,
    next_step,
    presence,
    reading,
    rights,
    solution,
    written,
)
from energymed.web.mediator.case_file import (
    acts,
    asked,
    bulk,
    by_post,
    case_causes,
    case_list,
    case_page,
    close_case,
    correct_act,
    exchanges,
    instalments,
    mandates,
    needs,
    other_ways,
    person_word,
    referral_links,
    reopen_case,
    running,
    saved_views,
    solutions,
    supply,
    take_along,
)
from energymed.web.mediator.follow_ups import my_day, tasks, tray, visits
from energymed.web.mediator.queue import incoming_call, practice_page, queue_page, queue_rules

blueprint = Blueprint("mediator", __name__)
rule = blueprint.add_url_rule
POST = ["POST"]
FORM = ["GET", "POST"]

rule("/queue", "queue", queue_page.queue)
rule("/queue/next", "next_case", queue_page.next_case, methods=POST)
rule("/queue/rules", "queue_rules", queue_rules.queue_rules)
rule("/queue/practice", "practice", practice_page.practice, methods=POST)
rule("/practice", "practice_calls", practice_page.practice_calls)
rule("/practice/<int:case_id>", "practice_feedback", practice_page.feedback)
rule("/practice/<int:case_id>/again", "practise_again", practice_page.again, methods=POST)

rule("/day", "my_day", my_day.my_day)
rule("/cases/<int:case_id>/handover", "handover", my_day.handover, methods=POST)

rule("/inbound", "incoming_call", incoming_call.incoming_call)
rule("/inbound", "find_caller", incoming_call.find_caller, methods=POST)
rule("/inbound/<int:case_id>", "take_caller", incoming_call.take_caller, methods=POST)

rule("/call/<int:case_id>", "call", call_page.call)
rule("/call/<int:case_id>", "save_call", call_page.save, methods=POST)
rule("/call/<int:case_id>/dial/<int:phone_id>", "dial", dial.dial, methods=POST)
rule("/call/<int:case_id>/line", "line", dial.line)
rule("/call/<int:case_id>/schedule", "schedule", solution.schedule_typed, methods=POST)
rule("/call/<int:case_id>/cheque", "cheque_estimate", cheque.cheque_estimate, methods=POST)
rule("/call/<int:case_id>/rights", "rights_form", rights.rights_form)
rule("/call/<int:case_id>/rights", "check_rights", rights.check_rights, methods=POST)
rule("/call/<int:case_id>/budget.pdf", "budget_pdf", solution.budget_pdf, methods=POST)
rule("/call/<int:case_id>/next-step", "next_step", next_step.next_step, methods=POST)
rule("/cases/<int:case_id>/written", "written", written.written, methods=POST)
rule("/call/<int:case_id>/sms", "neutral_sms", neutral_sms.neutral_sms)
rule("/call/<int:case_id>/agenda", "callback_slots", next_step.callback_slots)
rule("/call/<int:case_id>/lease", "renew", autosave.renew, methods=POST)
rule("/call/<int:case_id>/draft", "draft", autosave.draft, methods=POST)
rule("/call/<int:case_id>/forget", "forget", autosave.forget, methods=POST)
rule("/call/<int:case_id>/alert", "note_alert", emergency.alert, methods=POST)
rule("/call/<int:case_id>/help", "help", presence.help_asked)
rule("/call/<int:case_id>/help", "ask_help", presence.ask, methods=POST)
rule("/call/<int:case_id>/help/end", "end_help", presence.end, methods=POST)
rule("/call/<int:case_id>/reading", "reading", reading.read_along)
rule("/presence", "choose_presence", presence.choose, methods=POST)
rule("/call/<int:case_id>/release", "release", autosave.release, methods=POST)

rule("/cases", "cases", case_list.cases)
rule("/cases", "search_cases", case_list.search, methods=POST)
rule("/cases/many", "preview_many", bulk.preview_many)
rule("/cases/many", "apply_many", bulk.apply_many, methods=POST)
rule("/cases/views", "keep_view", saved_views.keep_view, methods=POST)
rule("/cases/views/<int:view_id>", "open_view", saved_views.open_view)
rule("/cases/views/<int:view_id>/delete", "drop_view", saved_views.drop_view, methods=POST)
rule("/cases/<int:case_id>", "case", case_page.case)
rule("/cases/<int:case_id>/open", "open_case", case_page.open_case, methods=POST)
rule("/cases/<int:case_id>/queue", "queue_case", case_page.queue_case, methods=POST)
rule("/cases/<int:case_id>/reopen", "reopen_case", reopen_case.reopen, methods=POST)
rule("/cases/<int:case_id>/person", "say", person_word.say, methods=POST)
rule("/cases/<int:case_id>/supply", "say_supply", supply.say_supply, methods=POST)
rule("/cases/<int:case_id>/causes", "say_causes", case_causes.say_causes, methods=POST)
rule("/cases/<int:case_id>/move", "take_on", running.take_on, methods=POST)
rule("/cases/<int:case_id>/close", "close_case", close_case.close, methods=POST)
rule("/cases/<int:case_id>/directory/fund", "fund_line", directory_lines.fund_line)
rule("/cases/<int:case_id>/directory/body", "body_line", directory_lines.body_line)
rule("/cases/<int:case_id>/consent-text", "consent_text", consent_text.consent_text)
rule("/cases/<int:case_id>/contact", "contact", case_page.contact, methods=FORM)
rule("/cases/<int:case_id>/visit", "plan_visit", other_ways.plan, methods=POST)
rule("/cases/<int:case_id>/way/letter", "cascade_letter", other_ways.letter, methods=POST)
rule("/cases/<int:case_id>/way/decline", "decline_way", other_ways.decline, methods=POST)
rule("/ways/<int:declined_id>/again", "propose_again", other_ways.propose_again, methods=POST)
rule("/visits", "visits", visits.visits)
rule("/visits/round.pdf", "visits_pdf", visits.round_pdf)
rule("/visits/<int:case_id>/card", "card_left", visits.card_left, methods=POST)
rule("/cases/<int:case_id>/message", "message", message.message)
rule("/cases/<int:case_id>/message", "send_message", message.send_message, methods=POST)
rule("/messages/<int:message_id>/retry", "retry_message", message.retry_message, methods=POST)
rule("/messages/<int:message_id>/cancel", "cancel_message", message.cancel_message, methods=POST)

rule("/contacts/<int:contact_id>/correct", "correct_call", correction.correct, methods=FORM)
rule("/acts/<int:act_id>/correct", "correct_act", correct_act.correct, methods=FORM)
rule(
    "/contacts/<int:contact_id>/take-back",
    "take_back_exchange",
    exchanges.take_back,
    methods=POST,
)
rule("/acts/<int:act_id>/void", "void_act", correct_act.void, methods=POST)
rule("/cases/<int:case_id>/mandates", "note_mandate", mandates.note, methods=POST)
rule("/mandates/<int:mandate_id>/end", "end_mandate", mandates.end, methods=POST)
rule("/cases/<int:case_id>/needs", "note_need", needs.note, methods=POST)
rule("/needs/<int:need_id>/correct", "correct_need", needs.correct, methods=POST)
rule("/needs/<int:need_id>/end", "end_need", needs.end, methods=POST)
rule("/plans/<int:plan_id>/agreement.pdf", "plan_pdf", solutions.plan_pdf)
rule("/plans/<int:plan_id>/letter", "plan_letter", solutions.plan_letter_sent, methods=POST)
rule("/referrals/<int:referral_id>/sheet.pdf", "referral_pdf", take_along.referral_pdf)
referral = "/referrals/<int:referral_id>"
rule(f"{referral}/link", "make_link", referral_links.make, methods=POST)
rule(f"{referral}/link/revoke", "revoke_link", referral_links.revoke, methods=POST)
rule(f"{referral}/link/sheet.pdf", "linked_sheet", referral_links.linked_sheet, methods=POST)
rule(f"{referral}/consent/end", "end_consent", referral_links.end_consent, methods=POST)
rule("/acts/<int:act_id>/sheet", "sheet_by_post", by_post.sheet, methods=POST)
rule("/letters/<int:letter_id>/withdraw", "withdraw_sheet", by_post.withdraw, methods=POST)
rule("/aids/<int:aid_id>/papers.pdf", "papers_pdf", take_along.papers_pdf)
rule("/cases/<int:case_id>/cheque.pdf", "cheque_pdf", take_along.cheque_pdf)
rule("/contacts/<int:contact_id>/agreed.pdf", "agreed_pdf", take_along.agreed_pdf)
rule("/budgets/<int:budget_id>/summary.pdf", "kept_budget_pdf", solutions.kept_budget_pdf)
rule("/plans/<int:plan_id>/move", "move_plan", acts.move_plan, methods=POST)
rule("/instalments/<int:instalment_id>/said", "note_word", instalments.note_word, methods=POST)
rule(
    "/instalments/<int:instalment_id>/confirm",
    "confirm_instalment",
    instalments.confirm,
    methods=FORM,
)
rule(
    "/confirmations/<int:confirmation_id>/withdraw",
    "withdraw_confirmation",
    instalments.withdraw,
    methods=POST,
)
rule("/requests/<int:request_id>/avoided", "avoided", asked.avoided, methods=FORM)
rule(
    "/requests/<int:request_id>/not-avoided",
    "not_avoided",
    asked.not_avoided,
    methods=POST,
)
rule("/aids/<int:aid_id>/move", "move_aid", acts.move_aid, methods=POST)

rule("/tasks", "tasks", tasks.tasks)
rule("/tasks", "search_tasks", tasks.search, methods=POST)
rule("/tasks/move", "move_running", tray.move, methods=POST)
rule("/cases/<int:case_id>/pause", "pause_case", tray.pause, methods=POST)
rule("/tasks/<int:follow_up_id>/finish", "finish_task", tasks.finish, methods=POST)
rule("/tasks/<int:follow_up_id>/postpone", "postpone_task", tasks.postpone, methods=POST)
