"""The words of a call, with the figures of the case."""

from energymed.calling.scripts.call_script import fill_placeholders


def test_a_figure_that_the_case_has_not_leaves_no_gap() -> None:
    assert fill_placeholders("prévue le {jour} {creneau} sur", {"jour": "3 déc."}) == (
        "prévue le 3 déc. sur"
    )
