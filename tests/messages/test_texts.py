"""Texts: places, and words from which somebody else would learn of a debt."""

import pytest

from energymed.base.errors import BadInput, Refused
from energymed.base.text.debt_words import telling_words
from energymed.messages.seeds import SEEDS
from energymed.messages.segments import measure
from energymed.messages.templates import AGREED_SAMPLE, SAMPLE
from energymed.messages.texts import (
    MAX_PIECES,
    Facts,
    check_text,
    filled_in,
    render,
)

FACTS = Facts("PIMMS", "Valence", "Ada", "04 65 71 00 00", partner=None)


def test_places_are_filled_in() -> None:
    text = "{mediateur} de {association} ({site}) : {telephone}"
    assert render(text, FACTS) == "Ada de PIMMS (Valence) : 04 65 71 00 00"


def test_what_fills_a_place_is_not_read_again() -> None:
    facts = Facts("{telephone}", "V", "A", "1")
    assert render("{association}", facts) == "{telephone}"


def test_a_partner_is_named_only_where_it_may_be() -> None:
    with pytest.raises(Refused, match="nomme le partenaire"):
        render("Pour {partenaire}", FACTS)
    named = Facts("PIMMS", "Valence", "Ada", "04", partner="EDF")
    assert render("Pour {partenaire}", named) == "Pour EDF"


@pytest.mark.parametrize("text", ["{montant}", "{dette}", "{}", "{ mediateur}", "{mediateur", "}"])
def test_an_unknown_place_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="Champ inconnu"):
        check_text("sms", None, f"Bonjour {text}", SAMPLE)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Votre dette chez nous", ["dette"]),
        ("Vos IMPAYÉS d'électricité", ["IMPAYÉS"]),
        ("une facture, deux Factures", ["facture", "Factures"]),
        ("avant la coupure du 3", ["coupure"]),
        ("un montant de 12€50", ["montant", "€"]),
        ("120 euros", ["euros"]),
        ("la somme due", ["somme", "due"]),
        ("le reste dû", ["dû"]),
        ("votre échéancier", ["échéancier"]),
        ("votre chèque énergie", ["chèque"]),
        ("your unpaid bill", ["unpaid", "bill"]),
        ("su deuda", ["deuda"]),
        ("Ihre Rechnung", ["Rechnung"]),
        ("فاتورة الكهرباء", ["فاتورة"]),
        ("votre d\N{ZERO WIDTH SPACE}ette", ["dette"]),
        (
            "votre f\N{CYRILLIC SMALL LETTER A}cture",
            ["f\N{CYRILLIC SMALL LETTER A}cture"],
        ),
    ],
)
def test_telling_words_are_found_in_every_language(text: str, found: list[str]) -> None:
    assert telling_words(text) == found
    with pytest.raises(BadInput, match="rien sur la dette"):
        check_text("sms", None, text, SAMPLE)


@pytest.mark.parametrize(
    "text",
    [
        "Bonjour, nous avons essayé de vous joindre au sujet du rendez-vous.",
        "Le couple de gardiens, un billet, un contact, un compte rendu, nous sommes là.",
        "Rappelez-nous du lundi au vendredi au {telephone}",
        "",
    ],
)
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert telling_words(text) == []


def test_a_number_that_is_never_written_down_is_refused() -> None:
    with pytest.raises(Refused, match="IBAN"):
        check_text("sms", None, "Virez sur FR7630006000011234567890189", SAMPLE)


def test_an_email_needs_an_object_and_a_text_message_a_text() -> None:
    with pytest.raises(BadInput, match="objet") as error:
        check_text("email", "", "Bonjour", SAMPLE)
    assert error.value.params["field"] == "subject"
    with pytest.raises(BadInput, match="Écrivez"):
        check_text("sms", None, "", SAMPLE)


def test_a_text_message_of_too_many_pieces_is_refused() -> None:
    check_text("sms", None, "a" * 450, SAMPLE)
    with pytest.raises(BadInput, match="au plus"):
        check_text("sms", None, "ê" * 250, SAMPLE)
    with pytest.raises(BadInput, match="450"):
        check_text("sms", None, "a" * 451, SAMPLE)


@pytest.mark.parametrize("code", list(SEEDS))
def test_the_texts_of_a_new_installation_are_neutral_and_short(code: str) -> None:
    seed = SEEDS[code]
    sample = AGREED_SAMPLE if seed.get("purpose") == "agreed" else SAMPLE
    check_text(seed["channel"], seed.get("subject"), seed["body"], sample)
    assert "{partenaire}" not in seed["body"]
    if seed["channel"] == "sms":
        length = measure(filled_in("sms", seed["body"], sample))
        assert (length.odd, length.pieces <= MAX_PIECES - 1) == ((), True)


def test_typographic_signs_of_a_text_message_are_made_plain() -> None:
    assert filled_in("sms", "C’est l’heure…", FACTS) == "C'est l'heure..."
    assert filled_in("email", "C’est l’heure…", FACTS) == "C’est l’heure…"


@pytest.mark.parametrize(
    "text", ["Payez avant lundi.", "Dernier avis.", "Rappelez sous huit jours."]
)
def test_no_message_reads_as_a_demand(text: str) -> None:
    with pytest.raises(BadInput, match="demande de paiement"):
        check_text("sms", None, text, SAMPLE)


def test_the_day_of_a_conversation_stands_only_where_there_was_one() -> None:
    with pytest.raises(BadInput, match="jour"):
        check_text("sms", None, "Suite à notre échange du {jour}.", SAMPLE)
    check_text("sms", None, "Suite à notre échange du {jour}. {suite}", AGREED_SAMPLE)
