"""Settings: which are wrong, weak, unknown, or go together badly."""

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from energymed.base.errors import DomainError, Unusable
from energymed.base.i18n import N_
from energymed.config import PLACE, SETTINGS, Settings, judge_settings, place_of
from energymed.given_settings import Given, read_settings_file
from energymed.local_secrets import NAME as SECRETS
from energymed.local_secrets import LocalSecrets, parsed
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.findings import Finding, good, warning, wrong

_PREFIX = "ENERGYMED_"
# of a process, not of the installation: where it is, who started it, and what the tests run on
_NO_SETTINGS = (PLACE, "ENERGYMED_PARENT", "ENERGYMED_TEST_DATABASE")
_FINE = N_("Réglages lus dans %(folder)s : rien à redire.")
_MEND = N_("Corrigez-le dans energymed.toml ou dans l'environnement du service.")


@dataclass(frozen=True, slots=True)
class Read:
    """The settings as far as they can be read, and what was found on the way.

    `settings` has defaults in place of what is wrong; its `database_url` is "" when that is.
    """

    settings: Settings
    findings: list[Finding]


def read_settings(environ: Mapping[str, str] | None = None) -> Read:
    """Read the settings without writing anything, and go on where one of them is wrong."""
    environ = os.environ if environ is None else environ
    instance, found = place_of(environ), list[Finding]()
    file: dict[str, Any] = {}
    try:
        file = read_settings_file(instance / SETTINGS)
    except Unusable as error:
        found.append(_told(error))
    given = Given(environ, file)
    values, faults = judge_settings(given, instance, _secrets(instance))
    found += [_told(error) for error in faults.found]
    settings = Settings(**{"database_url": "", **values})
    if not any(error.params.get("name") == "secret_key" for error in faults.found):
        found += _without_key(settings, wrong_key="secret_key" not in values)
    found += _unknown(given) + _unlike(settings)
    return Read(settings, found or [good(Check.SETTINGS, _FINE, folder=str(instance))])


def running_with(settings: Settings) -> Read:
    """The settings of this process, which were judged when it started."""
    fine = good(Check.SETTINGS, _FINE, folder=str(settings.instance))
    return Read(settings, _unlike(settings) or [fine])


def _told(error: DomainError) -> Finding:
    return wrong(Check.SETTINGS, error.message, _MEND, **error.params)


def _secrets(instance: Path) -> LocalSecrets:
    """Those that are there; what is wrong with them is looked at elsewhere."""
    try:
        return parsed((instance / SECRETS).read_bytes(), instance)
    except (OSError, Unusable):
        return LocalSecrets()


def _without_key(settings: Settings, *, wrong_key: bool) -> list[Finding]:
    """A missing key stops `serve` alone."""
    if wrong_key:
        return []
    try:
        settings.require_secret_key()
    except Unusable as error:
        return [wrong(Check.SETTINGS, error.message, "")]
    return []


def _unknown(given: Given) -> list[Finding]:
    """Names that the program never asks for: mistyped, mostly."""
    in_environment = {
        name.removeprefix(_PREFIX).lower(): name
        for name in given.environ
        if name.startswith(_PREFIX) and name not in _NO_SETTINGS
    }
    names = {**in_environment, **{name: name for name in given.file}}
    return [
        _unknown_one(names[name], difflib.get_close_matches(name, given.asked, 1))
        for name in sorted(names.keys() - given.asked)
    ]


def _unknown_one(name: str, like: list[str]) -> Finding:
    told = N_("Réglage %(name)s : inconnu, sans effet.")
    if like:
        meant = N_("Vouliez-vous dire %(like)s ? Corrigez-le ou ôtez-le.")
        return warning(Check.SETTINGS, told, meant, name=name, like=like[0])
    return warning(Check.SETTINGS, told, N_("Ôtez-le, ou voyez son nom dans la notice."), name=name)


def _unlike(settings: Settings) -> list[Finding]:
    """Settings that are right by themselves, and of no use together."""
    found = []
    if settings.smtp_url and not (settings.mail_from and settings.public_url):
        found.append(
            warning(
                Check.SETTINGS,
                N_("Un serveur d'e-mail est réglé sans mail_from ou sans public_url."),
                N_("Donnez les trois : sinon ni lien d'invitation ni alerte ne part."),
            )
        )
    if settings.environment == "production" and settings.public_url.startswith("http://"):
        found.append(
            warning(
                Check.SETTINGS,
                N_("Réglage public_url : les liens des e-mails passent en clair (http)."),
                N_("Servez le site en https et donnez cette adresse."),
            )
        )
    return found
