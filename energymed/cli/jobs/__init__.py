"""`jobs list`, `jobs run NAME`, `jobs serve`, and what the site starts in a process of its own."""

import click

from energymed.cli.lazy_group import LazyGroup, Places

PLACES: Places = {
    "list": ("jobs.listing:list_jobs", "Les tâches, leur rythme et leur dernier passage."),
    "run": ("jobs.running:run_job", "Fait passer une tâche maintenant."),
    "serve": ("jobs.running:serve", "Fait passer les tâches à leur rythme, jusqu'à l'arrêt."),
    "file": ("jobs.beside:work_on_file", ""),
    "examine": ("jobs.beside:examine", ""),
}


@click.group(cls=LazyGroup, places=PLACES)
def jobs() -> None:
    """Tâches planifiées."""
