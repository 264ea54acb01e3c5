"""The menu of each role, and what every template may ask."""

from collections.abc import Iterable
from dataclasses import dataclass

from flask import Flask, g, request, url_for
from flask_babel import get_locale
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.routing import BuildError

from energymed.accounts.scope import may_take_back
from energymed.base.db import db
from energymed.intake.batches import deposits
from energymed.intake.batches.deposits import Arrivals
from energymed.operations.troubles import count_troubles
from energymed.web.shared.permissions import actor, before_work, may
from energymed.web.shared.use_case import reading


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu; `family` are the endpoints during which it is the current one."""

    label: str
    endpoint: str
    permission: str
    icon: str
    family: tuple[str, ...] = ()


GROUPS: tuple[tuple[str, tuple[Entry, ...]], ...] = (
    (_l("Appels et dossiers"), (
        Entry(_l("File d'appels"), "mediator.queue", "queue.call", "telephone-outbound",
              ("mediator.call", "mediator.my_day", "mediator.queue_rules")),
        Entry(_l("Appel entrant"), "mediator.incoming_call", "queue.call", "telephone-inbound",
              ("mediator.find_caller", "mediator.take_caller")),
        Entry(_l("Dossiers"), "mediator.cases", "cases.see", "folder2-open",
              ("mediator.case", "mediator.preview_many", "lead.same_people", "lead.person",
               "lead.merge", "lead.split")),
        Entry(_l("Suivis"), "mediator.tasks", "tasks.own", "list-check"),
        Entry(_l("Visites"), "mediator.visits", "tasks.own", "geo-alt"),
    )),
    (_l("Fichiers et répartition"), (
        Entry(_l("Fichiers"), "lead.files", "files.import", "file-earmark-arrow-up",
              ("lead.new_file", "lead.file", "lead.missing", "lead.repeats")),
        Entry(_l("Répartition"), "lead.assign", "cases.assign", "signpost-split",
              ("lead.hand_over",)),
    )),
    (_l("Équipe et guide"), (
        Entry(_l("Équipe"), "lead.team", "team.see", "people",
              ("lead.when", "lead.formation")),
        Entry(_l("Guide d'appel"), "lead.guide", "guide.edit", "journal-text",
              ("lead.guide_of",)),
    )),
    (_l("Courriers et messages"), (
        Entry(_l("Courriers"), "lead.letters", "letters.send", "envelope",
              ("lead.letters_to_print",)),
        Entry(_l("Messages"), "lead.texts", "messages.texts", "chat-left-text",
              ("lead.text", "lead.new_text", "lead.letter_text", "lead.new_letter_text",
               "lead.sender")),
    )),
    (_l("Chiffres"), (
        Entry(_l("Indicateurs"), "lead.reports", "reports.see", "bar-chart", ("lead.behind",)),
    )),
    ("", (
        Entry(_l("Vue d'ensemble"), "partner.overview", "partner.desk", "bar-chart",
              ("partner.behind",)),
        Entry(_l("Dépôts"), "partner.deposit", "files.deposit", "upload"),
        Entry(_l("Retours"), "partner.deliveries", "partner.desk", "download"),
    )),
    (_l("Réglages"), (
        Entry(_l("Comptes"), "admin.users", "users.manage", "people",
              ("admin.new_user", "admin.user", "admin.close_user", "admin.team_file")),
        Entry(_l("Sites"), "admin.sites", "sites.manage", "building",
              ("admin.site", "admin.association")),
        Entry(_l("Partenaires"), "admin.partners", "partners.manage", "lightning-charge",
              ("admin.partner", "admin.contacts", "admin.told", "admin.conventions",
               "admin.convention")),
        Entry(_l("Règles"), "admin.rules", "rules.manage", "sliders",
              ("admin.rule", "admin.cheque_campaigns", "admin.cheque_campaign",
               "admin.emergencies", "admin.emergency", "admin.consent_text")),
        Entry(_l("Annuaire"), "admin.directory", "rules.manage", "signpost-split",
              ("admin.new_entry", "admin.entry", "admin.directory_file",
               "admin.write_directory")),
    )),
    (_l("Service"), (
        Entry(_l("Journal"), "admin.audit", "audit.see", "journal-text"),
        Entry(_l("État du service"), "admin.health", "service.see", "heart-pulse"),
    )),
    ("", (
        Entry(_l("Aide"), "account.help", "account.own", "question-circle", ("account.help_of",)),
    )),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MenuLine:
    """A line of the menu as it is drawn.

    `deposits` wait behind that of the files, `troubles` are told behind that of the service.
    """

    label: str
    url: str
    icon: str
    current: bool
    deposits: int = 0
    troubles: int = 0


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """Lines of the menu that belong together; one line, or one named group, alone has no label."""

    label: str
    lines: list[MenuLine]


def register(app: Flask) -> None:
    """Give the templates the menu and the permission question."""
    app.context_processor(
        lambda: {
            "menu": menu,
            "may": may,
            "may_take_back": _may_take_back,
            "language": str(get_locale() or "fr"),
        }
    )


def _may_take_back(*authors: int | None) -> bool:
    return may_take_back(actor(), *authors)


def menu() -> list[MenuGroup]:
    """The lines that the signed-in user may follow, in groups, in order of use."""
    if not current_user.is_authenticated or current_user.must_change_password or before_work():
        return []
    found = [(label, lines) for label, entries in GROUPS if (lines := _lines(entries))]
    named = sum(bool(label) for label, _lines_of in found)
    return [
        MenuGroup(label if named > 1 and len(lines) > 1 else "", lines) for label, lines in found
    ]


def _lines(entries: Iterable[Entry]) -> list[MenuLine]:
    """Those of a group that the signed-in user may follow."""
    lines = []
    for entry in entries:
        if may(entry.permission) and (url := _url(entry.endpoint)):
            current = request.endpoint in (entry.endpoint, *entry.family)
            waiting = arrivals().waiting if entry.endpoint == "lead.files" else 0
            told = troubles() if entry.endpoint == "admin.health" else 0
            lines.append(MenuLine(entry.label, url, entry.icon, current, waiting, told))
    return lines


def arrivals() -> Arrivals:
    """What partners brought to the lead's site, read once a request.

    The menu stands on the page that says that the database does not answer, too: none, then.
    """
    if "arrivals" not in g:
        try:
            g.arrivals = deposits.arrivals(reading())
        except SQLAlchemyError:
            db.session.rollback()
            g.arrivals = Arrivals(0, 0)
    found: Arrivals = g.arrivals
    return found


def troubles() -> int:
    """What the administrator is to look at: jobs that fail, and what the last examination found."""
    try:
        return count_troubles(db.session())
    except SQLAlchemyError:
        db.session.rollback()
        return 0


def _url(endpoint: str) -> str | None:
    try:
        return url_for(endpoint)
    except BuildError:
        return None
