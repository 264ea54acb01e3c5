"""The watch over what goes to the database sees a sentence that was translated."""

import pytest
from flask import Flask
from flask_babel import gettext, ngettext
from sqlalchemy import text
from sqlalchemy.orm import Session


@pytest.mark.parametrize("many", [False, True])
def test_a_translated_sentence_is_refused(app: Flask, session: Session, many: bool) -> None:
    with app.test_request_context("/"):
        sentence = (
            ngettext("%(num)s dossier donné.", "%(num)s dossiers donnés.", 2)
            if many
            else gettext("%(day)s à %(time)s", day="lundi", time="14:05")
        )
    assert sentence in ("2 dossiers donnés.", "lundi à 14:05")
    with pytest.raises(AssertionError, match="translated"):
        session.execute(text("SELECT :note"), {"note": sentence})
