"""The team's own words for the calls: written by the lead, shown on the desk with the figures."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import Actor, Context
from energymed.calling.models import GuideStep
from energymed.calling.scripts.call_script import (
    DEFAULT_STEPS,
    change_call_script,
)
from tests.factories import MONDAY_MORNING, make_case, make_user
from tests.web.helpers import sign_in, soup, text_of
from tests.web.lead.conftest import LeadDesk

ADDRESS = "/guide/unpaid_bill"
OWN = {
    "title-1": "Bonjour",
    "say-1": "Ici {mediateur}, de {association}. Suis-je bien chez {personne} ?",
    "title-2": "Adresse", "say-2": "Votre adresse, s'il vous plaît ?",
    "title-3": "Dette", "say-3": "{partenaire} indique {dette} ({reference}).",
    "advice-3": "Laissez parler.",
}  # fmt: skip


def call_page(desk: LeadDesk, session: Session) -> str:
    """What a mediator of the site reads on the desk of an unpaid bill."""
    mediator = make_user(session, "mediator", site=desk.lead.site, name="Ada Blanc")
    make_case(session, assigned_to=mediator, debt_cents=12_345, reference="EDF7")
    session.commit()
    sign_in(desk.client, mediator)
    return text_of(desk.client.get(desk.client.post("/queue/next").headers["Location"]))


def test_the_guide_of_every_mission_is_shown_as_it_is_given(desk: LeadDesk) -> None:
    assert desk.client.get("/guide").headers["Location"].endswith(ADDRESS)
    for kind, steps in DEFAULT_STEPS.items():
        page = soup(desk.client.get(f"/guide/{kind}"))
        titles = [str(each["value"]) for each in page.select("input[name^=title-]")]
        assert titles[: len(steps)] == [step.title for step in steps]
        assert "le guide d'origine" in page.get_text()
    assert desk.client.get("/guide/nothing").status_code == 404


def test_own_words_are_said_with_the_figures_of_the_case(desk: LeadDesk, session: Session) -> None:
    assert desk.client.post(ADDRESS, data=OWN).status_code == 303
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "guide.changed")).one()
    assert event.after == {"kind": "unpaid_bill", "steps": 3}
    assert "les mots de votre équipe" in text_of(desk.client.get(ADDRESS))
    page = call_page(desk, session)
    assert "Ici Ada Blanc, de" in page
    assert "indique 123,45 € (EDF7)." in page
    assert "Ni le partenaire, ni la dette." in page
    assert "Pour être sûr de parler" not in page


@pytest.mark.slow
def test_ours_come_back(desk: LeadDesk, session: Session) -> None:
    desk.client.post(ADDRESS, data=OWN)
    desk.client.post(ADDRESS, data={"ours": "1", **OWN})
    assert session.scalars(select(GuideStep)).all() == []
    assert "Pour être sûr de parler à la bonne personne" in call_page(desk, session)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"say-1": "J'appelle de la part de {partenaire}."}, "ni le partenaire, ni la dette"),
        ({"advice-2": "Elle doit {dette}."}, "ni le partenaire, ni la dette"),
        ({"say-3": "Votre {iban} ?"}, "une donnée de ce dossier"),
        ({"say-1": "Bonjour, vous avez une dette chez nous de 310 €."}, "« dette », « € »"),
        ({"title-1": "Impayé"}, "retirez « Impayé »"),
        ({"advice-2": "Sa facture est chez Edf."}, "retirez « EDF », « facture »"),
        ({"say-1": "Je suis {mediateur}, pour l'EDF."}, "retirez « EDF »"),
        ({"say-2": "Votre adresse ? Réf. {reference}"}, "retirez « {reference} »"),
        ({"say-3": "{ dette } à payer"}, "Une accolade ne se lit pas"),
        ({"say-3": "{reste dû} à payer"}, "Une accolade ne se lit pas"),
        ({"advice-3": "Il reste {dette"}, "Une accolade ne se lit pas"),
        ({"title-3": "dette}"}, "Une accolade ne se lit pas"),
        ({"say-3": "{Dette}"}, "une donnée de ce dossier"),
        ({"say-2": "Comment allez-vous ?"}, "Cette étape vérifie l'identité"),
        ({"title-2": "", "say-2": ""}, "ni le partenaire, ni la dette"),
        ({"title-3": ""}, "Il y faut un titre"),
        ({"say-3": "a" * 601}, "trop long"),
        ({"advice-3": "Rappeler le 1 85 05 78 006 084 36"}, "ne se note jamais"),
    ],
)
def test_what_may_not_be_said_is_told_and_nothing_typed_is_lost(
    desk: LeadDesk, session: Session, typed: dict[str, str], said: str
) -> None:
    answer = desk.client.post(ADDRESS, data={**OWN, **typed})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "Laissez parler." in text_of(answer) or "advice-3" in typed
    assert session.scalars(select(GuideStep)).all() == []


def test_a_guide_asks_who_it_is_at_the_second_step(desk: LeadDesk, session: Session) -> None:
    sent = {name: words for name, words in OWN.items() if name.endswith("1")}
    answer = desk.client.post(ADDRESS, data=sent)
    assert "Cette étape vérifie l'identité" in text_of(answer)
    assert session.scalars(select(GuideStep)).all() == []


@pytest.mark.parametrize("kind", ["cutoff_notice", "appointment"])
def test_a_mission_without_a_debt_cites_none(desk: LeadDesk, kind: str) -> None:
    answer = desk.client.post(f"/guide/{kind}", data=OWN)
    assert answer.status_code == 422
    assert "{dette} n'est pas une donnée de ce dossier" in text_of(answer)
    assert "{dette}" not in text_of(desk.client.get(f"/guide/{kind}"))
    assert "{dette}" in text_of(desk.client.get(ADDRESS))


@pytest.mark.parametrize("kind", list(DEFAULT_STEPS))
def test_ours_obeys_what_is_asked_of_others(desk: LeadDesk, session: Session, kind: str) -> None:
    lead = Actor(desk.lead.id, "lead", site_id=desk.site.id)
    change_call_script(Context(session, lead, MONDAY_MORNING), kind, DEFAULT_STEPS[kind])


def test_a_site_has_its_own_words(desk: LeadDesk, session: Session) -> None:
    desk.client.post(ADDRESS, data=OWN)
    stranger = make_user(session, "lead", tf_totp_secret="s", tf_primary_method="authenticator")
    session.commit()
    sign_in(desk.client, stranger)
    assert "le guide d'origine" in text_of(desk.client.get(ADDRESS))


def version_on(desk: LeadDesk, address: str = ADDRESS) -> str:
    """What the form says it was read from."""
    found = soup(desk.client.get(address)).select_one("form.guide-form input[name=version]")
    assert found is not None
    return str(found["value"])


def test_the_last_lead_does_not_win_without_a_word(desk: LeadDesk, session: Session) -> None:
    read = version_on(desk)
    assert desk.client.post(ADDRESS, data={**OWN, "version": read}).status_code == 303
    mine = {**OWN, "say-3": "Que s'est-il passé ?", "version": read}
    answer = desk.client.post(ADDRESS, data=mine)
    assert answer.status_code == 422
    assert "Un collègue a changé ces mots" in text_of(answer)
    assert "Que s'est-il passé ?" in text_of(answer)
    steps = session.scalars(select(GuideStep).order_by(GuideStep.position)).all()
    assert steps[2].say == OWN["say-3"]
    kept = soup(answer).select_one("form.guide-form input[name=version]")
    assert kept is not None
    again = desk.client.post(ADDRESS, data={**mine, "version": str(kept["value"])})
    assert again.status_code == 303


def test_ours_do_not_come_back_over_words_not_read(desk: LeadDesk, session: Session) -> None:
    desk.client.post(ADDRESS, data=OWN)
    read = version_on(desk)
    desk.client.post(ADDRESS, data={**OWN, "say-3": "Écoutez."})
    answer = desk.client.post(ADDRESS, data={"ours": "1", "version": read})
    assert answer.status_code == 422
    assert "Écoutez." in text_of(answer)
    assert len(session.scalars(select(GuideStep)).all()) == 3


def test_another_error_does_not_hide_a_conflict(desk: LeadDesk) -> None:
    read = version_on(desk)
    desk.client.post(ADDRESS, data=OWN)
    answer = desk.client.post(ADDRESS, data={**OWN, "title-3": "", "version": read})
    kept = soup(answer).select_one("form.guide-form input[name=version]")
    assert kept is not None
    assert str(kept["value"]) == read


def test_an_error_takes_the_focus_and_leads_to_its_step(desk: LeadDesk) -> None:
    page = soup(desk.client.post(ADDRESS, data={**OWN, "title-3": ""}))
    link = page.select_one("[role=alert][data-focus] a")
    assert link is not None
    assert (link["href"], link.get_text()) == ("#step-3", "Étape 3")
    step = page.select_one("#step-3")
    assert step is not None
    assert step["aria-describedby"] == "step-3-error"
