"""No text of ours reads as a demand for payment; its harmless neighbours pass."""

import unicodedata
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energymed.base.errors import BadInput
from energymed.base.text.demand_words import demands, refuse_demand

DEMANDS = (
    "Vous devez payer votre facture.",
    "vous devez régler",
    "vous devez impérativement nous payer",
    "Vous êtes tenu de rembourser",
    "Merci de régler votre dette.",
    "Veuillez bien vouloir verser 50 €",
    "Il faut payer maintenant.",
    "Payez votre facture.",
    "Réglez dès ce jour.",
    "Cette lettre vaut mise en demeure.",
    "Nous vous mettons en demeure",
    "Répondez-nous sous huit jours.",
    "sous 8 jours",
    "sous 48 heures",
    "sous un délai de 15 jours",
    "Dernier avis avant coupure",
    "dernière relance",
    "des poursuites seront engagées",
    "une poursuite judiciaire",
    "À défaut de paiement, votre contrat",
    "faute de règlement",
    "en l’absence de paiement",
    "un huissier viendra",
    "le commissaire de justice",
    "une société de recouvrement",
    "une injonction de payer",
    "La somme de 120 € est à verser avant le 5 décembre.",
    "Un paiement de 120,50 euros est attendu au plus tard lundi.",
    "Votre dette est exigible.",
    "Le paiement doit nous parvenir lundi.",
    "La facture doit être réglée.",
)
HARMLESS = (
    "Vous pouvez payer en plusieurs fois.",
    "Vous n’avez rien à payer à notre association.",
    "Vous ne devez rien payer à notre association.",
    "Notre association ne reçoit aucun paiement.",
    "Si vous payez déjà votre facture, dites-le-nous.",
    "Vous payez le fournisseur, jamais nous.",
    "Ne payez pas deux fois : appelez-nous.",
    "Nous poursuivons notre accompagnement avec vous.",
    "La poursuite de notre échange est gratuite.",
    "Nous vous rappelons dans la semaine.",
    "Le chèque énergie de 48 € se demande avant le 31 décembre.",
    "Vous pouvez payer 50 € avant le 5 décembre, si cela vous convient.",
    "Nous avons convenu d’un versement de 50 € avant le 5 décembre.",
    "Le fournisseur confirme, le fonds décide.",
    "Vous devez peut-être recevoir un chèque énergie.",
    "Notre dernier échange date du 3 mai.",
    "Vos droits sont ouverts jusqu’au 31 mars.",
    "Répondez-nous quand vous voulez.",
    "pas de frais de rejet de paiement",
    "Merci de rappeler.",
)


@pytest.mark.parametrize("text", DEMANDS)
def test_a_demand_is_named(text: str) -> None:
    found = demands(text)
    assert found
    assert all(words in text for words in found)  # as it was typed
    with pytest.raises(BadInput) as refused:
        refuse_demand(text, "body")
    assert refused.value.params["field"] == "body"
    assert found[0] in str(refused.value.params["words"])


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_neighbour_passes(text: str) -> None:
    assert demands(text) == []


@given(
    st.sampled_from(DEMANDS),
    st.sampled_from(("", "Bonjour. ", "{personne}, ")),
    st.sampled_from((" ", "\n", "\N{NO-BREAK SPACE}", " \N{ZERO WIDTH SPACE} ", "\t")),
    st.sampled_from((str, str.upper, str.title)),
    st.booleans(),
)
def test_no_spelling_hides_it(
    text: str, before: str, blank: str, cased: type[str], accents: bool
) -> None:
    if not accents:
        bare = unicodedata.normalize("NFD", text)
        text = "".join(sign for sign in bare if not unicodedata.combining(sign))
    assert demands(before + blank.join(cased(text).split(" ")))


@pytest.mark.parametrize(
    "text",
    [
        "Vous d\N{CYRILLIC SMALL LETTER IE}v\N{CYRILLIC SMALL LETTER IE}z "
        "p\N{CYRILLIC SMALL LETTER A}yer",
        "DERNIER \N{CYRILLIC CAPITAL LETTER A}VIS",
        "un huissi\N{GREEK SMALL LETTER EPSILON}r",
    ],
)
def test_no_other_alphabet_hides_it(text: str) -> None:
    assert demands(text)


@pytest.mark.parametrize(
    "text",
    [
        "mise-en-demeure",
        "mise_en_demeure",
        "mise\N{NO-BREAK SPACE}en\N{NARROW NO-BREAK SPACE}demeure",
        "mi\N{SOFT HYPHEN}se en de\N{SOFT HYPHEN}meure",
        "mise en de-meure",
        "mise en de-\nmeure",
        "m\N{COMBINING LONG STROKE OVERLAY}i\N{COMBINING LONG STROKE OVERLAY}se en demeure",
        "m i s e en demeure",
        "M I S E  E N  D E M E U R E",
        "m.i.s.e e.n d.e.m.e.u.r.e",
        "m-i-s-e en demeure",
        "miseendemeure",
        "un hui-ssier",
        "P a y e z votre facture",
        "V o u s d e v e z p a y e r",
        "d.e.r.n.i.e.r avis",
        "La somme de 120 € est à v-e-r-s-e-r avant le 5 décembre.",
        "La somme de 120 € est à verser a v a n t le 5 décembre.",
    ],
)
def test_neither_marks_nor_blanks_between_letters_hide_it(text: str) -> None:
    found = demands(f"Bonjour, {text} Au revoir.")
    assert found
    words = "".join(found[0].split())
    assert words in "".join(text.replace("\N{SOFT HYPHEN}", "").split())  # as it was typed


@pytest.mark.parametrize(
    "text",
    [
        "Prenons rendez-vous : il n'y a d'autre démarche à faire.",
        "L'A D I L et le C C A S vous reçoivent.",
        "Appelez le 0 8 0 0 1 1 2 2 1 2.",
        "C'est-à-dire : y a-t-il un compteur ?",
        "Vous pouvez p-a-y-e-r 50 € avant le 5 décembre, si cela vous convient.",
    ],
)
def test_letters_that_stand_alone_are_no_demand(text: str) -> None:
    assert demands(text) == []


def test_a_long_row_of_letters_is_judged_in_no_time() -> None:
    started = process_time()
    demands("s o m m e d o i t " * 1000 + "x " * 5000)
    assert process_time() - started < 5


@given(st.sampled_from(HARMLESS), st.sampled_from(HARMLESS))
def test_two_harmless_sentences_stay_harmless(one: str, other: str) -> None:
    assert demands(f"{one}\n\n{other}") == []


@given(st.text(max_size=200))
def test_any_text_is_judged(text: str) -> None:
    assert isinstance(demands(text), list)
