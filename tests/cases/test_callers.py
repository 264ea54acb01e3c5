"""Who is calling: found by a few letters or figures, whatever their spelling."""

import pytest
from sqlalchemy.orm import Session

from energymed.base.context import Actor, Context
from energymed.cases.callers import find_callers
from energymed.cases.models import Case
from tests.factories import make_case, make_partner, make_person, make_site, make_user

ADDRESS = {"address": "12 rue des Lilas", "postal_code": "26000", "commune": "Valence"}


@pytest.fixture
def people(session: Session) -> tuple[Actor, dict[str, Case]]:
    site, partner = make_site(session), make_partner(session)
    actor = make_user(session, site=site).as_actor()
    named = {
        "dupont": ("DUPONT", "Hélène", "dupont helene", "+33639981234"),
        "durand": ("DURAND", "Marc", "durand marc", "+33475801234"),
        "goff": ("LE-GOFF", "Zoé", "le goff zoe", "+33639985678"),
        "oconnor": ("O'Connor", "Seán", "o connor sean", "+33639989999"),
    }
    cases = {
        key: make_case(
            session, site=site, partner=partner, reference=f"EDF-{number:05d}", **ADDRESS,
            person=make_person(
                session, site, partner, last_name=last, first_name=first, name_key=name,
                phones=(phone,), customer_reference=f"C{number}900",
                email=f"{key}@example.org",
            ),
        )
        for number, (key, (last, first, name, phone)) in enumerate(named.items(), 1)
    }  # fmt: skip
    cases["goff"].address, cases["goff"].commune = "4 avenue Félix Faure", "Bourg-lès-Valence"
    cases["goff"].delivery_point = "12345678901234"
    cases["oconnor"].reference, cases["durand"].reference = "EDFX3", "Zoe"
    session.flush()
    return actor, cases


@pytest.mark.parametrize(
    ("typed", "whose"),
    [
        ("06 39 98 12 34", ["dupont"]),
        ("+33 6 39 98 12 34", ["dupont"]),
        ("0033639981234", ["dupont"]),
        ("1234", ["durand", "dupont"]),  # the last figures
        ("EDF-00003", ["goff"]),
        ("edf-00003", ["goff"]),
        ("00003", ["goff"]),
        ("C4900", ["oconnor"]),
        ("12345678901234", ["goff"]),
        ("EDFX3", ["oconnor"]),
        ("edfx3 ", ["oconnor"]),
        ("EDFX", []),
        ("Dupont@Example.org", ["dupont"]),
        ("zoe", ["durand", "goff"]),  # a reference, and a first name
        ("dupont", ["dupont"]),
        ("Dupond helene", ["dupont"]),
        ("HÉLÈNE DUPONT", ["dupont"]),
        ("dup val", ["dupont"]),
        ("legoff", ["goff"]),
        ("le goff", ["goff"]),
        ("zoe faure", ["goff"]),
        ("o'connor", ["oconnor"]),
        ("conor sean", ["oconnor"]),
        ("durand 4 avenue felix", []),
        ("rue lilas marc", ["durand"]),
        ("felix faur", ["goff"]),
        ("xyz", []),
        ("?", []),
        ("", []),
        ("%", []),
    ],
)
def test_found(
    session: Session, people: tuple[Actor, dict[str, Case]], typed: str, whose: list[str]
) -> None:
    actor, cases = people
    names = {case.id: name for name, case in cases.items()}
    assert sorted(
        names[case.id] for case in find_callers(Context(session, actor), typed)
    ) == sorted(whose)


def test_the_best_fit_comes_first_and_open_before_closed(
    session: Session, people: tuple[Actor, dict[str, Case]]
) -> None:
    actor, cases = people
    cases["dupont"].state, cases["dupont"].closure = "closed", "settled"
    session.flush()
    assert [case.id for case in find_callers(Context(session, actor), "1234")] == [
        cases["durand"].id, cases["dupont"].id,
    ]  # fmt: skip
    cases["durand"].person.name_key = "dupon marc"
    session.flush()
    assert [case.id for case in find_callers(Context(session, actor), "dupont")] == [
        cases["dupont"].id, cases["durand"].id,
    ]  # fmt: skip


def test_only_of_ones_own_site(session: Session, people: tuple[Actor, dict[str, Case]]) -> None:
    elsewhere = make_user(session).as_actor()
    assert find_callers(Context(session, elsewhere), "dupont") == []
    assert find_callers(Context(session, elsewhere), "0639981234") == []


def test_twenty_at_most(session: Session, people: tuple[Actor, dict[str, Case]]) -> None:
    actor, cases = people
    one = cases["dupont"]
    for _turn in range(25):
        make_case(session, site=one.site, partner=one.partner, person=one.person)
    assert len(find_callers(Context(session, actor), "dupont")) == 20
