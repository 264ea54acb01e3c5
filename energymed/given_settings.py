"""What was given as settings, judged: each wrong one is told in one sentence that names it."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from energymed.base.errors import Unusable
from energymed.base.i18n import N_

# how text messages, e-mails and calls leave, and the address that e-mails lead to; none is needed
OUTLETS = (
    "public_url",
    "sms_url", "sms_token", "sms_sender", "sms_format", "sms_fields",
    "smtp_url", "mail_from", "mail_reply_to",
    "dial_url", "dial_token", "dial_format", "dial_fields", "dial_secret",
)  # fmt: skip
SHORTEST_KEY = 32  # characters
FEWEST_SIGNS = 8  # that differ from each other; "aaaa…" is as long, and no secret
PLACEHOLDERS = ("changeme", "change-me", "change_me", "secret-key", "secret_key", "changez-moi")
_LINE = re.compile(r"\(at line (\d+)")
DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql+psycopg")


@dataclass(frozen=True, slots=True)
class Given:
    """The environment and the settings file; the environment wins.

    `asked` collects the names of the settings that the program knows.
    """

    environ: Mapping[str, str]
    file: Mapping[str, Any]
    asked: set[str] = field(default_factory=set)

    def text(self, name: str, default: str = "") -> str:
        """A setting as it was written."""
        self.asked.add(name)
        return self.environ.get(f"ENERGYMED_{name.upper()}") or str(self.file.get(name, default))


def read_settings_file(path: Path) -> dict[str, Any]:
    """What a TOML file says; nothing when there is none.

    Raises:
        Unusable: it cannot be read.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        sentence, more = _illegible(error)
        raise Unusable(sentence, path=path, **more) from error


def _illegible(error: Exception) -> tuple[str, dict[str, str]]:
    """Why a settings file cannot be read; the library says where, in English."""
    if isinstance(error, OSError):
        return N_("Réglages illisibles : %(path)s ne s'ouvre pas pour cet utilisateur."), {}
    if isinstance(error, UnicodeDecodeError):
        return N_("Réglages illisibles : %(path)s n'est pas un texte en UTF-8."), {}
    if line := _LINE.search(str(error)):
        return N_("Réglages illisibles : %(path)s, ligne %(line)s."), {"line": line[1]}
    return N_("Réglages illisibles : %(path)s s'arrête au milieu d'une valeur."), {}


def one_of(given: Given, name: str, known: Sequence[str], default: str = "") -> str:
    """A setting that is one of `known`, the first of them by default; capitals as in `known`."""
    asked = given.text(name, default or known[0])
    for one in known:
        if asked.casefold() == one.casefold():
            return one
    raise Unusable(
        N_("Réglage %(name)s : « %(asked)s » n'existe pas ; donnez l'un de %(known)s."),
        name=name, asked=asked, known=", ".join(known),
    )  # fmt: skip


def number(given: Given, name: str, default: int, *, least: int = 0, most: int = 10_000) -> int:
    """A setting that is a whole number."""
    asked = given.text(name, str(default))
    try:
        found = int(asked)
    except ValueError:
        found = least - 1
    if not least <= found <= most:
        raise Unusable(
            N_(
                "Réglage %(name)s : « %(asked)s » n'est pas un nombre entier de %(least)s à "
                "%(most)s."
            ),
            name=name, asked=asked, least=least, most=most,
        )  # fmt: skip
    return found


def database_address(given: Given, usual: Path) -> str:
    """The address of the database, with the driver that we ship; a SQLite file by default."""
    asked = given.text("database_url", f"sqlite:///{usual.as_posix()}")
    for prefix in ("postgresql://", "postgres://"):
        if asked.startswith(prefix):
            asked = "postgresql+psycopg://" + asked.removeprefix(prefix)
    try:
        url = make_url(asked)
    except (ArgumentError, ValueError):
        url = None
    in_memory = url is not None and url.drivername in DRIVERS[:2] and sqlite_file(asked) is None
    if url is None or url.drivername not in DRIVERS or in_memory:
        raise Unusable(
            N_(
                "Réglage database_url : cette adresse n'est pas celle d'un fichier SQLite "
                "(sqlite:////chemin/energymed.sqlite) ni d'une base PostgreSQL "
                "(postgresql://utilisateur:mot-de-passe@serveur/base)."
            )
        )
    return asked


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None for another one, or one in memory."""
    found = make_url(url)
    if found.get_backend_name() != "sqlite" or found.database in (None, "", ":memory:"):
        return None
    return Path(str(found.database))


def signing_key(given: Given, environment: str, own: str) -> str | None:
    """The key that signs sessions; the demo's `own` where none is given, None in production."""
    asked = given.text("secret_key")
    if not asked:
        return own if environment == "demo" and own else None
    if environment == "production" and _weak(asked):
        raise Unusable(
            N_(
                "Réglage secret_key : cette clé est trop courte ou trop simple. Donnez-en une au "
                "hasard, d'au moins %(least)s signes : "
                'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            ),
            least=SHORTEST_KEY,
        )
    return asked


def token(given: Given, name: str) -> str:
    """What somebody shows to be let in, in headers; "" when none is given."""
    asked = given.text(name)
    if asked and (_weak(asked) or not asked.isascii() or not asked.isprintable() or " " in asked):
        raise Unusable(
            N_(
                "Réglage %(name)s : ce jeton est trop court ou trop simple, ou a d'autres signes "
                "que des lettres et des chiffres. Donnez-en un au hasard, d'au moins %(least)s "
                'signes : python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
            ),
            name=name, least=SHORTEST_KEY,
        )  # fmt: skip
    return asked


def _weak(secret: str) -> bool:
    return (
        len(secret) < SHORTEST_KEY
        or len(set(secret)) < FEWEST_SIGNS
        or any(word in secret.casefold() for word in PLACEHOLDERS)
    )


def writing_key(given: Given) -> str:
    """The public key that backups are closed for; "" when none is given."""
    asked = given.text("backup_key")
    if asked:
        from energymed.base.age.keys import public_key  # cryptography takes its time to load

        try:
            public_key(asked)
        except ValueError as error:
            raise Unusable(
                N_(
                    "Réglage backup_key : ce n'est pas une clé publique de sauvegarde (age1…), ou "
                    "une lettre est fausse. « energymed backup-key FICHIER » en fait une."
                )
            ) from error
    if given.text("backup_folder") and not (asked or given.text("backup_passphrase")):
        raise Unusable(
            N_(
                "Réglage backup_folder : les sauvegardes planifiées ont besoin d'une clé. "
                "Faites-en une (« energymed backup-key FICHIER ») et donnez-la dans backup_key."
            )
        )
    return asked


def rotation(given: Given) -> tuple[int, int, int]:
    """Of how many days, weeks and months a backup is kept: "7,4,12"."""
    asked = given.text("backup_keep", "7,4,12")
    parts = [part.strip() for part in asked.split(",")]
    if len(parts) != 3 or not all(part.isdecimal() for part in parts) or not int(parts[0]):
        raise Unusable(
            N_(
                "Réglage backup_keep : « %(asked)s » ne dit pas combien de jours, de semaines et "
                "de mois garder, comme « 7,4,12 » (un jour au moins)."
            ),
            asked=asked,
        )
    days, weeks, months = map(int, parts)
    return days, weeks, months
