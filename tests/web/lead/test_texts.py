"""The page of the texts: written with a preview, offered or not, signed."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import User
from energymed.messages.models import MessageSender, MessageTemplate
from energymed.messages.templates import seed
from tests.factories import MONDAY_MORNING as NOW
from tests.factories import make_partner, make_site, make_user
from tests.web.helpers import sign_in, soup, table_rows, text_of

FACTOR = {"tf_totp_secret": "s", "tf_primary_method": "authenticator"}
TYPED = {
    "channel": "sms", "language": "fr", "campaign_kind": "", "name": "Un appel",
    "body": "Bonjour, {association} au {telephone}.",
}  # fmt: skip


@pytest.fixture
def lead(client: FlaskClient, session: Session) -> User:
    user = make_user(session, "lead", site=make_site(session, "valence"), **FACTOR)
    make_partner(session, "edf")
    seed(session, now=NOW)
    session.commit()
    sign_in(client, user)
    return user


@pytest.mark.usefixtures("lead")
def test_the_page_lists_texts_and_says_what_is_not_set(client: FlaskClient) -> None:
    answer = client.get("/texts")
    rows = table_rows(answer)
    assert {row["Nom"].split(" anglais")[0] for row in rows} >= {
        "Nous avons essayé de vous joindre",
        "We tried to reach you",
    }
    assert "aucune passerelle réglée" in text_of(answer)
    assert "à dire avant le premier message" in text_of(answer)


def test_a_text_is_previewed_then_saved(client: FlaskClient, session: Session, lead: User) -> None:
    page = client.post("/texts/new", data={**TYPED, "preview": "1"})
    assert page.status_code == 200
    said = text_of(page)
    assert "Bonjour, PIMMS Médiation Portes de Provence au 04 65 71 00 00." in said
    assert "1 SMS" in said
    own = select(MessageTemplate).where(MessageTemplate.code.is_(None))
    assert session.scalars(own).all() == []
    assert client.post("/texts/new", data=TYPED).status_code == 303
    session.rollback()
    assert session.scalars(own).one().site_id == lead.site_id


@pytest.mark.usefixtures("lead")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"body": "Votre facture"}, "Retirez « facture »"),
        ({"body": "Bonjour {montant}"}, "Champ inconnu : {montant}"),
        ({"body": "De la part d'EDF"}, "ne s'écrit pas en toutes lettres"),
        ({"name": ""}, "Donnez un nom au texte"),
        ({"channel": "email"}, "Donnez un objet"),
    ],
)
def test_what_is_wrong_is_told_before_and_at_saving(
    client: FlaskClient, session: Session, typed: dict[str, str], said: str
) -> None:
    preview = client.post("/texts/new", data={**TYPED, **typed, "preview": "1"})
    assert preview.status_code == 200
    assert (said in text_of(preview)) is ("name" not in typed)
    refused = client.post("/texts/new", data={**TYPED, **typed})
    assert refused.status_code == 422
    assert said in text_of(refused)
    own = select(MessageTemplate).where(MessageTemplate.code.is_(None))
    assert session.scalars(own).all() == []


def test_a_lead_copies_what_belongs_to_everybody(
    client: FlaskClient, session: Session, lead: User
) -> None:
    shared = session.scalars(
        select(MessageTemplate).where(MessageTemplate.code == "tried_sms_fr")
    ).one()
    page = client.get(f"/texts/{shared.id}")
    assert soup(page).select_one("#text-form button") is None
    refused = client.post(f"/texts/{shared.id}", data={**TYPED, "version": "1"})
    assert refused.status_code == 422
    assert "seul un administrateur" in text_of(refused)
    refused = client.post(f"/texts/{shared.id}/offer", data={"active": "0"}, follow_redirects=True)
    assert "seul un administrateur" in text_of(refused)
    copy = soup(client.get(f"/texts/new?from={shared.id}")).select_one("textarea[name=body]")
    assert copy is not None
    assert copy.get_text().strip() == shared.body


def test_an_administrator_changes_withdraws_and_signs_for_a_site(
    client: FlaskClient, session: Session, lead: User
) -> None:
    admin = make_user(session, "admin", **FACTOR)
    session.commit()
    sign_in(client, admin)
    text = session.scalars(
        select(MessageTemplate).where(MessageTemplate.code == "tried_sms_fr")
    ).one()
    assert client.post(f"/texts/{text.id}", data={**TYPED, "version": "1"}).status_code == 303
    stale = client.post(f"/texts/{text.id}", data={**TYPED, "version": "1"})
    assert "modifié entre-temps" in text_of(stale)
    client.post(f"/texts/{text.id}/offer", data={"active": "0"})
    session.rollback()
    session.refresh(text)
    assert (text.body, text.active) == (TYPED["body"], False)
    typed = {"association": "PIMMS", "phone": "04 65 71 00 00"}
    assert client.get("/texts/sender").status_code == 302
    assert client.post(f"/texts/sender?site={lead.site_id}", data=typed).status_code == 303
    assert session.scalars(select(MessageSender)).one().phone == "+33465710000"


def test_who_signs_is_refused_beside_the_control(
    client: FlaskClient, session: Session, lead: User
) -> None:
    assert client.post("/texts/sender").status_code == 422
    refused = client.post(
        "/texts/sender", data={"association": "SOS Dettes", "phone": "0465710000"}
    )
    assert refused.status_code == 422
    assert "rien sur la dette" in text_of(refused)
    other = make_site(session)
    session.commit()
    assert client.get(f"/texts/sender?site={other.id}").status_code == 404
    saved = client.post("/texts/sender", data={"association": "PIMMS", "phone": "0465710000"})
    assert saved.status_code == 303
    page = soup(client.get("/texts/sender"))
    assert page.select_one("input[name=association][value=PIMMS]") is not None
