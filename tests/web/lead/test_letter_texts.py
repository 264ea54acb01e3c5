"""The page of a letter's text: shown as the letter, kept, refused when it demands."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.accounts.models import User
from energymed.messages.letters.models import LetterText
from tests.factories import make_partner, make_site, make_user
from tests.web.helpers import sign_in, soup, text_of

FACTOR = {"tf_totp_secret": "s", "tf_primary_method": "authenticator"}
TYPED = {
    "kind": "agreed", "variant": "usual", "partner_id": "", "campaign_kind": "",
    "subject": "Ce que nous avons dit", "body": "Bonjour,\n\n{details}\n\nÀ bientôt.",
}  # fmt: skip


@pytest.fixture
def lead(client: FlaskClient, session: Session) -> User:
    user = make_user(session, "lead", site=make_site(session, "valence"), **FACTOR)
    make_partner(session, "edf")
    session.commit()
    sign_in(client, user)
    return user


@pytest.mark.usefixtures("lead")
def test_the_page_lists_every_kind_in_both_versions(client: FlaskClient) -> None:
    said = text_of(client.get("/texts"))
    assert "Accord d'échéancier" in said
    assert "Votre accord pour payer en plusieurs fois" in said


def test_a_text_is_seen_as_a_letter_then_saved(
    client: FlaskClient, session: Session, lead: User
) -> None:
    answer = client.post("/texts/letters/new", data={**TYPED, "preview": "1"})
    assert answer.status_code == 200
    assert soup(answer).select("#preview img[src^='data:image/png']")
    assert client.post("/texts/letters/new", data={**TYPED, "pdf": "1"}).data[:5] == b"%PDF-"
    assert client.post("/texts/letters/new", data=TYPED).status_code == 303
    own = session.scalars(select(LetterText).where(LetterText.code.is_(None))).one()
    assert (own.site_id, own.subject) == (lead.site_id, TYPED["subject"])
    again = client.post("/texts/letters/new", data=TYPED)
    assert (again.status_code, "existe déjà" in text_of(again)) == (422, True)


@pytest.mark.usefixtures("lead")
@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"body": "Vous devez payer sous huit jours.\n\n{details}"}, "Vous devez payer"),
        ({"subject": "Dernier avis"}, "Dernier avis"),
        ({"body": "{dette}\n\n{details}"}, "Champ inconnu : {dette}"),
        ({"body": "Bonjour."}, "{details}"),
        ({"body": "Bonjour {details}"}, "{details}"),
        ({"body": ""}, "Écrivez le texte"),
        ({"subject": ""}, "Donnez un objet"),
        ({"kind": "unreachable", "body": "Votre facture."}, "facture"),
        ({"partner_id": "99999"}, ""),
    ],
)
def test_what_no_letter_may_say_is_refused_and_kept(
    client: FlaskClient, session: Session, typed: dict[str, str], said: str
) -> None:
    answer = client.post("/texts/letters/new", data={**TYPED, **typed})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert typed.get("body", TYPED["body"]).split("\n")[0] in text_of(answer)
    assert not session.scalars(select(LetterText).where(LetterText.code.is_(None))).all()


@pytest.mark.usefixtures("lead")
def test_a_lead_reads_the_text_of_all_and_may_copy_it(
    client: FlaskClient, session: Session
) -> None:
    text = session.scalars(select(LetterText).where(LetterText.code == "agreed_usual")).one()
    page = client.get(f"/texts/letters/{text.id}")
    assert "Copier pour mon site" in text_of(page)
    answer = client.post(f"/texts/letters/{text.id}", data={**TYPED, "version": "1"})
    assert answer.status_code == 422
    assert "administrateur" in text_of(answer)
