"""The secrets of this installation, `instance/secrets.toml`: made at first use, never replaced.

Passwords, second factors and the marks of people who are not to be called are of no use without
the secrets that they were made with: beside a database that has accounts, none are made.
"""

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from secrets import token_urlsafe

from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from energymed.base.db.trouble import NOT_READY, database_trouble
from energymed.base.errors import Unusable
from energymed.base.i18n import N_
from energymed.base.private_files import new_file
from energymed.given_settings import sqlite_file

NAME = "secrets.toml"
MISSING = N_(
    "Le fichier secrets.toml manque dans %(folder)s, alors que la base a des comptes : sans lui, "
    "mots de passe, seconds facteurs et oppositions ne valent plus rien. Remettez-le d'une "
    "sauvegarde (« energymed restore --secrets FICHIER ») ; s'il est perdu pour toujours, "
    "« energymed new-secrets » dit ce qu'il en coûte."
)
UNREADABLE = N_(
    "Le fichier secrets.toml de %(folder)s est vide, incomplet ou illisible (il y manque "
    "%(names)s) : remettez-le d'une sauvegarde (« energymed restore --secrets FICHIER »)."
)


@dataclass(frozen=True, slots=True, repr=False)
class LocalSecrets:
    """The values of the file."""

    secret_key: str = ""
    password_salt: str = ""
    totp_secret: str = ""


NAMES = tuple(each.name for each in fields(LocalSecrets))


def local_secrets(instance: Path, database_url: str) -> LocalSecrets:
    """What the file says; on a new installation it is made.

    Raises:
        Unusable: it is missing beside accounts, or is not whole.
    """
    path = instance / NAME
    if not path.exists():
        if has_accounts(database_url):
            raise Unusable(MISSING, folder=str(instance))
        write_secrets(path, drawn_secrets())
    return parsed(path.read_bytes(), instance)


def parsed(content: bytes, instance: Path) -> LocalSecrets:
    """The values that a file's bytes hold.

    Raises:
        Unusable: one of them is not there.
    """
    try:
        found = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        found = {}
    values = {name: found.get(name) for name in NAMES}
    absent = [name for name, value in values.items() if not (value and isinstance(value, str))]
    if absent:
        raise Unusable(UNREADABLE, folder=str(instance), names=", ".join(absent))
    return LocalSecrets(**{name: str(value) for name, value in values.items()})


def drawn_secrets() -> LocalSecrets:
    """New ones, at random."""
    return LocalSecrets(**{name: token_urlsafe(48) for name in NAMES})


def write_secrets(path: Path, drawn: LocalSecrets) -> None:
    """Keep them; two processes at once agree on the file of one of them."""
    lines = [f'{name} = "{getattr(drawn, name)}"\n' for name in NAMES]
    try:
        with new_file(path) as file:
            file.write("".join(lines).encode())
    except FileExistsError:
        return


def has_accounts(database_url: str) -> bool:
    """Whether anybody has an account there; False when there is no database yet.

    Raises:
        Unusable: the database does not answer.
    """
    file = sqlite_file(database_url)
    if file is not None and not file.exists():
        return False
    engine = create_engine(database_url, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            return bool(connection.scalar(text("SELECT count(*) FROM user_account")))
    except DBAPIError as error:
        trouble = database_trouble(error)
        if trouble.message == NOT_READY:
            return False
        raise trouble from error
