"""How values read: numbers inside sentences, too."""

from flask import Flask, render_template_string
from flask_babel import force_locale

from energymed.web.shared.filters import ngettext

SENTENCE = "{{ ngettext('%(num)s ligne lue', '%(num)s lignes lues', 50000) }}"


def test_a_number_in_a_sentence_is_grouped_as_anywhere_else(app: Flask) -> None:
    with app.test_request_context():
        assert ngettext("%(num)s ligne lue", "%(num)s lignes lues", 1) == "1 ligne lue"
        assert render_template_string(SENTENCE) == "50\u202f000 lignes lues"
        with force_locale("en"):
            assert render_template_string(SENTENCE) == "50,000 rows read"


def test_what_stands_in_a_sentence_is_escaped(app: Flask) -> None:
    with app.test_request_context():
        page = render_template_string(
            "{{ ngettext('%(num)s : %(name)s', '%(num)s : %(name)s', 2, name='<b>') }}"
        )
    assert page == "2 : &lt;b&gt;"
