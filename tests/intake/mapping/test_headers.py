"""Mapping: the titles of six utilities, profiles, and files that cannot be used."""

import pytest

from energymed.base.errors import BadInput
from energymed.intake.codes import SensitiveKind
from energymed.intake.fields import CASE_FIELDS, MORE_AMOUNTS, PAYMENT_FIELDS, PHONE_FIELDS
from energymed.intake.mapping.headers import map_headers, suggest
from energymed.intake.mapping.sensitive_columns import sensitive_kind
from energymed.intake.reading.header_row import unique_headers
from energymed.intake.synonyms import (
    CASE_SYNONYMS,
    CASE_TITLES,
    canonical,
)

KINDS = ("unpaid_bill", "cutoff_notice", "appointment")


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("RÉFÉRENCE DOSSIER", "reference"), ("Réf. dossier", "reference"),
        ("N° de dossier", "reference"), ("numero_dossier", "reference"),
        ("ID affaire", "reference"), ("Référence", "reference"),
        ("Compte client", "customer_reference"), ("N° client", "customer_reference"),
        ("Numéro de contrat", "contract_number"), ("PCE / PDL", "delivery_point"),
        ("Point de livraison", "delivery_point"), ("N° PRM", "delivery_point"),
        ("Civ.", "civility"), ("Adresse de consommation", "address"),
        ("Adresse e-mail", "email"), ("Courriel", "email"),
        ("Complément d'adresse", "address_extra"),
        ("CP", "postal_code"), ("Ville", "commune"), ("Localité", "commune"),
        ("Solde dû (€)", "amount"), ("Montant TTC", "amount"), ("Reste à payer", "amount"),
        ("Montant total de la dette", "amount"), ("Impayés (EUR)", "amount"),
        ("Date d'émission de la facture", "invoice_date"),
        ("Échéance la plus ancienne", "due_date"),
        ("Date limite de paiement", "due_date"), ("Nbre de relances", "reminders_count"),
        ("Date DPI", "cutoff_date"), ("Date de coupure prévisionnelle", "cutoff_date"),
        ("Plage horaire", "cutoff_slot"), ("Fournisseur d'énergie", "supplier"),
        ("Bénéficiaire chèque énergie", "energy_cheque"), ("Observations", "comment"),
        ("Fluide", "energy"), ("Prénom du titulaire", "first_name"),
    ],
)  # fmt: skip
def test_titles_of_the_field(header: str, field: str) -> None:
    assert suggest([header], "unpaid_bill").fields == {field: header}


def test_every_field_has_titles_and_no_title_has_two_fields() -> None:
    assert set(CASE_SYNONYMS) | {*PHONE_FIELDS, *MORE_AMOUNTS} == set(CASE_FIELDS)
    for field, titles in CASE_SYNONYMS.items():
        for title in titles.split("|"):
            assert CASE_TITLES[canonical(title)][0] == field, title


@pytest.mark.parametrize(
    ("headers", "order"),
    [
        (["Tél. fixe", "Tél. mobile"], ["Tél. mobile", "Tél. fixe"]),
        (["Domicile", "Portable"], ["Portable", "Domicile"]),
        (["Téléphone 2", "Téléphone 1"], ["Téléphone 1", "Téléphone 2"]),
        (["Tel bureau", "Tel", "GSM"], ["GSM", "Tel", "Tel bureau"]),
        (["Numéro de téléphone"], ["Numéro de téléphone"]),
        (["Téléphone", "Téléphone (2)"], ["Téléphone", "Téléphone (2)"]),
    ],
)
def test_phones_are_tried_mobile_first(headers: list[str], order: list[str]) -> None:
    fields = suggest(headers, "unpaid_bill").fields
    assert [fields[f"phone_{at}"] for at in range(1, len(order) + 1)] == order


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        (["Nom", "Prénom"], {"last_name": "Nom", "first_name": "Prénom"}),
        (["Nom client", "Prénom nom client"],
         {"last_name": "Nom client", "first_name": "Prénom nom client"}),
        (["Titulaire"], {"full_name": "Titulaire"}),
        (["Nom"], {"full_name": "Nom"}),
        (["Nom et prénom", "Nom", "Prénom"], {"last_name": "Nom", "first_name": "Prénom"}),
        (["Nom et prénom", "Nom"], {"full_name": "Nom et prénom"}),
    ],
)  # fmt: skip
def test_names_in_one_column_or_two(headers: list[str], fields: dict[str, str]) -> None:
    assert suggest(headers, "unpaid_bill").fields == fields


def test_the_title_tells_the_order_of_a_single_name_column() -> None:
    assert suggest(["Nom Prénom"], "unpaid_bill").surname_first is True
    assert suggest(["Prénom et nom"], "unpaid_bill").surname_first is False
    assert suggest(["Titulaire"], "unpaid_bill").surname_first is None


def test_what_must_never_be_kept_is_left_out() -> None:
    headers = ["Référence", "Nom", "NIR", "N° sécurité sociale", "IBAN", "Date de naissance", "RFR"]
    mapping = suggest(headers, "cutoff_notice", {"comment": "NIR"})
    assert list(mapping.left_out) == headers[2:]
    assert mapping.fields == {"reference": "Référence", "full_name": "Nom"}
    assert not sensitive_kind("Avenir")
    assert not sensitive_kind("Date d'échéance")


def test_the_best_title_wins_and_the_rest_is_listed() -> None:
    mapping = suggest(["Montant HT", "Montant", "Montant dette TTC", "Âne"], "unpaid_bill")
    assert mapping.fields == {"amount": "Montant dette TTC"}
    assert mapping.unmapped == ["Montant HT", "Montant", "Âne"]


def test_a_profile_goes_before_synonyms() -> None:
    headers = ["Réf.", "Zorglub", "Montant", "Solde", "Nom", "Observations"]
    profile = {"reference": "ZORGLUB", "amount": "Solde", "comment": None, "email": "Disparu"}
    fields = suggest(headers, "unpaid_bill", profile).fields
    assert fields == {"reference": "Zorglub", "amount": "Solde", "full_name": "Nom"}


@pytest.mark.parametrize(
    ("headers", "kind", "said"),
    [
        (["Nom", "Montant"], "unpaid_bill", "Référence du dossier. En-têtes lus : Nom, Montant."),
        (["Référence", "Montant"], "unpaid_bill", "pour : Nom."),
        (["Référence", "Nom"], "unpaid_bill", "pour : Montant dû."),
        (["Truc"], "unpaid_bill", "Référence du dossier, Nom, Montant dû. En-têtes lus : Truc."),
        (["Référence dossier", "Montant réglé"], "payments", "pour : Date du règlement."),
    ],
)
def test_a_file_without_its_columns_is_refused(headers: list[str], kind: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        map_headers(headers, kind)
    assert said in str(refused.value)


@pytest.mark.parametrize("kind", ["cutoff_notice", "appointment"])
def test_a_mission_without_a_debt_needs_no_amount(kind: str) -> None:
    assert map_headers(["Référence", "Nom"], kind).missing == []


def test_payments_have_fields_of_their_own() -> None:
    headers = ["Référence dossier", "Date règlement", "Montant réglé", "Mode de paiement",
               "Référence règlement", "Statut", "Motif de rejet", "Libellé"]  # fmt: skip
    assert map_headers(headers, "payments").fields == dict(
        zip(PAYMENT_FIELDS, headers, strict=True)
    )


def test_every_column_has_a_title_of_its_own() -> None:
    headers, repeated = unique_headers(["A", "A", "", "A", "A (2)"])
    assert headers == ["A", "A (2)", "Colonne 3", "A (3)", "A (2) (2)"]
    assert repeated == ["A", "A (2)"]


def test_code_and_commune_come_from_two_columns_or_one() -> None:
    assert suggest(["CP Ville"], "appointment").fields == {"postal_commune": "CP Ville"}
    both = suggest(["CP Ville", "CP", "Ville"], "appointment").fields
    assert both == {"postal_code": "CP", "commune": "Ville"}
    assert suggest(["CP / Ville", "Ville"], "appointment").fields == {
        "postal_commune": "CP / Ville"
    }


def test_a_sum_that_lost_a_part_is_refused() -> None:
    profile = {"amount": "Élec", "amount_2": "Gaz"}
    mapping = suggest(["Référence", "Nom", "Élec", "Montant"], "unpaid_bill", profile)
    assert mapping.missing == ["amount_2"]
    assert mapping.lost == {"amount_2": "Gaz"}


def test_it_is_known_what_each_choice_rests_on() -> None:
    mapping = suggest(["Machin", "Nom", "Montant TTC", "Tél."], "unpaid_bill",
                      {"reference": "MACHIN"})  # fmt: skip
    assert mapping.how == {
        "reference": "profile", "full_name": "title", "amount": "synonym", "phone_1": "title",
    }  # fmt: skip


def test_what_the_values_give_away_is_left_out() -> None:
    mapping = suggest(["Référence", "Code"], "appointment", sensitive={"Code": SensitiveKind.NIR})
    assert mapping.left_out == {"Code": SensitiveKind.NIR}
