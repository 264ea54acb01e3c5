"""A note for whoever takes the case next."""

import pytest

from energymed.base.context import Actor, Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.calling.assignment.transfer import leave_handover_note
from tests.calling.conftest import NOW, Desk
from tests.factories import make_user


@pytest.fixture
def lead(desk: Desk) -> Actor:
    return make_user(desk.session, "lead", site=desk.site).as_actor()


def test_a_note_stays_until_it_is_done(desk: Desk, lead: Actor) -> None:
    case = desk.case()
    leave_handover_note(
        Context(desk.session, desk.actor, NOW), case.id, "Rappeler avec\r\nl'assistante. "
    )
    assert case.handover_note == "Rappeler avec\nl'assistante."
    assert (case.handover_by_id, case.handover_at) == (desk.user.id, NOW)
    leave_handover_note(Context(desk.session, lead, NOW), case.id, " ")
    assert (case.handover_note, case.handover_by_id, case.handover_at) == (None, None, None)
    with pytest.raises(BadInput, match="500"):
        leave_handover_note(Context(desk.session, lead, NOW), case.id, "x" * 501)
    with pytest.raises(Refused):
        leave_handover_note(Context(desk.session, lead, NOW), case.id, "2 84 05 88 157 008 27")
    with pytest.raises(NotFound):
        leave_handover_note(
            Context(desk.session, make_user(desk.session).as_actor(), NOW), case.id, "x"
        )
