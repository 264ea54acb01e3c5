"""What a database, or the disk that it is on, has: one sentence for each way of not answering.

The drivers' own words are English, and may hold what a person typed.
"""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError

from energymed.base.errors import Busy, DomainError, Refused, Unusable
from energymed.base.i18n import N_

NOT_READY = N_("La base de données n'est pas prête : lancez « energymed init », puis réessayez.")
FULL = N_("Le disque est plein : rien n'a été écrit. Libérez de la place, puis réessayez.")
READ_ONLY = N_(
    "La base de données ne peut pas être écrite (disque ou fichier en lecture seule) : "
    "rien n'a été écrit."
)
CORRUPT = N_(
    "Le fichier de la base de données est abîmé ou tronqué : n'y écrivez plus, gardez-en une "
    "copie, puis restaurez une sauvegarde (« energymed restore »)."
)
CANNOT_OPEN = N_(
    "Le fichier de la base de données ne s'ouvre pas : vérifiez que son dossier existe, qu'il est "
    "à l'utilisateur qui lance energymed et que le disque n'est pas en lecture seule."
)
DISK_FAILS = N_(
    "Le disque de la base de données ne se lit ou ne s'écrit plus (plein, ou en panne) : rien n'a "
    "été écrit."
)
BUSY = N_("Un autre programme garde la base de données depuis trop longtemps : réessayez.")
AWAY = N_(
    "PostgreSQL ne répond pas : vérifiez qu'il est démarré, et l'adresse de la base "
    "(ENERGYMED_DATABASE_URL)."
)
NO_ENTRY = N_(
    "PostgreSQL refuse l'accès : vérifiez l'utilisateur, le mot de passe et la base dans son "
    "adresse (ENERGYMED_DATABASE_URL)."
)
NO_DATABASE = N_(
    "PostgreSQL n'a pas de base de ce nom : créez-la, ou corrigez l'adresse "
    "(ENERGYMED_DATABASE_URL)."
)
CROWDED = N_("PostgreSQL n'accepte plus de connexions : réessayez, ou augmentez max_connections.")
NO_RIGHTS = N_(
    "PostgreSQL ne donne pas à cet utilisateur les droits qu'il faut sur la base : rien n'a été "
    "écrit."
)
FAILED = N_("La base de données a refusé l'opération (%(kind)s) : rien n'a été écrit.")
# what a person at a page is told, who cannot free any room
SERVER_FULL = N_(
    "Le disque du serveur est plein : rien n'a été enregistré. Prévenez la personne qui s'occupe "
    "du serveur, puis réessayez."
)
SERVER_READ_ONLY = N_(
    "La base de données ne peut plus être écrite : rien n'a été enregistré. Prévenez la personne "
    "qui s'occupe du serveur, puis réessayez."
)
DISK_READ_ONLY = N_("Le disque est en lecture seule : rien n'a été écrit.")

_OF_A_FILE = {
    errno.ENOENT: N_("%(path)s n'existe pas."),
    errno.ENOTDIR: N_("%(path)s n'est pas dans un dossier."),
    errno.EISDIR: N_("%(path)s est un dossier."),
    errno.EACCES: N_("%(path)s : accès refusé à cet utilisateur."),
}
_MISSING = ("no such table", "no such column")
_OF_SQLITE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    sqlite3.SQLITE_CORRUPT: CORRUPT,
    sqlite3.SQLITE_NOTADB: CORRUPT,
    sqlite3.SQLITE_CANTOPEN: CANNOT_OPEN,
    sqlite3.SQLITE_PERM: CANNOT_OPEN,
    sqlite3.SQLITE_AUTH: CANNOT_OPEN,
    sqlite3.SQLITE_IOERR: DISK_FAILS,
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html; the longest beginning says it
_OF_POSTGRESQL = {
    "53100": FULL,
    "53300": CROWDED,
    "25006": READ_ONLY,
    "28": NO_ENTRY,
    "3D": NO_DATABASE,
    "42501": NO_RIGHTS,
    "55P03": BUSY,
    "57P": AWAY,
    "08": AWAY,
    "XX001": CORRUPT,
    "XX002": CORRUPT,
    "58030": DISK_FAILS,
}
_SAID = (
    ("starting up", AWAY),
    ("shutting down", AWAY),
    ("not yet accepting connections", AWAY),
    ("in recovery mode", AWAY),
    ("too many clients", CROWDED),
    ("remaining connection", CROWDED),
    ('database "', NO_DATABASE),
)
_AT_A_PAGE = {
    FULL: SERVER_FULL,
    READ_ONLY: SERVER_READ_ONLY,
    CANNOT_OPEN: SERVER_READ_ONLY,  # what SQLite says on a disk that is only read
    DISK_FAILS: SERVER_READ_ONLY,
    BUSY: Busy.SENTENCE,
}
_MISSING_STATES = ("42P01", "42703")  # no such table, no such column


def database_trouble(error: DBAPIError) -> DomainError:
    """The sentence of a database's refusal: `Refused` before `init`, else `Unusable`."""
    driver = error.orig
    if isinstance(driver, sqlite3.Error):
        return _of_sqlite(driver)
    return _of_postgresql(error)


def told_at_a_page(error: DBAPIError) -> str | None:
    """The sentence for whoever saved something, where more can be said than "try again"."""
    return _AT_A_PAGE.get(database_trouble(error).message)


def disk_trouble(error: OSError) -> DomainError | None:
    """`Unusable` for a disk that takes nothing more, `Refused` for a file; None for all else."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unusable(FULL)
    if error.errno == errno.EROFS:
        return Unusable(DISK_READ_ONLY)
    sentence = _OF_A_FILE.get(error.errno or 0) if error.filename else None
    return Refused(sentence, path=str(error.filename)) if sentence else None


def _of_sqlite(driver: sqlite3.Error) -> DomainError:
    if str(driver).startswith(_MISSING):
        return Refused(NOT_READY)
    # the low byte is the kind, what is above says more of it
    code = getattr(driver, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    return _told(_OF_SQLITE.get(code), driver)


def _of_postgresql(error: DBAPIError) -> DomainError:
    driver = error.orig
    state = getattr(driver, "sqlstate", None) or ""
    if state in _MISSING_STATES:
        return Refused(NOT_READY)
    for length in (5, 3, 2):
        if state[:length] in _OF_POSTGRESQL:
            return Unusable(_OF_POSTGRESQL[state[:length]])
    if isinstance(error, OperationalError) and not state:
        return Unusable(_of_words(str(driver)))
    return _told(None, driver)


def _of_words(words: str) -> str:
    """Before there is a connection the driver has words alone: libpq's, or the server's own.

    The server's are in its language, but for the FATAL in front.
    """
    for said, sentence in _SAID:
        if said in words:
            return sentence
    return NO_ENTRY if "FATAL" in words else AWAY


def _told(sentence: str | None, driver: BaseException | None) -> DomainError:
    if sentence is None:
        return Unusable(FAILED, kind=type(driver).__name__)
    return Unusable(sentence)
