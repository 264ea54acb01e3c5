"""Lists of cases kept under a name: whose they are, what they keep, and how they end."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Context
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.cases.saved_views import (
    LONGEST_NAME,
    MOST,
    delete_view,
    filters_of,
    get_view,
    save_view,
    views_of,
)
from tests.factories import MONDAY_MORNING, make_site, make_user

QUEUED = {"state": "queued", "all": "1"}


class Team:
    """Two mediators and the lead of a site, and somebody of another."""

    def __init__(self, session: Session) -> None:
        self.session = session
        site = make_site(session)
        self.ada, self.bob = (self._ctx(make_user(session, site=site)) for _turn in range(2))
        self.lead = self._ctx(make_user(session, "lead", site=site))
        self.stranger = self._ctx(make_user(session))

    def _ctx(self, user: object) -> Context:
        return Context(self.session, user.as_actor(), MONDAY_MORNING)  # type: ignore[attr-defined]


@pytest.fixture
def team(session: Session) -> Team:
    return Team(session)


def names(ctx: Context) -> list[str]:
    return [view.name for view in views_of(ctx)]


def test_a_view_is_ones_own_until_it_is_shared_with_the_site(team: Team) -> None:
    view = save_view(team.ada, "À appeler", QUEUED)
    assert names(team.ada) == ["À appeler"]
    assert names(team.bob) == names(team.lead) == []
    with pytest.raises(NotFound):
        get_view(team.bob, view.id)
    save_view(team.ada, "À appeler", QUEUED, shared=True)  # the same view, changed
    assert names(team.bob) == names(team.lead) == ["À appeler"]
    assert get_view(team.bob, view.id) is view
    assert names(team.stranger) == []
    with pytest.raises(NotFound):
        get_view(team.stranger, view.id)


def test_ones_own_come_first_by_name(team: Team) -> None:
    save_view(team.bob, "Avant", QUEUED, shared=True)
    save_view(team.ada, "zone", QUEUED)
    save_view(team.ada, "Bâtiment", QUEUED)
    assert names(team.ada) == ["Bâtiment", "zone", "Avant"]


def test_a_view_keeps_what_makes_sense_and_never_what_is_searched_for() -> None:
    asked = {
        "state": "queued", "kind": "nonsense", "partner": "12", "q": "DURAND", "page": "3",
        "found": "1", "sort": "-opened", "all": "",
    }  # fmt: skip
    assert filters_of(asked) == {"state": "queued", "partner": "12"}
    assert filters_of({"sort": "debt", "partner": "1 OR 1"}) == {"sort": "debt"}


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("  ", QUEUED, "Donnez un nom"),
        ("x" * (LONGEST_NAME + 1), QUEUED, "caractères au plus"),
        ("Tous", {}, "un filtre"),
        ("Tous", {"sort": "debt", "all": "1"}, "un filtre"),
    ],
)
def test_a_view_has_a_name_and_a_filter(
    team: Team, name: str, asked: dict[str, str], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        save_view(team.ada, name, asked)
    assert save_view(team.ada, "x" * LONGEST_NAME, QUEUED).id


def test_a_name_holds_no_number_that_is_never_kept(team: Team) -> None:
    with pytest.raises(Refused, match="ne se note jamais"):
        save_view(team.ada, "FR76 3000 6000 0112 3456 7890 189", QUEUED)


def test_views_have_an_end(team: Team) -> None:
    for turn in range(MOST):
        save_view(team.ada, f"Vue {turn}", QUEUED)
    with pytest.raises(Refused, match="supprimez-en"):
        save_view(team.ada, "Une de plus", QUEUED)
    save_view(team.ada, "Vue 0", {"state": "closed"})  # one that is there may be changed


def test_a_view_is_taken_away_by_whose_it_is_and_a_shared_one_by_a_lead(team: Team) -> None:
    own, shared = (save_view(team.ada, name, QUEUED, shared=True).id for name in ("A", "B"))
    with pytest.raises(Refused):
        delete_view(team.bob, own)
    delete_view(team.ada, own)
    delete_view(team.lead, shared)
    assert names(team.ada) == []
    private = save_view(team.ada, "C", QUEUED)
    with pytest.raises(NotFound):
        delete_view(team.lead, private.id)


def test_each_change_is_on_the_trail(team: Team) -> None:
    view = save_view(team.ada, "A", QUEUED)
    save_view(team.ada, "A", {"state": "closed"}, shared=True)
    delete_view(team.ada, view.id)
    team.session.flush()
    statement = select(AuditEvent).where(AuditEvent.entity == "saved_view").order_by(AuditEvent.id)
    events = team.session.scalars(statement).all()
    assert [each.action for each in events] == ["view.saved", "view.saved", "view.deleted"]
    assert events[1].before == {"filters": QUEUED, "shared": False}
    assert events[1].after == {"filters": {"state": "closed"}, "shared": True}
