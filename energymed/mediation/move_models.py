"""Table: the journal of acts, which states they reached, for which day, and since when known."""

from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from energymed.base.codes import Code
from energymed.base.db import Model
from energymed.base.db.code_columns import CodeType, code_check
from energymed.mediation.codes import AidState, PlanState
from energymed.mediation.request_codes import RequestState, WordKept


class MoveKind(Code):
    """What moved."""

    PLAN = "plan"
    AID = "aid"
    REQUEST = "request"
    WORD = "word"  # what came of a word given (`Act.kept`)
    INTERVENTION = "intervention"  # the partner said that it did not take place after a hold


class Avoidance(Code):
    """What the partner said of an intervention."""

    AVOIDED = "avoided"
    NOT_AVOIDED = "not_avoided"  # it did not say so after all


STATES: dict[MoveKind, Iterable[str]] = {
    MoveKind.PLAN: PlanState,
    MoveKind.AID: AidState,
    MoveKind.REQUEST: RequestState,
    MoveKind.WORD: WordKept,
    MoveKind.INTERVENTION: Avoidance,
}


def _states() -> str:
    """The check that each kind has states of its own."""
    listed = {kind: ",".join(f"'{code}'" for code in codes) for kind, codes in STATES.items()}
    return " OR ".join(f"(kind = '{kind}' AND state IN ({of}))" for kind, of in listed.items())


class ActMove(Model):
    """A state that the record of an act reached. Rows are only added, as in the ledger.

    `on_date` is the day from which it holds, `recorded_at` when it was noted. What turns out to be
    wrong is followed by another move for the same day: of those that hold on a day, the last one
    noted says what is so (`as_of`). `subject` tells the requests of one act apart.

    `cents`: what a fund granted, or paid. `asked_on` and `until` are those of a request to a
    partner as it stood in this state.
    """

    __tablename__ = "act_move"
    __table_args__ = (
        code_check("kind", MoveKind),
        CheckConstraint(_states(), name="state"),
        Index("ix_act_move_act_id_kind", "act_id", "kind"),
        Index("ix_act_move_kind_state_on_date", "kind", "state", "on_date"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id"))
    kind: Mapped[MoveKind] = mapped_column(CodeType(MoveKind, 12))
    subject: Mapped[str] = mapped_column(String(24), default="")
    state: Mapped[str] = mapped_column(String(20))
    on_date: Mapped[date]
    recorded_at: Mapped[datetime]
    cents: Mapped[int | None] = mapped_column(BigInteger)
    asked_on: Mapped[date | None]
    until: Mapped[date | None]
