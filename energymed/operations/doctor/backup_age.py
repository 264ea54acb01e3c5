"""How old the newest backup is, against the schedule."""

from datetime import datetime, timedelta
from pathlib import Path

from energymed.base.i18n import N_
from energymed.config import Settings
from energymed.given_settings import sqlite_file
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.findings import MEGABYTE, Finding, good, warning, wrong
from energymed.operations.rotation import backups

LATE = timedelta(hours=26)  # one is due every night, and takes its time
TOO_OLD = timedelta(days=3)  # a week-end without anybody is no reason: it needs nobody
_RUN = N_("Lancez « energymed jobs run backup » et voyez ce qu'il dit.")


def backup_findings(settings: Settings, at: datetime) -> list[Finding]:
    """The nightly backups: whether there are any, of when, and where they lie."""
    if not settings.backup_folder:
        return [_not_set(settings)]
    folder = Path(settings.backup_folder)
    if not folder.is_dir():
        told = N_("Le dossier des sauvegardes %(folder)s n'existe pas ou n'est pas monté.")
        return [wrong(Check.BACKUP, told, N_("Montez-le, ou corrigez backup_folder."),
                      folder=str(folder))]  # fmt: skip
    return [_newest(folder, at), *_beside(settings, folder)]


def _not_set(settings: Settings) -> Finding:
    if settings.demo:
        return good(Check.BACKUP, N_("Non réglé : une démonstration n'a rien à perdre."))
    return warning(
        Check.BACKUP,
        N_("Aucune sauvegarde n'est planifiée."),
        N_(
            "Faites une clé (« energymed backup-key FICHIER »), puis réglez backup_key et "
            "backup_folder."
        ),
    )


def _newest(folder: Path, at: datetime) -> Finding:
    found = backups(folder)
    if not found:
        told = N_("Aucune sauvegarde encore dans %(folder)s.")
        return warning(Check.BACKUP, told, _RUN, folder=str(folder))
    made, path = found[0]
    known = {"made": made, "size": max(path.stat().st_size // MEGABYTE, 1), "count": len(found)}
    if at - made > LATE:
        tell = wrong if at - made > TOO_OLD else warning
        return tell(Check.BACKUP, N_("La dernière sauvegarde est du %(made)s."), _RUN, **known)
    told = N_("La dernière sauvegarde est du %(made)s (%(size)s Mo) ; %(count)s sont gardées.")
    return good(Check.BACKUP, told, **known)


def _beside(settings: Settings, folder: Path) -> list[Finding]:
    """Backups that would go with the disk that they are to outlive."""
    database = sqlite_file(settings.database_url) if settings.database_url else None
    if database is None or not database.exists():
        return []
    if database.stat().st_dev != folder.stat().st_dev:
        return []
    return [
        warning(
            Check.BACKUP,
            N_("Les sauvegardes sont sur le même disque que la base."),
            N_("Copiez-les ailleurs chaque jour : un disque qui meurt emporte les deux."),
        )
    ]
