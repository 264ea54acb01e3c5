"""`user`: open, list, edit, invite, help, unlock and close accounts."""

import click

from energymed.cli.lazy_group import LazyGroup, Places

PLACES: Places = {
    "add": (
        "users.opening:add_user",
        "Ouvre un compte ; sans --password-stdin, un mot de passe est tiré et affiché une fois.",
    ),
    "list": ("users.listing:list_users", "Liste les comptes."),
    "edit": ("users.changing:edit_user", "Modifie un compte ; ce qui n'est pas donné reste."),
    "invite": (
        "users.links:invite_user",
        "Fait un lien pour choisir le premier mot de passe ; l'ancien ne sert plus.",
    ),
    "reset": (
        "users.links:reset_user",
        "Retire le mot de passe et les sessions ; fait un lien pour en choisir un autre.",
    ),
    "unlock": ("users.changing:unlock_user", "Déverrouille un compte après trop d'essais."),
    "end": (
        "users.changing:end_user",
        "Ferme un compte ; sans --to ni --to-team, ses dossiers sont à répartir.",
    ),
}


@click.group(cls=LazyGroup, places=PLACES)
def user() -> None:
    """Comptes."""
