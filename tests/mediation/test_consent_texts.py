"""What is read before a referral: versions that stay, places that are filled."""

import pytest
from sqlalchemy.orm import Session

from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, DomainError, Refused
from energymed.mediation.codes import ReferralMode
from energymed.mediation.consent_texts import (
    FIRST_WORDS,
    LONGEST,
    PASSED_ON,
    all_texts,
    current_text,
    fill,
    seed_consent_text,
    write_text,
)
from energymed.mediation.referrals import ReferralRequest, refer
from tests.factories import MONDAY_MORNING as NOW
from tests.mediation.conftest import Desk

WORDS = "« {organisme}, {motif} : {transmis} Vous pouvez dire non. »"


@pytest.fixture
def ctx(session: Session, desk: Desk) -> Context:
    return Context(session, desk.actor, NOW)


def test_another_version_is_added_and_the_former_stays(ctx: Context) -> None:
    first = current_text(ctx.session)
    assert first.words == FIRST_WORDS
    made = write_text(ctx, f"  {WORDS} ", seen_id=first.id)
    assert (made.words, made.made_at, made.made_by_id) == (WORDS, NOW, ctx.actor.user_id)
    assert [each.words for each in all_texts(ctx.session)] == [WORDS, FIRST_WORDS]
    assert write_text(ctx, WORDS, seen_id=made.id) is made  # the same words make no version
    seed_consent_text(ctx.session)
    assert len(all_texts(ctx.session)) == 2


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        ("", "Donnez le texte à lire."),
        ("« {organisme}, {motif}. »", "Il y manque {transmis}."),
        (f"{WORDS} {{nom}}", "Entre accolades, seulement les données proposées."),
        (f"{WORDS} {{", "Entre accolades, seulement les données proposées."),
        (WORDS.ljust(LONGEST + 1, "x"), f"Ce texte dépasse {LONGEST} caractères."),
    ],
)
def test_words_that_cannot_be_are_refused(ctx: Context, words: str, refusal: str) -> None:
    with pytest.raises(BadInput) as refused:
        write_text(ctx, words)
    assert refused.value.message % refused.value.params == refusal
    assert refused.value.params["field"] == "words"
    assert len(all_texts(ctx.session)) == 1


def test_the_longest_text_is_kept(ctx: Context) -> None:
    assert len(write_text(ctx, WORDS.ljust(LONGEST, "x")).words) == LONGEST


def test_what_must_never_be_kept_and_a_version_not_seen(ctx: Context) -> None:
    with pytest.raises(Refused):
        write_text(ctx, f"{WORDS} 2 85 05 78 006 084 91")
    first = current_text(ctx.session)
    write_text(ctx, WORDS, seen_id=first.id)
    with pytest.raises(Conflict):
        write_text(ctx, f"{WORDS} Merci.", seen_id=first.id)


@pytest.mark.parametrize("mode", ReferralMode)
def test_every_mode_says_what_is_passed_on(mode: ReferralMode) -> None:
    said = fill(FIRST_WORDS, body="CCAS", reason="difficulté", passed_on=PASSED_ON[mode])
    assert "CCAS" in said
    assert PASSED_ON[mode] in said
    assert "{" not in said
    assert "Vous pouvez dire non" in said


def test_a_referral_keeps_which_version_was_read_and_its_day(ctx: Context, desk: Desk) -> None:
    read = current_text(ctx.session).id
    request = ReferralRequest("ccas", "budget", "file_transmitted", True, consent_text_id=read)
    referral = refer(ctx, desk.case.id, request)
    write_text(ctx, WORDS)
    assert (referral.consent_text_id, referral.consent_on) == (read, NOW.date())
    other = ReferralRequest("pcb", "budget", "file_transmitted", True)  # nothing was shown
    assert refer(ctx, desk.case.id, other).consent_text_id is None
    unknown = ReferralRequest("adil", "budget", "file_transmitted", True, consent_text_id=999)
    with pytest.raises(DomainError) as refused:
        refer(ctx, desk.case.id, unknown)
    assert refused.value.params["field"] == "consent"
