"""Which state may follow which: the whole tables, pair by pair (DOMAIN §5, §7)."""

import pytest

from energymed.base.errors import Refused
from energymed.mediation.codes import AidState, PlanState
from energymed.mediation.states import AID_MOVES, ENDED_AIDS, PLAN_MOVES, RUNNING_PLANS, check_move

PLAN_PATHS = {
    ("proposed", "confirmed"), ("proposed", "cancelled"),
    ("agreed", "confirmed"), ("agreed", "cancelled"),
    ("confirmed", "cancelled"),
    ("kept", "confirmed"), ("kept", "cancelled"),
}  # fmt: skip
AID_PATHS = {
    ("identified", "consent_given"),
    ("consent_given", "documents_pending"), ("consent_given", "complete"),
    ("documents_pending", "complete"),
    ("complete", "documents_pending"), ("complete", "submitted"),
    ("submitted", "granted_full"), ("submitted", "granted_partial"),
    ("submitted", "granted_loan"), ("submitted", "refused"), ("submitted", "adjourned"),
    ("adjourned", "documents_pending"), ("adjourned", "submitted"),
    ("granted_full", "paid_to_supplier"), ("granted_partial", "paid_to_supplier"),
    ("granted_loan", "paid_to_supplier"), ("never_paid", "paid_to_supplier"),
    ("granted_full", "never_paid"), ("granted_partial", "never_paid"),
    ("granted_loan", "never_paid"),
    *((before, end)
      for before in ("identified", "consent_given", "documents_pending", "complete", "submitted",
                     "adjourned")
      for end in ("withdrawn", "lapsed")),
}  # fmt: skip


@pytest.mark.parametrize(
    ("moves", "states", "paths"),
    [(PLAN_MOVES, PlanState, PLAN_PATHS), (AID_MOVES, AidState, AID_PATHS)],
    ids=["plan", "aid"],
)
def test_every_pair_of_states(
    moves: dict[str, tuple[str, ...]], states: dict[str, str], paths: set[tuple[str, str]]
) -> None:
    assert set(moves) == set(states)
    for before in states:
        for after in states:
            if (before, after) in paths:
                check_move(moves, before, after)
            else:
                with pytest.raises(Refused, match="étape"):
                    check_move(moves, before, after)


def test_an_unknown_state_is_refused_like_any_other() -> None:
    with pytest.raises(Refused):
        check_move(PLAN_MOVES, "agreed", "forgotten")


def test_what_runs_may_end_and_what_ended_stays() -> None:
    assert all(PLAN_MOVES[state] for state in RUNNING_PLANS)
    assert not any(AID_MOVES[state] for state in ENDED_AIDS)
