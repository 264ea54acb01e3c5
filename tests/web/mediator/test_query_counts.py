"""The pages of a case cost as many statements with one aid and referral as with many."""

import pytest

from energymed.base.context import Context
from energymed.mediation.aids import AidOpening, open_aid
from energymed.mediation.referral_links import make_link
from energymed.mediation.referrals import ReferralRequest, refer
from tests.calling.conftest import counted
from tests.factories import MONDAY_MORNING
from tests.web.mediator.conftest import MediatorDesk

FUNDS = ("fsl_energy", "charity", "ccas", "caf", "supplier_fund")
BODIES = ("ccas", "pcb", "charity", "caf", "france_services")
PAPERS = ("identity", "income")


def fill(desk: MediatorDesk, at: slice) -> None:
    """Aids with two papers each and referrals with a link, on the case of the desk."""
    ctx = Context(desk.session, desk.user.as_actor(), MONDAY_MORNING)
    for fund in FUNDS[at]:
        open_aid(ctx, desk.case.id, AidOpening(fund, True, missing_documents=PAPERS))
    for body in BODIES[at]:
        asked = ReferralRequest(body, "budget", "file_transmitted", consent=True)
        make_link(ctx, refer(ctx, desk.case.id, asked).id)
    desk.session.commit()


@pytest.mark.parametrize("page", ["/cases/{}", "/call/{}", "/tasks", "/tasks?all=1"])
def test_many_aids_and_referrals_cost_no_more(desk: MediatorDesk, page: str) -> None:
    desk.next_call()
    address = page.format(desk.case.id)
    said = []
    for at in (slice(0, 1), slice(1, 5)):
        fill(desk, at)
        assert desk.client.get(address).status_code == 200
        desk.session.expire_all()
        with counted() as sent:
            assert desk.client.get(address).status_code == 200
        said.append(list(sent))
    one, many = said
    assert len(many) <= len(one), [each for each in many if many.count(each) > one.count(each)]
