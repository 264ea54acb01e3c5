"""`import` and `undo-import`: a weekly file by the command line."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import click

from energymed.accounts.service import site_by_code
from energymed.base.errors import BadInput, Refused
from energymed.base.i18n import N_
from energymed.base.money import format_eur
from energymed.base.progress import Cancelled, Tick
from energymed.casework.hear_payments import undo_file
from energymed.casework.import_batch import receive_and_import
from energymed.cli.common import answer, json_option, use_case, with_app
from energymed.intake.batches import imports
from energymed.intake.batches.uploads import Upload
from energymed.intake.checking.decisions import CHOICES
from energymed.intake.codes import FileKind, Severity
from energymed.intake.importing.report import ImportReport
from energymed.partners.service import partner_by_code

PROBLEMS_SHOWN = 20


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--partner", "partner_code", required=True, help="Code du partenaire.")
@click.option(
    "--kind", type=click.Choice([str(kind) for kind in FileKind]), help="Type de fichier."
)
@click.option("--site", "site_code", help="Code du site ; inutile s'il n'y en a qu'un.")
@click.option("--week", help="Semaine du fichier, par exemple 2026-W47.")
@click.option("--dry-run", is_flag=True, help="Dit ce qui serait fait, sans rien écrire.")
@click.option("--again", is_flag=True, help="Accepte un fichier déjà importé, sans rien changer.")
@click.option(
    "--decide",
    multiple=True,
    metavar="CODE=CHOIX",
    help="Décide d'un doute ou d'une sorte de lignes, par exemple many_gone=whole.",
)
@json_option
@with_app
def import_file(
    file: Path,
    partner_code: str,
    kind: str | None,
    site_code: str | None,
    week: str | None,
    dry_run: bool,
    again: bool,
    decide: tuple[str, ...],
    as_json: bool,
) -> None:
    """Importe un fichier de clients ou de règlements d'un partenaire."""
    content = _content(file)
    with use_case() as ctx, naming_the_option():
        upload = Upload(
            partner=partner_by_code(ctx.session, partner_code),
            site=site_by_code(ctx.session, site_code),
            content=content,
            file_name=file.name,
            kind=kind,
            week=week,
            decisions=_decisions(decide),
        )
        if dry_run:
            done = imports.dry_run(ctx, upload, again=again)
            ctx.session.rollback()
        else:
            with shown_progress() as tick:
                done = receive_and_import(ctx, upload, again=again, tick=tick)
    answer(done.as_dict(), as_json=as_json, text=summary(done, dry_run=dry_run))


@contextmanager
def naming_the_option() -> Iterator[None]:
    """Say with a refused file how to import it all the same."""
    try:
        yield
    except Refused as error:
        if code := error.params.get("doubt"):
            raise Refused(
                N_("%(sentence)s Si c'est bien le bon fichier : --decide %(code)s=go_on."),
                sentence=str(error), code=code,
            ) from None  # fmt: skip
        raise


def _decisions(told: Sequence[str]) -> dict[str, str]:
    """{code: choice} of what was typed as "code=choice"."""
    pairs = [text.partition("=") for text in told]
    return {code.strip(): choice.strip() for code, _equals, choice in pairs}


@click.command("undo-import")
@click.argument("batch", type=int)
@json_option
@with_app
def undo_import(batch: int, as_json: bool) -> None:
    """Annule un import tant qu'aucun appel ni acte n'a été enregistré sur ses dossiers."""
    with use_case() as ctx:
        undone = undo_file(ctx, batch)
        data = {"batch": undone.id, "file": undone.file_name, "state": undone.state}
    answer(data, as_json=as_json, text=f"Import {data['batch']} ({data['file']}) annulé.")


@contextmanager
def shown_progress() -> Iterator[Tick]:
    """A tick that draws how far it is on the terminal: rows, rate, time left.

    Nothing is drawn where stderr is no terminal. An interruption (Ctrl+C) is told in a sentence.
    """
    with ExitStack() as open_bar:
        bar: Any = None
        started = monotonic()

        def tick(done: int, total: int) -> None:
            nonlocal bar
            if not sys.stderr.isatty():
                return
            if bar is None:
                bar = open_bar.enter_context(
                    click.progressbar(
                        length=total, label="Import", file=sys.stderr, show_pos=True,
                        item_show_func=lambda rate: f"{rate} lignes/s" if rate else "",
                    )
                )  # fmt: skip
            bar.update(done - bar.pos, round(done / max(monotonic() - started, 0.001)))

        try:
            yield tick
        except KeyboardInterrupt:
            raise Cancelled from None


def decision_help(code: str) -> str:
    """The options that decide about a doubt, for the terminal."""
    return " ou ".join(f"--decide {code}={choice}" for choice in CHOICES[code])


def summary(done: ImportReport, *, dry_run: bool) -> str:
    """The report as a person reads it."""
    head = f"{done.file} : {done.rows} lignes"
    if done.kind == FileKind.PAYMENTS:
        counts = f"{done.recorded} règlements enregistrés ({format_eur(done.total_cents)})"
    else:
        counts = (
            f"{done.created} dossiers créés, {done.updated} modifiés, {done.unchanged} inchangés"
        )
    lines = [
        f"{head} — {counts}, {done.rejected} rejetées, {done.held} à décider, "
        f"{done.duplicates} doublons, "
        f"{done.ignored} ignorées."
    ]
    if done.missing_from_file:
        lines.append(
            f"{done.missing_from_file} dossiers du fichier précédent n'y figurent plus "
            "(peut-être réglés, rien n'est enregistré comme payé)."
        )
    for doubt in done.doubts:
        lines.append(f"À vérifier : {doubt.message % doubt.params} ({decision_help(doubt.code)})")
    if done.left_out:
        lines.append(f"Colonnes jamais lues ni conservées : {', '.join(done.left_out)}.")
    if done.other_sheets:
        lines.append(f"Feuilles non lues : {', '.join(done.other_sheets)}.")
    lines += map(str, done.all_notes)
    for problem in done.problems[:PROBLEMS_SHOWN]:
        mark = "rejet" if problem.severity == Severity.ERROR else "alerte"
        lines.append(f"  ligne {problem.row} ({problem.reference or '–'}), {mark} : {problem}")
    if len(done.problems) > PROBLEMS_SHOWN:
        lines.append(f"  … et {len(done.problems) - PROBLEMS_SHOWN} autres (voir --json).")
    lines.append("Rien n'a été écrit (essai)." if dry_run else f"Lot {done.batch}.")
    return "\n".join(lines)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(N_("« %(file)s » ne peut pas être lu."), file=str(file)) from error
