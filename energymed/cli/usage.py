"""A command that was typed wrong, in one French sentence: Click says it in English, in three."""

from collections.abc import Iterator
from contextlib import contextmanager

import click


class TypedWrong(click.ClickException):
    """Ends a command that was typed wrong: one sentence on stderr, and 2."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        """Say the sentence alone."""
        click.echo(self.message, err=True)


@contextmanager
def in_french() -> Iterator[None]:
    """Say in French what Click finds wrong with a command; help that was asked for is none."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        raise TypedWrong(said(error)) from None


def said(error: click.UsageError) -> str:
    """What is wrong with the command, and with which part of it."""
    if isinstance(error, click.MissingParameter):
        return f"Il manque {_name(error)}."
    if isinstance(error, click.BadParameter):
        return f"Valeur incorrecte pour {_name(error)}{_wanted(error.param)}."
    if isinstance(error, click.NoSuchOption):
        near = " ou ".join(error.possibilities or [])
        return f"Option inconnue : {error.option_name}" + (f" (peut-être {near})." if near else ".")
    if isinstance(error, click.BadOptionUsage):
        takes = "attend une" if "requires" in error.message else "ne prend pas de"
        return f"L'option {error.option_name} {takes} valeur."
    own = next((text for start, text in OF_CLICK.items() if error.message.startswith(start)), None)
    return own or error.message


OF_CLICK = {  # what a command of ours says itself is French already
    "No such command": "Cette commande n'existe pas : « --help » montre celles qu'il y a.",
    "Got unexpected extra argument": "Il y a un mot de trop : entourez de guillemets ce qui a des "
    "espaces.",
}


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "une valeur")
    if isinstance(error.param, click.Option):
        return max(error.param.opts, key=len)
    return (error.param.name or "").upper()


def _wanted(param: click.Parameter | None) -> str:
    """What this parameter takes, where that can be said."""
    kind = param.type if param is not None else None
    if isinstance(kind, click.Choice):
        return f" ; possibles : {', '.join(str(each) for each in kind.choices)}"
    if isinstance(kind, click.DateTime):
        return " ; attendu : une date, par exemple 2027-08-31"
    if isinstance(kind, click.IntRange) and kind.max is not None:
        return f" ; attendu : un nombre entier de {kind.min} à {kind.max}"
    if isinstance(kind, click.types.IntParamType):
        return " ; attendu : un nombre entier"
    if isinstance(kind, click.Path | click.File):
        return " : ce fichier ne peut pas être lu"
    return ""
