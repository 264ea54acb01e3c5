"""Which commands there are, and that whatever stops one is told in one sentence."""

import sys
from typing import Any

import click

from energymed.cli.lazy_group import LazyGroup, Places
from energymed.cli.usage import in_french

PLACES: Places = {
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
    "export": ("exports:export", "Écrit le retour d'un partenaire dans un fichier."),
    "indicators": ("figures:indicators", "Les indicateurs d'une période."),
    "ledger": ("figures:ledger", "Les mouvements de la dette d'un dossier."),
    "reverse-payment": (
        "corrections:reverse_payment",
        "Annule un règlement enregistré (ENTRY : son numéro, donné par « ledger --json »).",
    ),
    "jobs": ("jobs:jobs", "Tâches planifiées."),
    "backup": (
        "backup:backup",
        "Écrit une sauvegarde complète et chiffrée dans FILE, même pendant le travail.",
    ),
    "restore": ("backup:restore", "Remet la sauvegarde FILE dans une installation vide."),
    "upgrade": (
        "upgrade:upgrade",
        "Sauvegarde la base d'une version antérieure, puis la met à niveau ; tout ou rien.",
    ),
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


class Commands(LazyGroup):
    """The commands, whose errors end in one sentence and exit code 1; typed wrong, with 2."""

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
