"""Who may speak for a person, and who protects one: noted as it is said, with the proof seen.

An adult under tutelle agrees to nothing alone (Code civil, art. 473; DOMAIN §9): what rests on an
agreement asks `is_under_tutelle`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import BadInput, Faults, NotFound
from energymed.base.i18n import N_
from energymed.base.text.folding import collapse, visible
from energymed.base.text.free_text import check_words
from energymed.cases.codes import MANDATE_KINDS, MandateKind
from energymed.cases.person_models import Mandate
from energymed.cases.queries import get_case

LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class MandateSaid:
    """What is said of who speaks for a person; `proof_seen_on` is None where no proof was seen."""

    kind: MandateKind | None
    name: str = ""
    proof_seen_on: date | None = None
    until: date | None = None


def note_mandate(ctx: Context, case_id: int, said: MandateSaid) -> Mandate:
    """Note who speaks for the person of a case, or protects them.

    Raises:
        NotFound: unknown or of another site.
        BadInput: no kind, or days that cannot be, with `params["field"]`.
        Refused: the name holds what must never be kept.
    """
    case = get_case(ctx, case_id, lock=True)
    kind, name = _checked(said, paris_date(ctx.now))
    mandate = Mandate(
        person_id=case.person_id,
        case_id=case.id,
        kind=kind,
        name=name or None,
        proof_seen_on=said.proof_seen_on,
        until=said.until,
        noted_at=ctx.now,
        user_id=ctx.actor.user_id,
    )
    ctx.session.add(mandate)
    ctx.session.flush()
    audit.record(ctx, "mandate.noted", mandate, after={"kind": kind})
    return mandate


def end_mandate(ctx: Context, mandate_id: int) -> Mandate:
    """Note that it holds no more; it stays on file. A second time changes nothing.

    Raises:
        NotFound: unknown or of another site.
    """
    mandate = ctx.session.get(Mandate, mandate_id)
    if mandate is None:
        raise NotFound(N_("Cette fiche n'existe pas, ou n'est pas de votre site."))
    get_case(ctx, mandate.case_id, lock=True)
    ctx.session.refresh(mandate)
    if mandate.ended_at is None:
        mandate.ended_at, mandate.ended_by_id = ctx.now, ctx.actor.user_id
        ctx.session.flush()
        audit.record(ctx, "mandate.ended", mandate, before={"kind": mandate.kind})
    return mandate


def standing_mandates(session: Session, person_id: int, today: date) -> Sequence[Mandate]:
    """Those that hold today, the latest noted first."""
    return session.scalars(
        select(Mandate)
        .where(Mandate.person_id == person_id, _holds(today))
        .options(joinedload(Mandate.user))
        .order_by(Mandate.noted_at.desc(), Mandate.id.desc())
    ).all()


def is_under_tutelle(session: Session, person_id: int, today: date) -> bool:
    """Whether the person agrees to nothing without a guardian."""
    return person_id in under_tutelle(session, [person_id], today)


def under_tutelle(session: Session, person_ids: Iterable[int], today: date) -> set[int]:
    """Who of these people agrees to nothing without a guardian, in one query."""
    found = select(Mandate.person_id).where(
        Mandate.person_id.in_(list(person_ids)),
        Mandate.kind == MandateKind.TUTELLE,
        _holds(today),
    )
    return set(session.scalars(found))


def _holds(today: date) -> ColumnElement[bool]:
    return and_(Mandate.ended_at.is_(None), or_(Mandate.until.is_(None), Mandate.until >= today))


def _checked(said: MandateSaid, today: date) -> tuple[MandateKind, str]:
    name, faults = collapse(visible(said.name)), Faults()
    if said.kind not in MANDATE_KINDS:
        faults.found.append(BadInput(N_("Dites qui parle pour la personne."), field="kind"))
    with faults:
        check_words(name, "name", most=LONGEST_NAME)
    faults.when(
        said.proof_seen_on and said.proof_seen_on > today,
        BadInput(N_("Cette date est dans le futur."), field="proof_seen_on"),
    )
    faults.when(
        said.until and said.until < today,
        BadInput(N_("Cette date est déjà passée."), field="until"),
    )
    faults.tell()
    assert said.kind is not None
    return said.kind, name
