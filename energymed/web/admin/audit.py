"""The audit trail, read only."""

from flask import render_template
from sqlalchemy import select

from energymed.accounts.queries import names_by_id
from energymed.base.audit import AuditEvent
from energymed.web.shared.list_filters import ListFilters
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading


@requires("audit.see")
def events() -> str:
    """Every change of state, newest first, filtered by action or record."""
    given, session = ListFilters(), reading().session
    action, entity = given.text("action"), given.text("entity")
    statement = select(AuditEvent).order_by(AuditEvent.id.desc())
    if action:
        statement = statement.where(AuditEvent.action.startswith(action, autoescape=True))
    if (number := given.number("entity")) is not None:
        statement = statement.where(AuditEvent.entity_id == number)
    page = paginate(session, statement, page_number(), size=50)
    names = names_by_id(session, {event.actor_id for event in page.items})
    return render_template("admin/audit.html", page=page, names=names, action=action, entity=entity)
