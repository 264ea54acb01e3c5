"""Settings: environment > instance/energymed.toml > safe defaults.

Secrets that only this machine needs (password salt, TOTP key) are made once and kept in
`instance/secrets.toml`, readable by its owner alone. In production the secret key that signs
sessions must be given; the demo makes its own.
"""

import hmac
import os
import secrets
import tomllib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.demo_file import DemoFile, DemoLogin, read_demo_file

ENVIRONMENTS = ("production", "demo", "test")
# how text messages, e-mails and calls leave, and the address that e-mails lead to; none is needed
OUTLETS = (
    "public_url",
    "sms_url", "sms_token", "sms_sender", "sms_format", "sms_fields",
    "smtp_url", "mail_from", "mail_reply_to",
    "dial_url", "dial_token", "dial_format", "dial_fields", "dial_secret",
)  # fmt: skip
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
        """Folder of the raw files received, named by their sha256."""
        return self.instance / "files"

    @property
    def progress(self) -> Path:
        """Folder that tells how far long work is."""
        return self.instance / "progress"

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
            Refused: in production without one.
        """
        if not self.secret_key:
            raise Refused(
                N_(
                    "La clé secrète manque : donnez ENERGYMED_SECRET_KEY "
                    "ou secret_key dans instance/energymed.toml."
                )
            )
        return self.secret_key


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of this process.

    Raises:
        BadInput: when the settings file cannot be read, names an unknown environment, or a number
            is none.
        Refused: when a real installation is to live at another time.
    """
    environ = os.environ if environ is None else environ
    instance = Path(environ.get("ENERGYMED_INSTANCE") or ROOT / "instance").resolve()
    instance.mkdir(parents=True, exist_ok=True)
    given = _read_toml(instance / "energymed.toml")

    def value(name: str, default: str = "") -> str:
        return environ.get(f"ENERGYMED_{name.upper()}") or str(given.get(name, default))

    def whole(name: str, default: int = 0) -> int:
        return _whole(name, value(name) or str(default))

    environment = value("environment", "production")
    if environment not in ENVIRONMENTS:
        raise BadInput(N_("Environnement inconnu : %(name)s."), name=environment)
    clock_shift = value("clock_shift_s")
    if environment == "production" and clock_shift not in ("", "0"):
        raise Refused(N_("Une installation réelle vit à l'heure réelle : ôtez clock_shift_s."))
    demo = read_demo_file(instance) if environment == "demo" else DemoFile()
    local = _local_secrets(instance)
    demo_key = local["secret_key"] if environment == "demo" else ""
    return Settings(
        instance=instance,
        database_url=_driver_url(
            value("database_url", f"sqlite:///{(instance / 'energymed.sqlite').as_posix()}")
        ),
        environment=environment,
        secret_key=value("secret_key", demo_key) or None,
        password_salt=local["password_salt"],
        totp_secret=local["totp_secret"],
        trusted_proxies=whole("trusted_proxies"),
        log_level=value("log_level", "INFO"),
        idle_minutes=whole("idle_minutes", 120),
        session_hours=whole("session_hours", 10),
        clock_shift_s=whole("clock_shift_s", demo.clock_shift_s),
        clock_given=bool(clock_shift),
        demo_logins=demo.logins,
        **{name: value(name) for name in OUTLETS},
    )


def remember_demo(instance: Path) -> None:
    """Mark an instance as the demo, so that every later command knows it; keeps a given file."""
    path = instance / "energymed.toml"
    if not path.exists():
        path.write_text('environment = "demo"\n', encoding="utf-8")


def _whole(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadInput(N_("Le réglage %(name)s est un nombre entier."), name=name) from None


def _read_toml(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(N_("Réglages illisibles (%(path)s)."), path=path.name) from error


def _local_secrets(instance: Path) -> dict[str, str]:
    """The secrets of this machine, made at first use; two processes at once agree on one file."""
    path = instance / "secrets.toml"
    names = ("secret_key", "password_salt", "totp_secret")
    if not path.exists():
        draft = path.with_name(f"secrets.{secrets.token_hex(4)}.tmp")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(f'{name} = "{secrets.token_urlsafe(48)}"\n' for name in names)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    found = _read_toml(path)
    return {name: str(found[name]) for name in names}


def _driver_url(url: str) -> str:
    """The same address with the driver that we ship."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url
