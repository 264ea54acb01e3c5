"""`backup`, `restore`, `backup-key`, `new-secrets`: an installation that outlives its machine."""

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from flask import current_app

from energymed.base.age.keys import secret_key, write_public, write_secret
from energymed.base.age.seal import Damaged, Key, Lock, NotAge, Passphrase, read_head
from energymed.base.clock import now, paris
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.base.private_files import new_file
from energymed.cli.common import (
    answer,
    app_context,
    fail,
    json_option,
    use_case,
    with_any_schema,
)
from energymed.config import Settings, load_settings
from energymed.local_secrets import NAME as SECRETS
from energymed.local_secrets import drawn_secrets, write_secrets
from energymed.operations.archive import DAMAGED, NO_BACKUP
from energymed.operations.backup import Written, back_up, lock_of
from energymed.operations.new_secrets import (
    COST,
    forget_second_factors,
    refuse_kept_secrets,
)
from energymed.operations.restore import SET_ASIDE, Restored, check, restore_secrets
from energymed.operations.restore import restore as put_back
from energymed.schema import prepare_database

SHORTEST_PASSPHRASE = 12  # characters; scrypt makes each guess cost a third of a second
MEGABYTE = 1_000_000
file_argument = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
found_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.command()
@file_argument
@json_option
@with_any_schema
def backup(file: Path, as_json: bool) -> None:
    """Écrit une sauvegarde complète et chiffrée dans FILE, même pendant le travail.

    Elle est fermée pour la clé du réglage backup_key (« energymed backup-key » en fait une), ou
    par une phrase secrète (backup_passphrase), demandée ici quand aucune n'est réglée.
    """
    settings: Settings = current_app.extensions["energymed"]
    lock = lock_of(settings) or _asked_lock()
    done = back_up(settings, file, lock, now())
    answer(_told_backup(done), as_json=as_json, text=_backup_text(done))


def _asked_lock() -> Lock:
    """A passphrase typed twice, where somebody is there to type it."""
    if not _somebody_is_there():
        raise Refused(
            N_(
                "Une sauvegarde est toujours chiffrée, et il manque une clé : faites-en une "
                "(« energymed backup-key FICHIER ») et donnez-la dans backup_key."
            )
        )
    words = click.prompt(
        "Phrase secrète de cette sauvegarde (à garder ailleurs que sur cette machine)",
        hide_input=True, confirmation_prompt="La même encore une fois", err=True,
    )  # fmt: skip
    if len(words) < SHORTEST_PASSPHRASE:
        raise BadInput(
            N_("Une phrase secrète a au moins %(least)s signes."), least=SHORTEST_PASSPHRASE
        )
    return Passphrase(words)


def _told_backup(done: Written) -> dict[str, object]:
    return {
        "file": str(done.path),
        "sha256": done.sha256,
        "bytes": done.size,
        "revision": done.revision,
        "rows": done.rows,
        "files": done.files,
    }


def _backup_text(done: Written) -> str:
    return (
        f"Sauvegarde écrite : {done.path} ({done.size / MEGABYTE:.1f} Mo, révision "
        f"{done.revision}, {sum(done.rows.values())} lignes de {len(done.rows)} tables, avec "
        f"{' et '.join(done.files)}).\nSHA-256 : {done.sha256}\n"
        "Pour la prouver : energymed restore --check FICHIER"
    )


@click.command()
@found_file
@click.option("--check", "only_check", is_flag=True, help="Prouve la sauvegarde, sans rien garder.")
@click.option("--secrets", "only_secrets", is_flag=True, help="Ne remet que secrets.toml.")
@click.option(
    "--key", "key_file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Le fichier de la clé secrète (« energymed backup-key »).",
)  # fmt: skip
@click.option("--passphrase-stdin", is_flag=True, help="Lit la phrase secrète sur l'entrée.")
@json_option
def restore(
    file: Path,
    only_check: bool,
    only_secrets: bool,
    key_file: Path | None,
    passphrase_stdin: bool,
    as_json: bool,
) -> None:
    """Remet la sauvegarde FILE dans une installation vide."""
    if only_check and only_secrets:
        raise click.UsageError("--check et --secrets s'excluent.")
    settings = load_settings(with_secrets=False)
    key = _key(settings, file, key_file, passphrase_stdin)
    if only_check:
        _prove(settings, file, key, as_json=as_json)
    elif only_secrets:
        restore_secrets(settings, file, key)
        answer({"files": [SECRETS]}, as_json=as_json, text=f"{SECRETS} est remis.")
    else:
        done = put_back(settings, file, key)
        with app_context(upgrades=True):
            prepare_database()
        answer(_told_restore(done), as_json=as_json, text=_restore_text(done))


def _key(settings: Settings, file: Path, key_file: Path | None, from_stdin: bool) -> Key:
    """The key or the passphrase, whichever the file was closed for."""
    if _wants_passphrase(file):
        if from_stdin:
            return Passphrase(sys.stdin.readline().rstrip("\r\n"))
        if settings.backup_passphrase:
            return Passphrase(settings.backup_passphrase)
        if not _somebody_is_there():
            raise BadInput(
                N_("Cette sauvegarde s'ouvre par une phrase secrète : --passphrase-stdin.")
            )
        return Passphrase(click.prompt("Phrase secrète", hide_input=True, err=True))
    if key_file is None:
        raise BadInput(N_("Cette sauvegarde s'ouvre par une clé secrète : donnez --key FICHIER."))
    try:
        return secret_key(key_file.read_text("utf-8"))
    except ValueError as error:
        raise BadInput(
            N_("%(file)s n'est pas une clé secrète de sauvegarde."), file=str(key_file)
        ) from error


def _somebody_is_there() -> bool:
    return sys.stdin.isatty()


def _wants_passphrase(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return read_head(opened).wants_passphrase
    except NotAge as error:
        raise Refused(NO_BACKUP, file=file.name) from error
    except Damaged as error:
        raise Refused(DAMAGED, file=file.name) from error


def _prove(settings: Settings, file: Path, key: Key, *, as_json: bool) -> None:
    done = check(settings, file, key)
    good = not done.faults
    text = f"{_described(done)}\nCette sauvegarde est bonne."
    if good or as_json:
        answer({"good": good, **_told_restore(done)}, as_json=as_json, text=text)
    if not good:
        fail("\n".join(["Cette sauvegarde n'est pas bonne :", *map(str, done.faults)]))


def _told_restore(done: Restored) -> dict[str, object]:
    return {
        "version": done.version,
        "created_at": done.created_at,
        "made_with": done.made_with,
        "revision": done.revision,
        "rows": done.rows,
        "files": done.files,
        "faults": [str(fault) for fault in done.faults],
    }


def _described(done: Restored) -> str:
    lines = [f"{name:<24} {count:>9}" for name, count in sorted(done.rows.items()) if count]
    made = paris(datetime.fromisoformat(done.created_at))
    lines.append(
        f"Sauvegarde du {made:%d/%m/%Y %H:%M}, version {done.version}, révision {done.made_with} : "
        f"{sum(done.rows.values())} lignes de {len(done.rows)} tables."
    )
    if done.made_with != done.revision:
        lines.append(f"Mise à niveau de la révision {done.made_with} à {done.revision}.")
    return "\n".join(lines)


def _restore_text(done: Restored) -> str:
    lines = [_described(done), f"Remis : {', '.join(done.files) or 'la base'}."]
    if SET_ASIDE in done.files:
        lines.append(
            f"Les réglages d'avant sont dans {SET_ASIDE} : comparez, puis renommez-le en "
            "energymed.toml."
        )
    lines += [f"Attention : {fault}" for fault in done.faults]
    lines.append("Lancez « energymed serve ».")
    return "\n".join(lines)


@click.command("backup-key")
@file_argument
@json_option
def backup_key(file: Path, as_json: bool) -> None:
    """Fait une paire de clés de sauvegarde ; la secrète va dans FILE, à garder ailleurs.

    La clé publique, montrée ici, va dans les réglages : le serveur sait alors écrire des
    sauvegardes qu'il ne sait pas lire.
    """
    load_settings(with_secrets=False)  # files of its owner alone
    key = X25519PrivateKey.generate()
    public = write_public(key.public_key())
    try:
        with new_file(file) as opened:
            lines = (f"# made: {now().isoformat()}", f"# public key: {public}", write_secret(key))
            opened.write("".join(f"{line}\n" for line in lines).encode())
    except FileExistsError as error:
        raise Refused(
            N_("%(file)s existe déjà : une clé n'en remplace jamais une autre."), file=str(file)
        ) from error
    text = (
        f'À mettre dans instance/energymed.toml :\n  backup_key = "{public}"\n'
        f"La clé secrète est dans {file} : gardez-la sur deux supports hors de cette machine, "
        "puis effacez-la d'ici. Sans elle, aucune sauvegarde ne s'ouvre."
    )
    answer({"backup_key": public, "file": str(file)}, as_json=as_json, text=text)


@click.command("new-secrets")
@click.option("--forget", is_flag=True, help="Je sais ce qui est perdu.")
@json_option
def new_secrets(forget: bool, as_json: bool) -> None:
    """Refait secrets.toml quand il est perdu pour toujours ; dit d'abord ce qu'il en coûte."""
    settings = load_settings(with_secrets=False)
    refuse_kept_secrets(settings)
    if not forget:
        raise Refused(COST)
    drawn = drawn_secrets()
    new = replace(settings, password_salt=drawn.password_salt, totp_secret=drawn.totp_secret)
    with app_context(settings=new), use_case() as ctx:
        accounts = forget_second_factors(ctx)
    write_secrets(settings.instance / SECRETS, drawn)
    text = (
        f"Nouveaux secrets écrits ; {accounts} comptes sont à rouvrir : faites un lien pour chacun "
        "(« energymed user reset EMAIL »)."
    )
    answer({"accounts": accounts}, as_json=as_json, text=text)
