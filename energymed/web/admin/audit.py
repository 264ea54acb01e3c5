"""The audit trail, read only."""

from flask import render_template, request
from sqlalchemy import select

from energymed.accounts.queries import names_by_id
from energymed.base.audit import AuditEvent
from energymed.base.db import db
from energymed.base.text.folding import whole_number
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import requires


@requires("audit.see")
def events() -> str:
    """Every change of state, newest first, filtered by action or record."""
    action, entity = request.args.get("action", "").strip(), request.args.get("entity", "").strip()
    statement = select(AuditEvent).order_by(AuditEvent.id.desc())
    if action:
        statement = statement.where(AuditEvent.action.startswith(action, autoescape=True))
    if (number := whole_number(entity)) is not None:
        statement = statement.where(AuditEvent.entity_id == number)
    page = paginate(db.session(), statement, page_number(), size=50)
    names = names_by_id(db.session(), {event.actor_id for event in page.items})
    return render_template("admin/audit.html", page=page, names=names, action=action, entity=entity)
