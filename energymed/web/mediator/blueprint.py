"""Addresses of the mediator's desk."""

from flask import Blueprint

from energymed.web.mediator import (
    acts,
    call,
    case,
    cases,
    correction,
    day,
    dial,
    inbound,
    keep,
    message,
    queue,
    sequel,
    tasks,
)

blueprint = Blueprint("mediator", __name__)
rule = blueprint.add_url_rule
POST = ["POST"]
ASKED = ["GET", "POST"]

rule("/queue", "queue", queue.queue)
rule("/queue/next", "next_case", queue.next_case, methods=POST)

rule("/day", "day", day.day)
rule("/cases/<int:case_id>/handover", "handover", day.handover, methods=POST)

rule("/inbound", "inbound", inbound.inbound)
rule("/inbound", "find_caller", inbound.find, methods=POST)
rule("/inbound/<int:case_id>", "take_caller", inbound.take, methods=POST)

rule("/call/<int:case_id>", "call", call.call)
rule("/call/<int:case_id>", "save_call", call.save, methods=POST)
rule("/call/<int:case_id>/dial/<int:phone_id>", "dial", dial.dial, methods=POST)
rule("/call/<int:case_id>/line", "line", dial.line)
rule("/call/<int:case_id>/schedule", "schedule", call.schedule, methods=POST)
rule("/call/<int:case_id>/sequel", "sequel", sequel.sequel, methods=POST)
rule("/call/<int:case_id>/agenda", "agenda", sequel.agenda)
rule("/call/<int:case_id>/lease", "renew", keep.renew, methods=POST)
rule("/call/<int:case_id>/draft", "draft", keep.draft, methods=POST)
rule("/call/<int:case_id>/forget", "forget", keep.forget, methods=POST)
rule("/call/<int:case_id>/release", "release", keep.release, methods=POST)

rule("/cases", "cases", cases.cases)
rule("/cases", "search_cases", cases.search, methods=POST)
rule("/cases/<int:case_id>", "case", case.case)
rule("/cases/<int:case_id>/open", "open_case", case.open_case, methods=POST)
rule("/cases/<int:case_id>/queue", "queue_case", case.queue_case, methods=POST)
rule("/cases/<int:case_id>/contact", "contact", case.contact, methods=ASKED)
rule("/cases/<int:case_id>/message", "message", message.message)
rule("/cases/<int:case_id>/message", "send_message", message.send_message, methods=POST)
rule("/messages/<int:message_id>/retry", "retry_message", message.retry_message, methods=POST)
rule("/messages/<int:message_id>/cancel", "cancel_message", message.cancel_message, methods=POST)

rule("/contacts/<int:contact_id>/correct", "correct_call", correction.correct, methods=ASKED)
rule("/acts/<int:act_id>/void", "void_act", acts.void, methods=POST)
rule("/plans/<int:plan_id>/move", "move_plan", acts.move_plan, methods=POST)
rule("/instalments/<int:instalment_id>/mark", "mark_instalment", acts.mark, methods=POST)
rule("/aids/<int:aid_id>/move", "move_aid", acts.move_aid, methods=POST)

rule("/tasks", "tasks", tasks.tasks)
rule("/tasks", "search_tasks", tasks.search, methods=POST)
rule("/tasks/<int:follow_up_id>/finish", "finish_task", tasks.finish, methods=POST)
rule("/tasks/<int:follow_up_id>/postpone", "postpone_task", tasks.postpone, methods=POST)
