"""What the pages of an imported file show: each line and its case today, and what bars an undo."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.models import User
from energymed.calling.models import Contact
from energymed.calling.reached import result_of
from energymed.cases.models import Case
from energymed.intake.codes import RowOutcome
from energymed.intake.importing.undo_blockers import OTHER_WORK, WORK, InCall, Work
from energymed.intake.models import Batch, BatchRow
from energymed.intake.queries import problems_of
from energymed.mediation.models import Act
from energymed.web.lead.files.file_view import sentence_of
from energymed.web.shared.filters import day, moment
from energymed.web.shared.paging import Page

WORK_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A line of an imported file: what became of it then, where its case stands today.

    `cells` are (column, text) of a rejected line, as long as they are kept.
    """

    number: int
    reference: str | None
    outcome: RowOutcome
    problems: list[str]
    case_id: int | None
    today: str | None
    cells: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class UndoMessage:
    """Something that bars an undo, with the case it is about."""

    case_id: int
    reference: str
    what: str


def imported_rows(page: Page, batch: Batch) -> Page:
    """The same page with its lines in the shape that the screen takes."""
    return replace(page, items=[_imported_row(row, batch.headers) for row in page.items])


def work_messages(session: Session, work: Sequence[Work]) -> list[UndoMessage]:
    """The first of what is recorded on cases that the file made: what, when and by whom."""
    shown = work[:WORK_SHOWN]
    contacts = session.scalars(
        select(Contact)
        .where(Contact.id.in_([item.row_id for item in shown if item.table == "contact"]))
        .options(joinedload(Contact.user))
    )
    acts = session.scalars(
        select(Act)
        .where(Act.id.in_([item.row_id for item in shown if item.table == "act"]))
        .options(joinedload(Act.user))
    )
    messages = {("contact", contact.id): _contact_message(contact) for contact in contacts}
    messages |= {("act", act.id): _act_message(act) for act in acts}
    return [
        UndoMessage(
            item.case_id,
            item.reference,
            messages.get((item.table, item.row_id)) or _(WORK.get(item.table, OTHER_WORK)),
        )
        for item in shown
    ]


def call_messages(session: Session, calls: Sequence[InCall]) -> list[UndoMessage]:
    """Which cases are in call, and by whom."""
    ids = {call.user_id for call in calls if call.user_id is not None}
    names = {user.id: user.name for user in session.scalars(select(User).where(User.id.in_(ids)))}
    return [
        UndoMessage(call.case_id, call.reference, names.get(call.user_id or 0, _("quelqu'un")))
        for call in calls
    ]


def _imported_row(row: BatchRow, headers: Sequence[str]) -> ImportedRow:
    return ImportedRow(
        row.row_number,
        row.reference,
        row.outcome,
        [sentence_of(problem) for problem in problems_of(row)],
        row.case_id,
        _today(row.case) if row.case else None,
        [(header, text) for header, text in zip(headers, row.raw or [], strict=False) if text],
    )


def _today(case: Case) -> str:
    state = _(case.state.label)
    if case.closure is None:
        return state
    return _("%(state)s : %(closure)s", state=state, closure=_(case.closure.label))


def _contact_message(contact: Contact) -> str:
    what = _(contact.channel.label)
    result = result_of(contact)
    if result:
        what = f"{what} ({_(result.label)})"
    return _by(what, moment(contact.started_at), contact.user)


def _act_message(act: Act) -> str:
    return _by(_(act.kind.label), day(act.acted_on), act.user)


def _by(what: str, when: str, user: User | None) -> str:
    if user is None:
        return _("%(what)s, le %(when)s", what=what, when=when)
    return _("%(what)s, le %(when)s, par %(who)s", what=what, when=when, who=user.name)
