"""Which commands there are; each is loaded when it is called, and what stops it is one sentence."""

import sys
from importlib import import_module
from typing import Any, ClassVar

import click

from energymed.cli.usage import in_french


class Commands(click.Group):
    """Commands loaded when they are called, whose errors end in one sentence and exit code 1.

    Typed wrong, they end with 2.

    `places`: {name: (where it is, what the help says of it)}: to show the help loads none. A test
    compares the words with the command's own.
    """

    places: ClassVar[dict[str, tuple[str, str]]] = {
        "init": ("setup:init", "Crée ou met à niveau la base ; peut être répété sans risque."),
        "user": ("users:user", "Comptes."),
        "setup": (
            "organisation:setup",
            "Met en place l'association : sites, administrateur, partenaires, équipe.",
        ),
        "site": ("places:site", "Sites de l'association."),
        "partner": ("places:partner", "Fournisseurs et gestionnaires de réseau partenaires."),
        "import": (
            "files:import_file",
            "Importe un fichier de clients ou de règlements d'un partenaire.",
        ),
        "undo-import": (
            "files:undo_import",
            "Annule un import tant qu'aucun appel ni acte n'a été enregistré sur ses dossiers.",
        ),
        "assign": (
            "work:assign",
            "Répartit les dossiers d'un partenaire à parts égales du temps disponible.",
        ),
        "export": ("figures:export", "Écrit le retour d'un partenaire dans un fichier."),
        "indicators": ("figures:indicators", "Les indicateurs d'une période."),
        "ledger": ("figures:ledger", "Les mouvements de la dette d'un dossier."),
        "reverse-payment": (
            "figures:reverse_payment",
            "Annule un règlement enregistré (ENTRY : son numéro, donné par « ledger --json »).",
        ),
        "jobs": ("jobs:jobs", "Tâches planifiées."),
        "backup": (
            "backup:backup",
            "Écrit une sauvegarde complète et chiffrée dans FILE, même pendant le travail.",
        ),
        "restore": ("backup:restore", "Remet la sauvegarde FILE dans une installation vide."),
        "backup-key": (
            "backup:backup_key",
            "Fait une paire de clés de sauvegarde ; la secrète va dans FILE, à garder ailleurs.",
        ),
        "new-secrets": (
            "backup:new_secrets",
            "Refait secrets.toml quand il est perdu pour toujours ; dit d'abord ce qu'il en coûte.",
        ),
        "doctor": (
            "doctor:doctor",
            "Examine l'installation : réglages, base, disque, tâches, sauvegardes ; n'écrit rien.",
        ),
        "serve": ("server:serve", "Sert l'application et fait tourner les tâches planifiées."),
        "demo": (
            "server:demo",
            "Prépare une association fictive avec un an de dossiers, puis sert l'application.",
        ),
    }

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the help."""
        return list(self.places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the command; None when there is none of that name."""
        if cmd_name not in self.places:
            return None
        module, name = self.places[cmd_name][0].split(":")
        found: click.Command = getattr(import_module(f"energymed.cli.{module}"), name)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_place, told) in self.places.items()])

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the words before the first command."""
        with in_french():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what a person can act upon ends it in one line.

        With 1 when it is about what was asked, with 2 when the installation cannot be used.
        """
        try:
            with in_french():
                return super().invoke(ctx)
        except (click.exceptions.Exit, click.ClickException):
            raise
        except Exception as error:
            from energymed.cli.failures import told

            sentence, code = told(error, ctx.invoked_subcommand or "")
            click.echo(sentence, err=True)
            sys.exit(code)
