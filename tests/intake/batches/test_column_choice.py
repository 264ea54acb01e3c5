"""Columns chosen by a person: what is proposed, counted, kept, and noticed the week after."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.audit import AuditEvent
from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.base.errors import BadInput, NotFound, Refused
from energymed.intake.batches import column_choice, uploads
from energymed.intake.batches.column_choice import Clash, SeenColumn, assemble
from energymed.intake.batches.preview_store import lacks_columns
from energymed.intake.mapping.profiles import must_be_seen
from energymed.intake.models import Batch
from energymed.partners.models import ColumnProfile
from tests.factories import make_site, make_user
from tests.intake.books import LINE, TITLES, csv_bytes
from tests.intake.imports import PAYMENT_TITLES, Desk

ODD_TITLES = ("Clé", "Qui", "Joindre", "Où", "Combien", "Quand", "Secret")
ODD = [
    ("K-1", "DURAND Léa", "06 39 98 45 27", "26290 DONZERE", "12,50", "01/02/2026", "12/03/1961"),
    ("K-2", "PETIT Luc", "06 39 98 45 28", "26110 NYONS", "80,00", "01/03/2026", "02/05/1948"),
    ("K-3", "ROUX Anne", "", "26000 VALENCE", "7,25", "01/03/2026", ""),
]


def received(desk: Desk, content: bytes, name: str = "f.csv", **given: str) -> int:
    with transaction() as session:
        upload = desk.upload(content, name, **given)
        return uploads.receive(Context(session, SYSTEM, desk.now), upload).id


def seen(desk: Desk, batch_id: int) -> column_choice.SeenColumns:
    return column_choice.see_columns(Context(desk.session, SYSTEM), batch_id)


def column(desk: Desk, batch_id: int, header: str) -> SeenColumn:
    return next(one for one in seen(desk, batch_id).columns if one.header == header)


def counted(desk: Desk, batch_id: int, mapping: dict[str, str | None]) -> column_choice.Counted:
    return column_choice.count_lines(
        Context(desk.session, SYSTEM, desk.now), seen(desk, batch_id), mapping
    )


def chosen(
    desk: Desk, batch_id: int, mapping: dict[str, str], remember: str | None = "EDF"
) -> None:
    with transaction() as session:
        column_choice.choose_columns(
            Context(session, SYSTEM, desk.now), batch_id, mapping, remember=remember
        )


def odd(desk: Desk) -> int:
    return received(desk, csv_bytes(*ODD, titles=ODD_TITLES), kind="unpaid_bill")


def test_a_file_in_nobodys_words_is_proposed_by_its_values(desk: Desk) -> None:
    columns = seen(desk, odd(desk)).columns
    assert [(one.header, one.field, one.how) for one in columns] == [
        ("Clé", "reference", "values"), ("Qui", "full_name", "values"),
        ("Joindre", "phone_1", "values"), ("Où", "postal_commune", "values"),
        ("Combien", "amount", "values"), ("Quand", None, None), ("Secret", None, None),
    ]  # fmt: skip
    assert columns[0].samples == ["K-1", "K-2", "K-3"]
    assert columns[2].samples == ["06 39 98 45 27", "06 39 98 45 28"]
    assert columns[5].shape == "date"
    assert columns[6].never
    assert columns[6].samples == []


def test_a_guess_by_values_is_never_taken_without_a_person(desk: Desk) -> None:
    with pytest.raises(BadInput, match="Aucune colonne reconnue"):
        desk.bring(csv_bytes(*ODD, titles=ODD_TITLES), kind="unpaid_bill")


def test_known_titles_say_what_they_rest_on(desk: Desk) -> None:
    titles = ("Réf. dossier", "Nom", "Téléphone", "Montant TTC", "Localité", "NIR")
    line = ("R1", "DURAND", "27/04/2026", "12,50", "26290 DONZERE", "1 84 05 26 110 042 55")
    columns = {one.header: one for one in seen(desk, received(desk, csv_bytes(
        line, titles=titles))).columns}  # fmt: skip
    assert columns["Nom"].how == "title"
    assert columns["Réf. dossier"].how == "synonym"
    assert columns["Téléphone"].contradicts("phone_1")
    assert not columns["Nom"].contradicts("full_name")
    assert (columns["Localité"].field, columns["Localité"].how) == ("postal_commune", "values")
    assert columns["NIR"].never


def test_lines_are_counted_before_anything_is_kept(desk: Desk, session: Session) -> None:
    batch_id = odd(desk)
    right = {"reference": "Clé", "full_name": "Qui", "phone_1": "Joindre", "amount": "Combien"}
    count = counted(desk, batch_id, right)
    assert (count.rows, count.accepted, count.rejected) == (3, 3, 0)
    assert count.total_cents == 9975
    assert [problem.code for problem in count.problems] == ["no_phone"]
    wrong = counted(desk, batch_id, {**right, "amount": "Où"})
    assert (wrong.accepted, wrong.rejected) == (0, 3)
    assert counted(desk, batch_id, {"reference": "Clé"}).missing == ["last_name", "amount"]
    assert session.get_one(Batch, batch_id).mapping["reference"] is None


def test_payments_are_counted_too(desk: Desk) -> None:
    lines = [("EDF1", "02/11/2026", "10,00", "CB", "P1"), ("", "02/11/2026", "5,00", "CB", "P2")]
    batch_id = received(desk, csv_bytes(*lines, titles=PAYMENT_TITLES))
    fields = {one.field: one.header for one in seen(desk, batch_id).columns if one.field}
    count = counted(desk, batch_id, dict(fields))
    assert (count.accepted, count.rejected, count.total_cents) == (1, 1, 1000)


def test_the_choice_is_kept_as_a_profile_with_a_version(desk: Desk, session: Session) -> None:
    batch_id = odd(desk)
    fields = {"reference": "Clé", "full_name": "Qui", "phone_1": "Joindre", "amount": "Combien"}
    chosen(desk, batch_id, fields)
    chosen(desk, batch_id, fields)  # says the same: no new version
    chosen(desk, batch_id, {**fields, "due_date": "Quand"})
    profiles = session.scalars(select(ColumnProfile).order_by(ColumnProfile.version)).all()
    assert [(one.name, one.version) for one in profiles] == [("EDF", 1), ("EDF", 2)]
    assert profiles[1].headers == list(ODD_TITLES)
    actions = session.scalars(select(AuditEvent.action)).all()
    assert actions.count("profile.saved") == 2
    assert actions.count("batch.mapped") == 3
    by_profile = column(desk, batch_id, "Quand")
    assert (by_profile.field, by_profile.how) == ("due_date", "profile")
    assert column(desk, batch_id, "Où").field is None  # left out on purpose
    assert desk.bring(csv_bytes(*ODD, titles=ODD_TITLES)).rows == 3


def test_a_choice_for_this_file_only_teaches_nothing(desk: Desk, session: Session) -> None:
    batch_id = odd(desk)
    fields = {"reference": "Clé", "full_name": "Qui", "amount": "Combien"}
    chosen(desk, batch_id, fields, remember=None)
    assert session.scalars(select(ColumnProfile)).all() == []
    assert column(desk, batch_id, "Clé").how == "chosen"
    assert column(desk, batch_id, "Joindre").field is None


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"reference": "Clé", "full_name": "Qui"}, "Montant dû"),
        ({"reference": "Clé", "full_name": "Qui", "amount": "Ailleurs"}, "Montant dû"),
        ({"reference": "Clé", "full_name": "Qui", "amount": "COMBIEN"}, "pas de colonne"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(desk: Desk, mapping: dict[str, str], said: str) -> None:
    with pytest.raises(BadInput) as refused:
        chosen(desk, odd(desk), mapping)
    assert said in str(refused.value)


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_a_profile_has_a_name(desk: Desk, name: str) -> None:
    fields = {"reference": "Clé", "full_name": "Qui", "amount": "Combien"}
    with pytest.raises(BadInput, match="Donnez un nom"):
        chosen(desk, odd(desk), fields, name)


def test_an_imported_file_or_anothers_is_not_chosen_for(desk: Desk, session: Session) -> None:
    done = desk.bring(csv_bytes(LINE)).batch
    assert done is not None
    with pytest.raises(Refused):
        chosen(desk, done, {})
    stranger = make_user(session, "lead", site=make_site(session)).as_actor()
    session.commit()
    with pytest.raises(NotFound):
        column_choice.see_columns(Context(session, stranger), done)


def test_a_changed_layout_is_noticed(desk: Desk, session: Session) -> None:
    chosen(desk, odd(desk), {"reference": "Clé", "full_name": "Qui", "phone_1": "Joindre",
                             "amount": "Combien"})  # fmt: skip
    titles = ("CLE", "Qui", "Contact direct", "Où", "Combien", "Quand", "Secret", "Envoi")
    batch_id = received(desk, csv_bytes(*[(*line, "S47") for line in ODD], titles=titles),
                        kind="unpaid_bill")  # fmt: skip
    change = seen(desk, batch_id).change
    assert change is not None
    assert (change.gone, change.new) == (["Joindre"], ["Contact direct", "Envoi"])
    assert change.lost == {"phone_1": "Joindre"}
    assert (change.since.name, change.since.version) == ("EDF", 1)
    assert column(desk, batch_id, "Contact direct").field == "phone_1"
    assert must_be_seen(session, session.get_one(Batch, batch_id))
    assert desk.checked(batch_id).change == change


def test_without_a_profile_the_last_file_is_what_it_was_before(
    desk: Desk, session: Session
) -> None:
    desk.week(46, ("R1", "DURAND", "06 39 98 45 27", "12,50"))
    plain = received(desk, csv_bytes(LINE))
    change = seen(desk, plain).change
    assert change is not None
    assert (change.gone, change.new, change.since.version) == (["Envoi"], [], None)
    mended = csv_bytes((*LINE, "46", "x"), titles=(
        "Référence dossier", "Nom", "Prénom", "Téléphone", "Montant", "Envoi", "Motif du rejet",
    ))  # fmt: skip
    assert seen(desk, received(desk, mended)).change is None


def test_of_two_layouts_the_nearest_is_taken(desk: Desk) -> None:
    other = ("Numéro", "Personne", "Somme")
    chosen(desk, odd(desk), {"reference": "Clé", "full_name": "Qui", "amount": "Combien"}, "A")
    second = received(desk, csv_bytes(("N-1", "X Y", "3,00"), titles=other), kind="unpaid_bill")
    chosen(desk, second, {"reference": "Numéro", "full_name": "Personne", "amount": "Somme"}, "B")
    again = odd(desk)
    assert seen(desk, again).change is None
    assert column(desk, again, "Clé").how == "profile"


def test_a_sum_that_lost_a_part_waits_for_a_person(desk: Desk, session: Session) -> None:
    titles = ("Référence", "Nom", "Élec", "Gaz")
    first = received(desk, csv_bytes(("R1", "DURAND", "1,00", "2,00"), titles=titles))
    chosen(desk, first, {"reference": "Référence", "full_name": "Nom", "amount": "Élec",
                         "amount_2": "Gaz"})  # fmt: skip
    content = csv_bytes(("R1", "DURAND", "1,00"), titles=titles[:3])
    with pytest.raises(BadInput, match=r"Montant à ajouter \(2\)"):
        desk.bring(content)
    second = received(desk, content)
    assert lacks_columns(session.get_one(Batch, second))
    chosen(desk, second, {"reference": "Référence", "full_name": "Nom", "amount": "Élec"})
    assert desk.bring(content).total_cents == 100


def test_when_columns_must_be_seen(desk: Desk, session: Session) -> None:
    def must(content: bytes, **given: str) -> bool:
        batch = session.get_one(Batch, received(desk, content, **given))
        return must_be_seen(session, batch)

    assert not must(csv_bytes(LINE))
    assert must(csv_bytes(LINE[:4], titles=("Référence", "Nom", "Prénom", "Téléphone")),
                kind="unpaid_bill")  # fmt: skip
    assert must(csv_bytes(LINE, titles=("Référence", "Nom", "Prénom", "Joindre", "Montant")))
    desk.bring(csv_bytes(LINE))
    more = csv_bytes((*LINE, "x"), titles=(*TITLES, "Envoi"))
    assert not must(more)  # nobody ever chose: told in the preview
    assert must(csv_bytes(LINE[:4], titles=TITLES[:4]), kind="unpaid_bill")
    no_phone = csv_bytes(("R1", "DURAND", "12,50"), titles=("Référence", "Nom", "Montant"))
    assert must(no_phone)  # the columns of the phone and the first name are gone


def test_picks_become_a_mapping() -> None:
    picked = [("R", "reference"), ("É", "amount"), ("G", "amount"), ("X", ""), ("Y", "nothing")]
    assert assemble(picked, "unpaid_bill") == (
        {"reference": "R", "amount": "É", "amount_2": "G"}, [],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("picked", "kind", "clash"),
    [
        ([("A", "phone_1"), ("B", "phone_1")], "unpaid_bill",
         Clash("twice", ("phone_1",), ("A", "B"))),
        ([("A", "full_name"), ("B", "first_name")], "unpaid_bill",
         Clash("whole_and_part", ("full_name", "first_name"), ("A", "B"))),
        ([("A", "postal_commune"), ("B", "commune")], "appointment",
         Clash("whole_and_part", ("postal_commune", "commune"), ("A", "B"))),
        ([(title, "amount") for title in "ABCDEF"], "unpaid_bill",
         Clash("too_many", ("amount",), tuple("ABCDEF"))),
        ([("A", "amount"), ("B", "amount")], "payments", Clash("twice", ("amount",), ("A", "B"))),
    ],
)  # fmt: skip
def test_columns_that_clash(picked: list[tuple[str, str]], kind: str, clash: Clash) -> None:
    assert assemble(picked, kind)[1] == [clash]
