"""The call desk as a page: who, why, what matters, and every result reachable by one key."""

from datetime import date, timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy.orm import Session

from energymed.base.clock import now
from energymed.base.context import SYSTEM, Context
from energymed.calling.codes import RESULTS
from energymed.calling.models import Contact
from energymed.cases.models import LedgerEntry
from energymed.partners.rule_changes import Scope, change_rule
from energymed.web.mediator.call.call_form import picks
from tests.calling.conftest import paris
from tests.factories import make_case, make_person, make_user
from tests.web.helpers import soup, text_of
from tests.web.mediator.conftest import MediatorDesk

CHEQUE = {"energy_cheque": True, "energy_cheque_year": 2026}


def test_who_and_why_in_plain_words(desk: MediatorDesk) -> None:
    said = text_of(desk.client.get(desk.next_call()))
    assert desk.case.person.full_name in said
    assert "EDF · Nouveau dossier · Médiation sur impayés" in said
    assert "Reste dû 600,00 €" in said
    assert "À ne nommer qu'après vérification de l'identité." in said


def test_the_guide_has_the_words_and_the_warnings(desk: MediatorDesk) -> None:
    guide = soup(desk.client.get(desk.next_call())).select_one("[data-guide]")
    assert guide is not None
    said = " ".join(guide.get_text(" ").split())
    assert "je suis Ada Blanc" in said
    assert "Ni le partenaire, ni la dette." in said
    assert said.index("Identité") < said.index("au sujet de factures")


def test_every_result_has_its_own_key(desk: MediatorDesk) -> None:
    page = soup(desk.client.get(desk.next_call()))
    inputs = page.select("input[name=result]")
    assert {str(each["value"]) for each in inputs} == set(RESULTS)
    keys = [str(each["data-shortcut"]) for each in page.select("main [data-shortcut]")]
    assert sorted(keys) == sorted(set(keys))


def test_a_number_that_failed_is_not_dialled_again(desk: MediatorDesk, session: Session) -> None:
    person = make_person(session, desk.site, desk.partner, phones=("+33639981001", "+33465711002"))
    person.phones[0].status = "wrong"
    case = desk.add_case(person=person, cutoff_date=(now() + timedelta(days=1)).date())
    address = desk.next_call()
    assert address == f"/call/{case.id}"
    page = soup(desk.client.get(address))
    assert [str(a["href"]) for a in page.select("a[href^='tel:']")] == ["tel:+33465711002"]
    checked = page.select_one("input[name=phone_id][checked]")
    assert checked is not None
    assert checked["value"] == str(person.phones[1].id)
    assert "faux numéro" in page.get_text()
    assert [str(a["href"]) for a in page.select("[data-shortcut=p]")] == ["tel:+33465711002"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"cutoff_date": date(2026, 11, 26)}, "Coupure prévue le jeu. 26 nov. : dans 3 jour"),
        ({"cutoff_date": date(2026, 11, 26)}, "cette coupure est anormale"),
        ({"energy": "gas"}, "Trêve hivernale : pas de coupure pour impayé avant le 1 avr. 2027."),
        ({"energy": "electricity"}, "avant le 1 avr. 2027, mais la puissance peut être réduite."),
        ({"energy": "water"}, "Eau : ni coupure ni réduction pour impayé"),
        (CHEQUE, "Chèque énergie 2026 attesté : protections jusqu'au 30 avr. 2027."),
        ({**CHEQUE, "energy": "electricity"}, "pas de réduction de puissance avant le 1 avr. 2027"),
        ({"suspended": True}, "Suspendu – surendettement"),
    ],
)
def test_what_matters_stands_on_top(
    desk: MediatorDesk, session: Session, values: dict[str, object], said: str
) -> None:
    for name, value in values.items():
        setattr(desk.case, name, value)
    session.commit()
    cautions = soup(desk.client.get(desk.next_call())).select_one(".cautions")
    assert cautions is not None
    assert said in cautions.get_text()


@pytest.mark.parametrize(
    ("at", "language", "name", "day"),
    [
        ("2026-11-26 16:00", "fr", "Demain ", "2026-11-27"),
        ("2026-11-27 16:00", "fr", "Lundi ", "2026-11-30"),
        ("2026-12-24 16:00", "fr", "Lundi ", "2026-12-28"),  # Christmas, then a weekend
        ("2026-11-27 16:00", "en", "Monday ", "2026-11-30"),
    ],
)
def test_a_moment_at_one_click_bears_the_name_of_its_day(
    desk: MediatorDesk, at: str, language: str, name: str, day: str
) -> None:
    with desk.app.test_request_context(), force_locale(language):
        (morning, ten), (afternoon, later), *_weeks = picks(paris(at), desk.case)
    assert (ten, later) == (f"{day}T10:00", f"{day}T14:30")
    assert morning.startswith(name)
    assert afternoon.startswith(name)


def test_the_debt_adds_up(desk: MediatorDesk, session: Session) -> None:
    for kind, cents in (("new_charge", 5_000), ("payment", -20_000)):
        session.add(
            LedgerEntry(
                case_id=desk.case.id, kind=kind, amount_cents=cents, on_date=date(2026, 11, 20),
                recorded_at=now(), source="fichier.csv",
            )
        )  # fmt: skip
    session.commit()
    said = text_of(desk.client.get(desk.next_call()))
    for part in (
        "Dette à l'ouverture 600,00 €",
        "Nouvelles sommes dues 50,00 €",
        "Paiements confirmés − 200,00 €",
        "Reste dû 450,00 €",
    ):
        assert part in said


def test_a_mission_without_a_debt_negotiates_nothing(desk: MediatorDesk) -> None:
    case = desk.add_case(
        campaign_kind="cutoff_notice", debt_cents=None,
        cutoff_date=(now() + timedelta(days=1)).date(), cutoff_slot="13h-17h",
    )  # fmt: skip
    address = desk.next_call()
    assert address == f"/call/{case.id}"
    page = soup(desk.client.get(address))
    offered = {str(each["value"]) for each in page.select("input[name=acts]")}
    assert "cutoff_informed" in offered
    assert "plan_agreed" not in offered
    assert "Rien ne se négocie ici" in page.get_text()


@pytest.mark.parametrize("days", [7, 14])
def test_a_recent_voicemail_is_not_left_twice(
    desk: MediatorDesk, session: Session, days: int
) -> None:
    change_rule(
        Context(session, SYSTEM),
        Scope(),
        "voicemail_gap_days",
        days,
        valid_from=date(2026, 11, 23),
        source="test",
    )
    at = now() - timedelta(days=3)
    session.add(
        Contact(
            case_id=desk.case.id, person_id=desk.case.person_id, user_id=desk.user.id,
            channel="call_out", result="voicemail_left", details={}, started_at=at, ended_at=at,
        )
    )  # fmt: skip
    session.commit()
    said = text_of(desk.client.get(desk.next_call()))
    assert "n'en laissez pas d'autre" in said
    assert f"un seul tous les {days} jours" in said


def test_a_case_that_is_not_in_call_opens_its_file(desk: MediatorDesk) -> None:
    answer = desk.client.get(f"/call/{desk.case.id}")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/cases/{desk.case.id}"


def test_another_sites_case_is_not_found(desk: MediatorDesk, session: Session) -> None:
    other = make_case(session, assigned_to=make_user(session))
    session.commit()
    for address in (f"/call/{other.id}", f"/cases/{other.id}", f"/cases/{other.id}/contact"):
        assert desk.client.get(address).status_code == 404
    for address in (
        f"/call/{other.id}", f"/call/{other.id}/lease", f"/call/{other.id}/draft",
        f"/call/{other.id}/release", f"/call/{other.id}/schedule", f"/cases/{other.id}/queue",
    ):  # fmt: skip
        assert desk.client.post(address, json={}).status_code == 404


def test_a_partner_may_not_enter(desk: MediatorDesk, session: Session) -> None:
    desk.sign_in_as(make_user(session, "partner", partner=desk.partner))
    for address in ("/queue", f"/call/{desk.case.id}", "/cases", "/tasks"):
        assert desk.client.get(address).status_code == 403


def test_my_account_lists_every_key_of_the_desk(desk: MediatorDesk) -> None:
    page = soup(desk.client.get(desk.next_call()))
    keys = {str(control["data-shortcut"]) for control in page.select("main [data-shortcut]")}
    listed = soup(desk.client.get("/account")).select("tbody th kbd")
    shown = (kbd.get_text() for kbd in listed)
    names = [key[1:] if key.startswith("⇧") else key.lower() for key in shown]
    later = {"Y", "Z"}  # with a gateway for text messages; after a save
    assert sorted(names) == sorted(keys | later)


def test_what_a_file_says_beside_a_number_stands_beside_it(
    desk: MediatorDesk, session: Session
) -> None:
    person = make_person(session, desk.site, desk.partner, phones=("+33639981001",))
    person.phones[0].remark = "fille, <après> 18h"
    case = desk.add_case(person=person, cutoff_date=(now() + timedelta(days=1)).date())
    for address in (desk.next_call(), f"/cases/{case.id}"):
        remark = soup(desk.client.get(address)).select_one(".phone-remark")
        assert remark is not None
        assert remark.get_text(strip=True) == "fille, <après> 18h"
