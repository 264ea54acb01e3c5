"""What a partner reads of a person's social follow-up: that there is some, unless it was opened."""

import pytest

from energymed.base.context import SYSTEM, Context
from energymed.mediation.codes import ActKind
from energymed.partners.codes import Closure, DisclosureTopic
from energymed.partners.disclosure import SOCIAL_SUPPORT, set_told, withheld_topics
from energymed.reporting.lines import return_lines
from energymed.reporting.scope import Scope
from energymed.reporting.told import ACT_TOPICS, FIGURE_TOPICS, Teller, what_is_told
from tests.factories import MONDAY_MORNING as NOW
from tests.reporting.makers import NOVEMBER, World, aid, contact, plan, referral

EVERYTHING = Teller(frozenset())
NOTHING = Teller(frozenset(DisclosureTopic))


@pytest.mark.parametrize("kind", list(ActKind))
def test_each_act_is_told_or_is_social_support(kind: ActKind) -> None:
    assert EVERYTHING.acts([kind]) == [kind]
    told = [SOCIAL_SUPPORT] if kind in ACT_TOPICS else [kind]
    assert NOTHING.acts([kind]) == told


def test_what_domain_names_is_withheld_and_nothing_else() -> None:
    assert set(ACT_TOPICS) == {
        ActKind.AID_OPENED, ActKind.REFERRAL, ActKind.OVERINDEBTEDNESS, ActKind.NO_CAPACITY,
        ActKind.ALERT, ActKind.BUDGET_STUDY,
    }  # fmt: skip


@pytest.mark.parametrize("closure", list(Closure))
def test_each_closure_is_told_or_is_social_support(closure: Closure) -> None:
    secret = closure in (Closure.REFERRED, Closure.AID_PENDING)
    assert NOTHING.closure(closure) == (SOCIAL_SUPPORT if secret else closure)
    assert EVERYTHING.closure(closure) == closure
    assert NOTHING.closure(None) is None


def test_social_support_is_said_once_and_last() -> None:
    assert NOTHING.acts(["alert", "plan_agreed", "referral"]) == ["plan_agreed", SOCIAL_SUPPORT]
    assert NOTHING.aids([]) == []
    assert NOTHING.aids(["ccas:submitted", "caf:refused"]) == [SOCIAL_SUPPORT]


def test_a_topic_opened_to_a_partner_is_told_to_it_alone(world: World) -> None:
    session, ctx = world.session, Context(world.session, SYSTEM, NOW)
    case = world.case(reference="EDF-1", state="closed", closure="referred", closed_at=NOW)
    contact(session, case, NOW)
    plan(session, case, NOW)
    aid(session, case, NOW, "ccas")
    referral(session, case, NOW)
    session.flush()

    def read() -> tuple[str, str, str | None]:
        (line,) = return_lines(session, Scope(NOVEMBER, partner_id=world.edf.id))
        return line.acts, line.aids, line.closure

    assert read() == ("plan_agreed|social_support", "social_support", "social_support")
    set_told(ctx, world.edf, [DisclosureTopic.FUNDS])
    assert read() == (
        "aid_opened|plan_agreed|social_support", "ccas:consent_given", "social_support",
    )  # fmt: skip
    set_told(ctx, world.edf, [DisclosureTopic.FUNDS, DisclosureTopic.REFERRALS])
    assert read() == ("aid_opened|plan_agreed|referral", "ccas:consent_given", "referred")
    set_told(ctx, world.edf, [])
    assert read() == ("plan_agreed|social_support", "social_support", "social_support")


def test_who_never_decided_tells_nothing(world: World) -> None:
    assert withheld_topics(world.session, world.edf.id) == frozenset(DisclosureTopic)
    assert withheld_topics(world.session, None) == frozenset(DisclosureTopic)


def test_the_cases_of_a_figure_are_listed_as_far_as_they_tell_nothing(world: World) -> None:
    told = what_is_told(world.session, world.edf.id)
    assert not any(told.shows_cases_of(code) for code in FIGURE_TOPICS)
    assert told.shows_cases_of("plans_negotiated")
    set_told(Context(world.session, SYSTEM, NOW), world.edf, [DisclosureTopic.REFERRALS])
    told = what_is_told(world.session, world.edf.id)
    assert (told.shows_cases_of("referrals"), told.shows_cases_of("aids_created")) == (True, False)
