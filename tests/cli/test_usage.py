"""A command that is typed wrong is told in one French sentence, and ends with 2; never a trace."""

import pytest

from tests.cli.conftest import Run

NOT_UTF_8 = b"\xff".decode("utf-8", "surrogateescape")  # as a terminal in Latin 1 gives it


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("user", "edit"), "Il manque EMAIL."),
        (("user", "add", "a@b.fr"), "Il manque --role."),
        (("user", "list", "--role", "boss"), "Valeur incorrecte pour --role ; possibles : trainee"),
        (("user", "edit", "a@b.fr", "--hours", "3,5"), "--hours ; attendu : un nombre entier."),
        (("serve", "--port", "65536"), "--port ; attendu : un nombre entier de 1 à 65535."),
        (("demo", "--port", "0"), "--port ; attendu : un nombre entier de 1 à 65535."),
        (("serve", "--workers", "0"), "--workers ; attendu : un nombre entier de 1 à 64."),
        (("user", "end", "a@b.fr", "--on", "demain"), "--on ; attendu : une date, par exemple"),
        (("user", "list", "--rol", "lead"), "Option inconnue : --rol (peut-être --role)."),
        (("--zz",), "Option inconnue : --zz."),
        (("user", "edit", "a@b.fr", "--name"), "L'option --name attend une valeur."),
        (("user", "list", "--json=1"), "L'option --json ne prend pas de valeur."),
        (("user", "sing"), "Cette commande n'existe pas"),
        (("sing",), "Cette commande n'existe pas"),
        (("site", "add", "valence", "Portes", "de"), "Il y a un mot de trop"),
        (("user", "end", "a@b.fr", "--on", "2037-08-31", "--to-team"), "s'excluent."),
        (("setup",), "Donnez --from FICHIER ou --interactive."),
    ],
)
def test_what_is_typed_wrong(run: Run, arguments: tuple[str, ...], sentence: str) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert sentence in result.stderr


def test_help_is_no_mistake(run: Run) -> None:
    assert "Commands:" in run("user", "--help").stdout
    assert "Comptes" in run("user").output


@pytest.mark.parametrize(
    "arguments",
    [
        ("user", "list", "--search", NOT_UTF_8),
        ("site", "add", "valence", NOT_UTF_8),
        ("partner", "edit", NOT_UTF_8),
    ],
)
def test_what_no_database_keeps(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "UTF-8" in result.stderr or "inconnu" in result.stderr
