"""Settings: environment > instance/energymed.toml > safe defaults.

Secrets that only this installation needs (password salt, TOTP key) are made once and kept in
`instance/secrets.toml` (`local_secrets`). In production the secret key that signs sessions must be
given; the demo makes its own. Whatever is wrong is told here, before anything is done.
"""

import hmac
import os
from base64 import b32encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from energymed.base.errors import Faults, Unusable
from energymed.base.i18n import N_
from energymed.base.private_files import BESIDE, keep_to_owner, tighten_file, tighten_folder
from energymed.demo_file import NAME as DEMO_FILE
from energymed.demo_file import DemoFile, DemoLogin, read_demo_file
from energymed.given_settings import (
    OUTLETS,
    Given,
    database_address,
    number,
    one_of,
    read_settings_file,
    rotation,
    signing_key,
    sqlite_file,
    writing_key,
)
from energymed.local_secrets import NAME as SECRETS
from energymed.local_secrets import LocalSecrets, local_secrets

ENVIRONMENTS = ("production", "demo", "test")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
FOR_EVER_S = 100 * 366 * 86_400
SETTINGS, DATABASE = "energymed.toml", "energymed.sqlite"
PLACE = "ENERGYMED_INSTANCE"
PLAIN = ("limits_url", "backup_passphrase", "backup_folder", *OUTLETS)  # texts of any kind
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that differs from one installation to another."""

    instance: Path
    database_url: str
    environment: str = "production"
    secret_key: str | None = None
    password_salt: str = ""
    totp_secret: str = ""
    trusted_proxies: int = 0
    log_level: str = "INFO"
    idle_minutes: int = 120  # without a page; then somebody has to sign in again
    session_hours: int = 10  # in any case
    clock_shift_s: int = 0  # seconds by which a demo or a benchmark lives at another time
    limits_url: str = field(default="", repr=False)  # where tries are counted for all processes
    backup_key: str = ""  # the public one; whoever writes backups cannot read them
    backup_passphrase: str = field(default="", repr=False)
    backup_folder: str = ""  # where the nightly ones go; none are made without it
    backup_keep: tuple[int, int, int] = (7, 4, 12)  # of as many days, weeks, months
    public_url: str = ""
    clock_given: bool = False  # that time was asked for: the demo leaves it as it is
    demo_logins: tuple[DemoLogin, ...] = field(default=(), repr=False)
    sms_url: str = ""
    sms_token: str = field(default="", repr=False)
    sms_sender: str = ""
    sms_format: str = "json"
    sms_fields: str = ""
    smtp_url: str = field(default="", repr=False)
    mail_from: str = ""
    mail_reply_to: str = ""
    dial_url: str = ""
    dial_token: str = field(default="", repr=False)
    dial_format: str = "json"
    dial_fields: str = ""
    dial_secret: str = field(default="", repr=False)

    @property
    def demo(self) -> bool:
        """True where the synthetic association lives: no compulsory second factor."""
        return self.environment == "demo"

    @property
    def files(self) -> Path:
        """Where raw files were kept before they were rows; what is found there is taken in."""
        return self.instance / "files"

    @property
    def inbox(self) -> Path:
        """The watched folder: one folder for each partner that sends by secure transfer."""
        return self.instance / "inbox"

    @property
    def hash_key(self) -> bytes:
        """What keyed hashes are made with; lasts as long as the installation."""
        return hmac.digest(self.password_salt.encode(), b"keyed hashes", "sha256")

    @property
    def setup_code(self) -> str:
        """What the set-up pages ask for: of this installation, and shown on its terminal alone."""
        digest = hmac.digest(self.password_salt.encode(), b"set-up code", "sha256")[:10]
        letters = b32encode(digest).decode()
        return "-".join(letters[at : at + 4] for at in range(0, 16, 4))

    def require_secret_key(self) -> str:
        """The key that signs sessions.

        Raises:
            Unusable: in production without one.
        """
        if not self.secret_key:
            raise Unusable(
                N_(
                    "La clé secrète manque : donnez ENERGYMED_SECRET_KEY "
                    "ou secret_key dans instance/energymed.toml."
                )
            )
        return self.secret_key


def load_settings(
    environ: Mapping[str, str] | None = None, *, with_secrets: bool = True
) -> Settings:
    """Read the settings of this process, which from now on makes files for its owner alone.

    Args:
        with_secrets: False for a command that puts the secrets back: it has none.

    Raises:
        Unusable: a setting is wrong, or the secrets are not there although accounts are.
    """
    environ = os.environ if environ is None else environ
    keep_to_owner()
    instance = _instance(place_of(environ))
    given = Given(environ, read_settings_file(instance / SETTINGS))
    one_of(given, "environment", ENVIRONMENTS)
    url = database_address(given, instance / DATABASE)
    _tighten(instance, url)
    local = local_secrets(instance, url) if with_secrets else LocalSecrets()
    values, faults = judge_settings(given, instance, local)
    faults.tell()
    return Settings(**values)


def place_of(environ: Mapping[str, str]) -> Path:
    """The folder of the installation."""
    return Path(environ.get(PLACE) or ROOT / "instance").resolve()


def judge_settings(
    given: Given, instance: Path, local: LocalSecrets
) -> tuple[dict[str, Any], Faults]:
    """The settings that are right, by name, and what is wrong with the others."""
    faults = Faults()
    environment = ENVIRONMENTS[0]
    with faults:
        environment = one_of(given, "environment", ENVIRONMENTS)
    values: dict[str, Any] = {
        "instance": instance,
        "environment": environment,
        "password_salt": local.password_salt,
        "totp_secret": local.totp_secret,
        **{name: given.text(name) for name in PLAIN},
    }
    readers: dict[str, Callable[[], Any]] = {
        "database_url": lambda: database_address(given, instance / DATABASE),
        "secret_key": lambda: signing_key(given, environment, local.secret_key),
        "trusted_proxies": lambda: number(given, "trusted_proxies", 0, most=10),
        "log_level": lambda: one_of(given, "log_level", LOG_LEVELS, "INFO"),
        "idle_minutes": lambda: number(given, "idle_minutes", 120, least=1),
        "session_hours": lambda: number(given, "session_hours", 10, least=1),
        "backup_key": lambda: writing_key(given),
        "backup_keep": lambda: rotation(given),
    }
    for name, read in readers.items():
        with faults:
            values[name] = read()
    with faults:
        values |= _clock(given, environment, instance)
    return values, faults


def _instance(instance: Path) -> Path:
    try:
        instance.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Unusable(
            N_("Le dossier de l'installation (%(path)s) ne peut pas être créé ni lu."),
            path=str(instance),
        ) from error
    return instance


def _tighten(instance: Path, url: str) -> None:
    """An installation of before, or a copied one, becomes its owner's alone."""
    tighten_folder(instance)
    database = sqlite_file(url)
    for path in (database,) if database else ():
        for end in BESIDE:
            tighten_file(path.with_name(path.name + end))
    for name in (SETTINGS, SECRETS, DEMO_FILE):
        tighten_file(instance / name)


def _clock(given: Given, environment: str, instance: Path) -> dict[str, Any]:
    """The time at which a demo or a benchmark lives, and the logins that its file keeps."""
    shift = given.text("clock_shift_s")
    if environment == "production" and shift not in ("", "0"):
        raise Unusable(N_("Une installation réelle vit à l'heure réelle : ôtez clock_shift_s."))
    demo = read_demo_file(instance) if environment == "demo" else DemoFile()
    asked = number(given, "clock_shift_s", 0, least=-FOR_EVER_S, most=FOR_EVER_S)
    return {
        "clock_shift_s": asked if shift else demo.clock_shift_s,
        "clock_given": bool(shift),
        "demo_logins": demo.logins,
    }


def remember_demo(instance: Path) -> None:
    """Mark an instance as the demo, so that every later command knows it; keeps a given file."""
    path = instance / SETTINGS
    if not path.exists():
        path.write_text('environment = "demo"\n', encoding="utf-8")
