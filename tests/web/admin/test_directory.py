"""The directory of funds and bodies on the administrator's desk."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.mediation.directory_models import AidFund, SocialBody
from tests.factories import make_user
from tests.web.admin.conftest import counted
from tests.web.helpers import hidden_fields, sign_in, soup, text_of

FSL = {
    "version": "", "kind": "fsl_energy", "name": "FSL de la Drôme", "department": "26",
    "phone": "04 65 71 12 34", "hours": "lundi 9 h - 12 h", "documents": ["income", "bill"],
    "ceiling_cents": "1100", "ceiling_basis": "quotient familial", "own_share": "10",
    "times_a_year": "1", "filed_by": "professional", "checked_on": "2026-11-20",
    "certainty": "B", "source": "appel du 20 novembre",
}  # fmt: skip


def names(page: Any) -> list[str]:
    return [cell.get_text() for cell in soup(page).select("tbody th a")]


def added(desk: FlaskClient, side: str = "fund", **said: Any) -> int:
    """Add an entry by its page; its id."""
    answer = desk.post(f"/admin/directory/new?side={side}", data={**FSL, **said})
    assert answer.status_code == 303, text_of(answer)
    page = desk.get("/admin/directory", query_string={"q": said.get("name", FSL["name"])})
    link = soup(page).select_one("tbody th a")
    assert link is not None
    return int(str(link["href"]).rsplit("/", 1)[1])


def test_a_new_installation_has_its_kinds_and_the_national_lines(desk: FlaskClient) -> None:
    page = desk.get("/admin/directory?kind=mne")
    assert names(page) == ["Médiateur national de l'énergie"]
    assert "0 800 112 212" in text_of(page)
    assert "1 à 25 sur 30" in text_of(desk.get("/admin/directory"))


def test_a_fund_is_added_and_shown_again_as_it_was_typed(
    desk: FlaskClient, session: Session
) -> None:
    number = added(desk)
    row = session.get_one(AidFund, number)
    assert (row.ceiling_cents, row.own_share, row.documents) == (110_000, 10, ["income", "bill"])
    form = soup(desk.get(f"/admin/directory/fund/{number}"))
    shown = form.select_one("#ceiling_cents")
    assert shown is not None
    assert shown["value"] == "1100,00"
    assert [str(box["value"]) for box in form.select("#documents input[checked]")] == [
        "income", "bill",
    ]  # fmt: skip
    event = session.scalars(select(AuditEvent).where(AuditEvent.entity == "aid_fund")).one()
    assert event.action == "directory.fund_added"
    assert event.after is not None
    assert event.after["phone"] == "…"  # texts are not kept in the trail


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"kind": ""}, "kind"),
        ({"source": " "}, "source"),
        ({"department": "99"}, "department"),
        ({"department": "", "commune": "Valence"}, "department"),
        ({"own_share": "101"}, "own_share"),
        ({"own_share": "x"}, "own_share"),
        ({"loan_share": "-1"}, "loan_share"),
        ({"times_a_year": "0"}, "times_a_year"),
        ({"ceiling_cents": "-5"}, "ceiling_cents"),
        ({"ceiling_cents": "beaucoup"}, "ceiling_cents"),
        ({"least_cents": "300", "most_cents": "299,99"}, "most_cents"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-31"}, "valid_until"),
        ({"checked_on": "2026-11-24"}, "checked_on"),
        ({"email": "nobody"}, "email"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"phone": "demander"}, "phone"),
        ({"hours": "1 85 05 78 006 084 36"}, "hours"),
        ({"documents": ["passport"]}, "documents"),
        ({"certainty": "Z"}, "certainty"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field(
    desk: FlaskClient, session: Session, said: dict[str, Any], wrong: str
) -> None:
    answer = desk.post("/admin/directory/new?side=fund", data={**FSL, **said})
    assert answer.status_code == 422
    told = [str(each["id"]) for each in soup(answer).select(".field-error[id]")]
    assert told == [f"{wrong}-error"]
    assert session.scalar(select(func.count()).select_from(AidFund)) == 11


@pytest.mark.parametrize("said", [{"own_share": "0"}, {"own_share": "100"},
                                  {"least_cents": "300", "most_cents": "300"},
                                  {"valid_from": "2026-02-01", "valid_until": "2026-02-01"},
                                  {"checked_on": "2026-11-23"}, {"contract_months": "0"},
                                  {"department": "2a"}, {"website": "drome.fr"}])  # fmt: skip
def test_what_is_on_the_edge_is_right(desk: FlaskClient, said: dict[str, Any]) -> None:
    added(desk, **said)


def test_two_editors_at_once_do_not_overwrite_one_another(
    desk: FlaskClient, session: Session
) -> None:
    address = f"/admin/directory/fund/{added(desk)}"
    seen = hidden_fields(desk.get(address), "entry-form")["version"]
    assert (
        desk.post(address, data={**FSL, "version": seen, "phone": "0465711235"}).status_code == 303
    )
    late = desk.post(address, data={**FSL, "version": seen, "hours": "mardi"})
    assert late.status_code == 422
    assert "entre-temps" in text_of(late)
    session.expire_all()
    row = session.scalars(select(AidFund).where(AidFund.department == "26")).one()
    assert (row.phone, row.hours, row.version) == ("0465711235", FSL["hours"], 2)
    ended = desk.post(
        f"{address}/end", data={"version": seen, "last_day": "2026-11-30"}, follow_redirects=True
    )
    assert "entre-temps" in text_of(ended)


def test_the_same_again_changes_nothing(desk: FlaskClient, session: Session) -> None:
    address = f"/admin/directory/fund/{added(desk)}"
    assert desk.post(address, data={**FSL, "version": "1"}).status_code == 303
    row = session.scalars(select(AidFund).where(AidFund.department == "26")).one()
    assert row.version == 1


def test_an_entry_ends_and_stays(desk: FlaskClient, session: Session) -> None:
    number = added(desk)
    address = f"/admin/directory/fund/{number}/end"
    assert "Donnez un jour" in text_of(desk.post(address, data={}, follow_redirects=True))
    page = desk.post(
        address, data={"version": "1", "last_day": "2026-11-22"}, follow_redirects=True
    )
    assert "n'est plus proposée" in text_of(page)
    assert names(desk.get("/admin/directory?state=ended")) == ["FSL de la Drôme"]
    events = select(AuditEvent.action).where(AuditEvent.entity == "aid_fund")
    actions = session.scalars(events.order_by(AuditEvent.id))
    assert list(actions) == ["directory.fund_added", "directory.fund_edited"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=drôme", ["CCAS de Valence", "FSL de la Drôme"]),
        ("q=valence", ["CCAS de Valence"]),
        ("side=fund&department=26", ["FSL de la Drôme"]),
        ("side=body&department=26", ["CCAS de Valence"]),
        ("department=26&sort=-name", ["FSL de la Drôme", "CCAS de Valence"]),
        ("kind=ccas&department=26", ["CCAS de Valence"]),
        ("state=to_come", []),
        ("q=inconnu", []),
        ("state=to_check&department=26", ["CCAS de Valence"]),
        ("state=in_force&department=26", ["CCAS de Valence", "FSL de la Drôme"]),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(
    desk: FlaskClient, query: str, found: list[str]
) -> None:
    added(desk)
    added(desk, "body", kind="ccas", name="CCAS de Valence", commune="Valence drôme",
          checked_on="2025-11-22")  # fmt: skip
    page = desk.get(f"/admin/directory?{query}")
    assert names(page) == found
    assert ("Rien ne correspond" in text_of(page)) == (not found)


def test_a_year_after_it_was_checked_an_entry_is_to_be_checked_again(desk: FlaskClient) -> None:
    added(desk, checked_on="2025-11-23")
    listed = "/admin/directory?department=26&state=to_check"
    assert names(desk.get(listed)) == []
    change = {"valid_from": "2026-11-23", "source": "réunion", "number": "11"}
    assert desk.post("/admin/rules/directory_months", data=change).status_code == 303
    assert names(desk.get(listed)) == ["FSL de la Drôme"]


def test_the_list_costs_a_fixed_number_of_statements(desk: FlaskClient) -> None:
    costs = []
    for number in range(2):
        added(desk, name=f"FSL {number}")
        with counted() as said:
            desk.get("/admin/directory")
        costs.append(len(said))
    # user, troubles of the menu (2), départements, rules, count, page, funds, bodies
    assert costs[0] == costs[1] <= 10, said


def file_of(text: str, name: str = "annuaire.csv") -> dict[str, Any]:
    return {"side": "fund", "file": (BytesIO(text.encode("cp1252")), name)}


LINES = """Type;Nom;Département;Téléphone;Plafond;Pièces;Vérifié le
FSL énergie;FSL de la Drôme;26;465711234;1 100,50;Dernière facture, identity;20/11/2026
FSL eau;FSL eau de l'Ardèche;7;;;;
Fonds inconnu;X;26;;;;
CCAS;Y;26;;douze;;31/02/2026
FSL eau;FSL EAU de l'Ardeche;07;;;;
"""


def preview(desk: FlaskClient, text: str) -> Any:
    answer = desk.post("/admin/directory/file", data=file_of(text))
    assert answer.status_code == 200, text_of(answer)
    return answer


def states(page: Any) -> list[str]:
    return [row.select("td")[-1].select_one(".status").get_text(strip=True)  # type: ignore[union-attr]
            for row in soup(page).select("tbody tr")]  # fmt: skip


def write(desk: FlaskClient, seen: Any) -> Any:
    fields = hidden_fields(seen, "write-form")
    return desk.post("/admin/directory/file/write", data=fields, follow_redirects=True)


def test_a_file_is_seen_then_written_and_its_wrong_lines_are_left_out(
    desk: FlaskClient, session: Session
) -> None:
    seen = preview(desk, LINES)
    assert states(seen) == ["nouveau", "nouveau", "à corriger", "à corriger", "à corriger"]
    told = text_of(seen)
    for said in (
        "Fonds inconnu » n'est pas connu", "Ce montant ne se lit pas",
        "Cette date ne se lit pas", "déjà à la ligne 3",
    ):  # fmt: skip
        assert said in told
    assert session.scalar(select(func.count()).select_from(AidFund)) == 11  # nothing is written
    done = text_of(write(desk, seen))
    assert "2 fiches sont écrites" in done
    assert "3 lignes sont restées de côté" in done
    row = session.scalars(select(AidFund).where(AidFund.department == "26")).one()
    assert (row.phone, row.ceiling_cents, row.documents, row.certainty) == (
        "0465711234", 110_050, ["bill", "identity"], "C",
    )  # fmt: skip
    assert session.scalars(select(AidFund).where(AidFund.department == "07")).one().phone is None


def test_a_second_file_changes_what_it_says_otherwise(desk: FlaskClient, session: Session) -> None:
    write(desk, preview(desk, LINES))
    again = LINES.replace("1 100,50", "1 200").split("\n", 4)
    seen = preview(desk, "\n".join(again[:3]) + "\n")
    assert states(seen) == ["modifié", "inchangé"]
    assert "1 100,50 € → 1 200,00 €" in text_of(seen)
    write(desk, seen)
    row = session.scalars(select(AidFund).where(AidFund.department == "26")).one()
    assert (row.ceiling_cents, row.phone, row.version) == (120_000, "0465711234", 2)
    edited = select(func.count()).where(AuditEvent.action == "directory.fund_edited")
    assert session.scalar(edited) == 1


def test_a_directory_that_changed_meanwhile_is_looked_at_again(
    desk: FlaskClient, session: Session
) -> None:
    write(desk, preview(desk, LINES))
    seen = preview(desk, LINES.replace("1 100,50", "1 200"))
    row = session.scalars(select(AidFund).where(AidFund.department == "26")).one()
    desk.post(f"/admin/directory/fund/{row.id}", data={**FSL, "version": "1"})
    assert "a changé entre-temps" in text_of(write(desk, seen))
    session.expire_all()
    assert row.ceiling_cents == 110_000


def test_what_is_no_table_is_told(desk: FlaskClient) -> None:
    for text in ("", "Type;Nom\n", "a;b\n1;2\n", "Nom;Commune\nX;Y\n"):
        assert desk.post("/admin/directory/file", data=file_of(text)).status_code == 422
    broken = desk.post("/admin/directory/file/write", data={"content": "%"})
    assert broken.status_code == 303


def test_the_directory_comes_back_as_it_left(
    desk: FlaskClient, session: Session, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(days=7))  # the national lines were checked meanwhile
    admin = make_user(session, "admin", tf_totp_secret="s", tf_primary_method="authenticator")
    session.commit()
    sign_in(desk, admin)
    added(desk)
    added(desk, "body", kind="ccas", name="CCAS de Valence", commune="Valence")
    for side in ("fund", "body"):
        left = desk.get(f"/admin/directory.csv?side={side}").data
        data = {"side": side, "file": (BytesIO(left), "annuaire.csv")}
        page = desk.post("/admin/directory/file", data=data)
        assert set(states(page)) == {"inchangé"}


@pytest.mark.parametrize("role", ["mediator", "lead", "partner", "director"])
def test_others_do_not_edit_the_directory(
    client: FlaskClient, session: Session, clock: object, role: str
) -> None:
    second = {"tf_totp_secret": "s", "tf_primary_method": "authenticator"} if role == "lead" else {}
    user = make_user(session, role, **second)
    session.commit()
    sign_in(client, user)
    for path in ("", "/new", "/fund/1", "/file", ".csv"):
        assert client.get(f"/admin/directory{path}").status_code == 403
    assert client.post("/admin/directory/fund/1/end").status_code == 403
    assert client.post("/admin/directory/file/write").status_code == 403


def test_what_is_not_there_is_not_found(desk: FlaskClient, session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(SocialBody)) == 19
    assert desk.get("/admin/directory/fund/9999").status_code == 404
    assert desk.get("/admin/directory/club/1").status_code == 404
