"""Reads on cases. `get_case` is the one door to a case by its id."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from energymed.accounts.actor import Actor
from energymed.accounts.scope import scoped
from energymed.base.errors import NotFound
from energymed.base.i18n import N_
from energymed.cases.models import Case, Person


def get_case(session: Session, actor: Actor, case_id: int, *, lock: bool = False) -> Case:
    """The case with its person and phones, when it is the actor's to see.

    Args:
        lock: True to hold the row until the transaction ends (PostgreSQL; SQLite's write
            transaction already holds the whole database).

    Raises:
        NotFound: unknown, of another site or of another partner, told the same way.
    """
    statement = (
        scoped(select(Case), Case, actor)
        .where(Case.id == case_id)
        .options(
            joinedload(Case.person, innerjoin=True).selectinload(Person.phones),
            joinedload(Case.partner, innerjoin=True),
            joinedload(Case.site, innerjoin=True),
        )
    )
    if lock:
        statement = statement.with_for_update(of=Case).execution_options(populate_existing=True)
    case = session.scalar(statement)
    if case is None:
        raise NotFound(N_("Ce dossier n'existe pas, ou n'est pas de votre site."))
    return case


def latest_by_reference(session: Session, actor: Actor, *, partner_id: int, reference: str) -> Case:
    """The case of a partner's reference; the most recent when it was closed and came back.

    Raises:
        NotFound: no case of the actor's carries this reference.
    """
    case = session.scalar(
        scoped(select(Case), Case, actor)
        .where(Case.partner_id == partner_id, Case.reference == reference.strip())
        .order_by(Case.opened_at.desc(), Case.id.desc())
        .limit(1)
    )
    if case is None:
        raise NotFound(
            N_("Aucun dossier ne porte la référence %(reference)s."), reference=reference.strip()
        )
    return case
