"""The audit trail, read only, in a reader's words."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from flask import current_app, render_template
from flask_babel import gettext as _
from sqlalchemy import select

from energymed.accounts.queries import names_by_id
from energymed.base.audit import AuditEvent
from energymed.base.codes import Code, as_code
from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType
from energymed.base.i18n import N_
from energymed.base.text.folding import fold
from energymed.web.admin.audit_words import DEEDS, FIELDS, SUBJECTS
from energymed.web.shared.filters import day, moment, money
from energymed.web.shared.list_filters import ListFilters
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading

ENTITIES = {
    "act": N_("Acte"),
    "aid_request": N_("Demande d'aide"),
    "association": N_("Association"),
    "batch": N_("Fichier"),
    "case_file": N_("Dossier"),
    "cheque_awareness": N_("Chèque énergie"),
    "column_profile": N_("Profil de colonnes"),
    "consent_text": N_("Texte de l'accord"),
    "contact": N_("Échange"),
    "convention": N_("Convention"),
    "dated_rule": N_("Règle"),
    "delivery": N_("Retour"),
    "dialled_call": N_("Appel"),
    "emergency_line": N_("Conduite en urgence"),
    "follow_up": N_("Suivi"),
    "help_request": N_("Aide demandée"),
    "household_budget": N_("Budget du foyer"),
    "instalment": N_("Échéance"),
    "message": N_("Message"),
    "message_sender": N_("Signature"),
    "message_template": N_("Texte"),
    "partner": N_("Partenaire"),
    "payment_plan": N_("Échéancier"),
    "person": N_("Personne"),
    "person_mandate": N_("Mandat ou protection"),
    "person_need": N_("Besoin ou sécurité"),
    "phone": N_("Numéro"),
    "presence": N_("Présence"),
    "referral": N_("Orientation"),
    "site": N_("Site"),
    "user_account": N_("Compte"),
}
ACTIONS = {
    "access.refused": N_("Page d'un autre rôle demandée"),
    "list.downloaded": N_("Liste téléchargée"),
    "person.opened": N_("Fiche d'une personne ouverte"),
    "second_factor.refused": N_("Second facteur refusé"),
    "sign_in.locked": N_("Trop d'essais de connexion"),
    "sign_in.refused": N_("Connexion refusée"),
    "user.active_changed": N_("Compte ouvert ou fermé"),
    "user.passkey_added": N_("Clé d'accès ajoutée"),
    "user.passkey_removed": N_("Clé d'accès retirée"),
    "user.password_changed": N_("Mot de passe changé"),
    "user.recovery_code_spent": N_("Code de secours utilisé"),
    "user.recovery_codes_kept": N_("Codes de secours gardés"),
    "user.recovery_codes_made": N_("Codes de secours faits"),
    "user.second_factor_changed": N_("Second facteur mis en place"),
    "user.second_factor_dropped": N_("Second facteur retiré"),
    "user.secrets_renewed": N_("Secrets de l'installation perdus et refaits"),
    "user.second_factor_reset": N_("Second facteur oublié par un administrateur"),
    "user.signed_in": N_("Connexion"),
}
VALUES = {
    "authenticator": N_("code de l'application"),
    "closed": N_("compte fermé"),
    "code": N_("code de l'application"),
    "enrolment": N_("code de mise en place"),
    "passkey": N_("clé d'accès"),
    "password": N_("mot de passe"),
    "recovery_code": N_("code de secours"),
    "unknown": N_("aucun compte de cette adresse"),
}
NAMED = ("reason", "means")  # what a refusal says in words of its own
PEOPLE = ("assigned_to", "by", "user_id")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT.+[+-]\d\d:\d\d")


@requires("audit.see")
def events() -> str:
    """Every change of state and every refusal, newest first, filtered by action or record."""
    given, session = ListFilters(), reading().session
    action, entity = given.text("action"), given.text("entity")
    statement = select(AuditEvent).order_by(AuditEvent.id.desc())
    if action:
        statement = statement.where(AuditEvent.action.startswith(action, autoescape=True))
    if (number := given.number("entity")) is not None:
        statement = statement.where(AuditEvent.entity_id == number)
    page = paginate(session, statement, page_number(), size=50)
    names = names_by_id(session, set(_people(page.items)))
    return render_template(
        "admin/audit.html",
        page=page,
        names=names,
        entities=ENTITIES,
        action_in_words=action_in_words,
        choices=action_choices(),
        in_words=partial(in_words, names),
        action=action,
        entity=entity,
    )


def action_in_words(action: str) -> str:
    """What was done to what; "" for an action of a former version, which has no words here."""
    if action in ACTIONS:
        return _(ACTIONS[action])
    subject, _dot, deed = action.partition(".")
    if subject not in SUBJECTS or deed not in DEEDS:
        return ""
    return _("%(subject)s : %(deed)s", subject=_(SUBJECTS[subject]), deed=_(DEEDS[deed]))


def action_choices() -> list[tuple[str, str]]:
    """(beginning of an action, in words): what the page can be narrowed to."""
    whole = [(f"{subject}.", _(label)) for subject, label in SUBJECTS.items()]
    return sorted([*whole, *((code, _(label)) for code, label in ACTIONS.items())], key=_second)


def _second(pair: tuple[str, str]) -> str:
    return fold(pair[1])


def _people(events: Iterable[AuditEvent]) -> Iterator[int | None]:
    """Everybody whom these events name: who did it, and whom it went to."""
    for event in events:
        yield event.actor_id
        for said in (event.before or {}, event.after or {}):
            yield from (said[name] for name in PEOPLE if isinstance(said.get(name), int))


def in_words(
    names: Mapping[int, str], table: str, values: Mapping[str, Any] | None
) -> dict[str, str]:
    """What an event says of a record before or after it, as people read it."""
    return {
        _(FIELDS.get(name, name)): names.get(value, str(value))
        if name in PEOPLE and isinstance(value, int)
        else _shown(table, name, value)
        for name, value in (values or {}).items()
    }


def _shown(table: str, name: str, value: Any) -> str:
    """A code by its label, days and instants as in France, a list or table by its parts."""
    if value is None or value in ("", [], {}):
        return "—"
    if isinstance(value, list):
        return ", ".join(_shown(table, name, each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{_(FIELDS.get(k, k))} {_shown(table, k, v)}" for k, v in value.items())
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, int) and name.endswith("_cents"):
        return money(value)
    if isinstance(value, str) and _DAY.fullmatch(value):
        return day(date.fromisoformat(value))
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return moment(datetime.fromisoformat(value))
    if name in NAMED and value in VALUES:
        return _(VALUES[value])
    column = Model.metadata.tables[table].columns.get(name) if table in ENTITIES else None
    if column is not None and isinstance(column.type, CodeType):
        member = as_code(column.type.family, str(value))
        return _(member.label) if member and member.label else str(value)
    return _of_any_family(name, str(value)) if isinstance(value, str) else str(value)


def _of_any_family(name: str, text: str) -> str:
    """A code that has no column by the label of the family that its name points to."""
    if name == "endpoint":
        return next((rule.rule for rule in current_app.url_map.iter_rules(text)), text)
    if name in ("changed", "fields", "columns"):
        return _(FIELDS.get(text, text))
    found = _labels().get(text, [])
    label = next((said for family, said in found if name in family), found[0][1] if found else "")
    return _(label) if label else text


@cache
def _labels() -> dict[str, list[tuple[str, str]]]:
    """{code: (its family, its label)} of every family that people read."""
    found: dict[str, list[tuple[str, str]]] = {}
    for family in Code.__subclasses__():
        for member in family:
            if member.label:
                found.setdefault(member.value, []).append((family.__name__.lower(), member.label))
    return found
