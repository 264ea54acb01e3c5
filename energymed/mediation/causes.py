"""The causes of a case's arrears: noted as the person says them, said otherwise with a trace."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from energymed.base import audit
from energymed.base.context import Context
from energymed.base.errors import BadInput, Faults
from energymed.base.i18n import N_
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.mediation.cause_models import CaseCause
from energymed.mediation.codes import CAUSES, Cause


@dataclass(frozen=True, slots=True)
class Causes:
    """What the person says: the main cause and others beside it; neither where nothing is said."""

    main: str | None = None
    others: tuple[str, ...] = ()

    @classmethod
    def of(cls, ticked: Collection[str], main: str | None) -> "Causes":
        """From ticks and the main one among them; a single tick is the main one.

        The main one counts as ticked.
        """
        if not main and len(ticked) == 1:
            main = next(iter(ticked))
        return cls(main or None, tuple(each for each in CAUSES if each in ticked and each != main))


def check_causes(causes: Causes) -> None:
    """Refuse causes that cannot stand beside one another.

    Raises:
        BadInput: an unknown cause; others without a main one; others although none was said.
    """
    faults = Faults()
    named = (*causes.others, *([causes.main] if causes.main else []))
    faults.when(
        not set(named) <= set(CAUSES), BadInput(N_("Choisissez dans la liste."), field="causes")
    )
    faults.when(
        bool(causes.others) and causes.main is None,
        BadInput(N_("Dites laquelle de ces causes est la principale."), field="main_cause"),
    )
    faults.when(
        Cause.NOT_SAID in named and len(named) > 1,
        BadInput(N_("« Non dite » ne va avec aucune autre cause."), field="causes"),
    )
    faults.tell()


def note_causes(
    ctx: Context, case_id: int, causes: Causes, *, contact_id: int | None = None
) -> list[CaseCause]:
    """Let exactly these causes stand; any colleague of the site may. The same again is nothing.

    Raises:
        BadInput: `check_causes`.
        NotFound: the case is unknown or of another site.
    """
    check_causes(causes)
    case = get_case(ctx, case_id, lock=True)
    standing = standing_causes(ctx.session, case.id)
    wanted = {Cause(each): False for each in causes.others}
    if causes.main:
        wanted[Cause(causes.main)] = True
    before = {each.cause: each.main for each in standing}
    if wanted == before:
        return standing
    for each in standing:
        if wanted.get(each.cause) != each.main:
            each.withdrawn_at, each.withdrawn_by_id = ctx.now, ctx.actor.user_id
    ctx.session.flush()  # what goes, before what comes: one main cause at a time
    kept = {each.cause for each in standing if each.withdrawn_at is None}
    ctx.session.add_all(
        CaseCause(
            case_id=case.id, cause=cause, main=main, user_id=ctx.actor.user_id, noted_at=ctx.now,
            contact_id=contact_id,
        )
        for cause, main in wanted.items()
        if cause not in kept
    )  # fmt: skip
    audit.record(ctx, "case.causes", case, before=_plain(before), after=_plain(wanted))
    ctx.session.flush()
    return standing_causes(ctx.session, case.id)


def unsay_causes(ctx: Context, case: Case, contact_ids: Collection[int]) -> None:
    """Withdraw what was said in exchanges that did not take place after all."""
    standing = standing_causes(ctx.session, case.id)
    gone = [each for each in standing if each.contact_id in contact_ids]
    if not gone:
        return
    for each in gone:
        each.withdrawn_at, each.withdrawn_by_id = ctx.now, ctx.actor.user_id
    left = {each.cause: each.main for each in standing if each not in gone}
    before = {each.cause: each.main for each in standing}
    audit.record(ctx, "case.causes", case, before=_plain(before), after=_plain(left))
    ctx.session.flush()


def standing_causes(session: Session, case_id: int) -> list[CaseCause]:
    """The causes of a case that stand, the main one first, with who noted them."""
    statement = (
        select(CaseCause)
        .where(CaseCause.case_id == case_id, CaseCause.withdrawn_at.is_(None))
        .options(joinedload(CaseCause.user))
        .order_by(CaseCause.main.desc(), CaseCause.id)
    )
    return list(session.scalars(statement))


def as_said(standing: Sequence[CaseCause]) -> Causes:
    """What stands, as it would be said again."""
    main = next((each.cause for each in standing if each.main), None)
    return Causes(main, tuple(each.cause for each in standing if not each.main))


def _plain(causes: dict[Cause, bool]) -> dict[str, object]:
    main = [str(cause) for cause, is_main in causes.items() if is_main]
    return {
        "main": main[0] if main else None,
        "others": sorted(str(cause) for cause, is_main in causes.items() if not is_main),
    }
