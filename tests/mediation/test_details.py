"""What each kind of act asks for, without a database."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from energymed.base.errors import BadInput, Refused
from energymed.mediation.codes import ACT_KINDS
from energymed.mediation.details import CLEANERS, FIELDS, clean_details
from tests.factories import MONDAY_MORNING as NOW

LATER = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
GOOD: dict[str, dict[str, Any]] = {
    "info_given": {"topics": ["bill", "rights", "bill"]},
    "paid_already": {"declared_on": date(2026, 11, 20), "amount_cents": 4_500},
    "pays_full": {"promised_on": date(2026, 11, 23), "amount_cents": 9_000, "method": "card"},
    "extension": {"new_due_on": date(2026, 12, 15)},
    "attestation_to_send": {"supplier": "  Engie "},
    "energy_advice": {"topics": ("heating",)},
    "appointment_set": {"appointment_at": LATER},
    "cutoff_informed": {"scheduled_on": date(2026, 11, 25)},
    "hold_asked": {"asked_of": "supplier", "subjects": ["cut"], "reason": "aid_pending"},
    "supplier_action": {"actions": ["self_reading"]},
    "dispute": {"subject": "reading", "forwarded_to": "supplier"},
    "overindebtedness": {"stage": "filed"},
    "no_capacity": {"referral_refused": True},
    "alert": {"action": "lead_informed"},
    "tariff_check": {"checked": ["power", "price"], "found": ["power_too_high"]},
    "meter_info": {"topics": ["readings"], "found": "communicating"},
    "refuses_solution": {"offered": ["plan", "aid"], "why": "not_yet"},
    "letter_sent": {"about": "papers"},
}


def test_the_table_names_known_kinds_and_types() -> None:
    assert set(FIELDS) <= set(ACT_KINDS)
    assert set(GOOD) == set(FIELDS)
    types = {field.type for fields in FIELDS.values() for field in fields.values()}
    assert types == set(CLEANERS)


@pytest.mark.parametrize("kind", GOOD)
def test_good_answers_become_plain_values(kind: str) -> None:
    clean = clean_details(kind, GOOD[kind], NOW)
    assert set(clean) == set(GOOD[kind])


def test_what_is_kept_is_dates_as_text_and_codes_once() -> None:
    assert clean_details("info_given", GOOD["info_given"], NOW) == {"topics": ["bill", "rights"]}
    assert clean_details("attestation_to_send", GOOD["attestation_to_send"], NOW) == {
        "supplier": "Engie"
    }
    assert clean_details("appointment_set", GOOD["appointment_set"], NOW) == {
        "appointment_at": "2026-12-01T14:00:00+00:00"
    }


@pytest.mark.parametrize(
    ("kind", "name"),
    [(k, n) for k, fields in FIELDS.items() for n, field in fields.items() if field.required],
)
def test_each_required_answer_is_asked_by_name(kind: str, name: str) -> None:
    details = {key: value for key, value in GOOD[kind].items() if key != name}
    with pytest.raises(BadInput) as refusal:
        clean_details(kind, details, NOW)
    assert refusal.value.params["field"] == name


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        ("info_given", "topics", ["bill", "weather"]),
        ("info_given", "topics", "bill"),
        ("info_given", "topics", []),
        ("paid_already", "declared_on", date(2026, 11, 24)),
        ("paid_already", "declared_on", "2026-11-20"),
        ("paid_already", "amount_cents", 0),
        ("paid_already", "amount_cents", True),
        ("pays_full", "promised_on", date(2026, 11, 22)),
        ("pays_full", "method", "barter"),
        ("pays_full", "amount_cents", 0),
        ("tariff_check", "found", ["cheaper_elsewhere"]),
        ("letter_sent", "about", "une offre"),
        ("extension", "new_due_on", date(2026, 11, 1)),
        ("appointment_set", "appointment_at", datetime(2026, 11, 23, 8, 0, tzinfo=UTC)),
        ("appointment_set", "appointment_at", date(2026, 12, 1)),
        ("attestation_to_send", "supplier", "   "),
        ("attestation_to_send", "supplier", "x" * 201),
        ("dispute", "forwarded_to", "press"),
        ("overindebtedness", "stage", "rumoured"),
        ("no_capacity", "referral_refused", "yes"),
        ("alert", "action", "Mme semble malade"),
        ("budget_study", "income_cents", 120_000),
        ("refuses_solution", "why", "colère"),
    ],
)
def test_an_impossible_answer_is_named(kind: str, name: str, value: object) -> None:
    with pytest.raises(BadInput) as refusal:
        clean_details(kind, {**GOOD.get(kind, {}), name: value}, NOW)
    assert refusal.value.params["field"] == name


@pytest.mark.parametrize("text", ["NIR 2 85 05 78 006 084 91", "FR76 3000 6000 0112 3456 7890 189"])
def test_numbers_that_are_never_kept_are_refused(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        clean_details("dispute", {**GOOD["dispute"], "reason": text}, NOW)
    assert refusal.value.params["field"] == "reason"
