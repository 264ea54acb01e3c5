"""The calling rules of many campaigns in one query are those that each has by itself."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.partners.campaign_rules import load_calling_rules_of
from energymed.partners.models import Campaign, DatedRule
from energymed.partners.rulebook import load_calling_rules
from tests.calling.conftest import counted
from tests.factories import make_partner

FROM = date(2026, 11, 23)
KINDS = ("unpaid_bill", "cutoff_notice")


def change(session: Session, value: int, **values: Any) -> None:
    session.add(
        DatedRule(code="refusal_rest_days", value={"value": value}, valid_from=FROM,
                  source="test", **values)
    )  # fmt: skip


def test_each_campaign_has_the_rules_that_it_has_alone(session: Session) -> None:
    partners = [make_partner(session, code) for code in ("edf", "engie")]
    session.flush()
    asked = [(partner.id, kind) for partner in partners for kind in KINDS]
    own = session.scalars(
        select(Campaign).filter_by(partner_id=partners[0].id, kind=KINDS[0])
    ).one()
    change(session, 70)  # general
    change(session, 80, kind=KINDS[1])  # of a mission
    change(session, 90, campaign_id=own.id)
    session.commit()
    for day in (FROM - timedelta(days=1), FROM):
        with counted() as sent:
            found = load_calling_rules_of(session, day, asked)
        assert len(sent) == 1
        for partner_id, kind in asked:
            alone = load_calling_rules(session, day, partner_id=partner_id, kind=kind)
            assert found[partner_id, kind] == alone
    assert [found[each].refusal_rest_days for each in asked] == [90, 80, 70, 80]


def test_no_campaign_asks_nothing(session: Session) -> None:
    with counted() as sent:
        assert load_calling_rules_of(session, FROM, []) == {}
    assert list(sent) == []
