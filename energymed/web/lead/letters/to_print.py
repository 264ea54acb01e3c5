"""Letters to print: those asked for at the desks, and those to people whom no telephone reaches."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, DomainError, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.pdf import MEDIA_TYPE, Letter, page_counts, write_letters
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.casework.send_letters import letters_left
from energymed.casework.sheets_by_post import choose_wording, sheet_of, withdraw_sheet
from energymed.mediation.models import Act
from energymed.messages.letters.codes import LetterKind, LetterVariant
from energymed.messages.letters.library import active_texts, read_little
from energymed.messages.letters.models import LetterToPrint
from energymed.messages.letters.to_print import check_letter_to, waiting_letters
from energymed.web.shared.downloads import download
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import ngettext
from energymed.web.shared.letters.agreed import agreed_told
from energymed.web.shared.letters.page import Told, letter_of
from energymed.web.shared.letters.sheets import sheet_told
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

MOST_IN_A_BATCH = 200


@requires("letters.send")
def letters_to_print() -> str:
    """What waits, with the pages that each takes; apart, what is not to leave any more."""
    leaving, held = _waiting(reading())
    made = _composed(reading(), leaving)
    counts = page_counts([letter for _row, letter in made])
    return render_template(
        "lead/letters/to_print.html",
        rows=[(row, pages) for (row, _letter), pages in zip(made, counts, strict=True)],
        pages=sum(counts),
        held=held,
    )


@requires("letters.send")
def letters_pdf() -> Response:
    """All that waits in one PDF, each letter on pages of its own."""
    letters = [letter for _row, letter in _composed(reading(), _waiting(reading())[0])]
    if not letters:
        flash(_("Aucun courrier n'attend d'être imprimé."), "info")
        return redirect(url_for("lead.letters_to_print"))
    return download(write_letters(letters), "courriers.pdf", MEDIA_TYPE)


@requires("letters.send")
def letters_printed() -> Response:
    """Note that the ticked letters left."""
    ticked = request.form.getlist("letter", type=int)
    try:
        with use_case() as ctx:
            sent, stopped = letters_left(ctx, ticked)
    except NotFound:
        raise
    except DomainError as error:
        flash(sentence(error), "warning")
    else:
        _tell(sent, stopped, len(set(ticked)) - sent - stopped)
    return redirect(url_for("lead.letters_to_print"), 303)


@requires("letters.send")
def letter_settled(letter_id: int) -> Response:
    """Word a letter that waits in another way, or take it back."""
    variant = as_code(LetterVariant, request.form.get("variant"))
    try:
        with use_case() as ctx:
            if variant is None:
                withdraw_sheet(ctx, letter_id)
            else:
                choose_wording(ctx, letter_id, variant)
    except Refused as error:
        flash(sentence(error), "warning")
    else:
        flash(_("C'est noté.") if variant else _("Le courrier ne sera pas imprimé."), "success")
    return redirect(url_for("lead.letters_to_print"), 303)


def unreachable_batch(cases: Sequence[Case], ctx: Context) -> Response:
    """The letters to people whom no telephone reaches, in one PDF.

    Raises:
        BadInput: none, or too many.
        Refused: the site has not said where it is called back.
    """
    if not 0 < len(cases) <= MOST_IN_A_BATCH:
        raise BadInput(
            N_("De 1 à %(most)s courriers à la fois : filtrez la liste."), most=MOST_IN_A_BATCH
        )
    texts, day = active_texts(ctx.session), today()
    easy = read_little(ctx, [case.person_id for case in cases])
    told = Told(LetterKind.UNREACHABLE, {})
    letters = [
        letter_of(
            case,
            told,
            LetterVariant.PLAIN if case.person_id in easy else LetterVariant.USUAL,
            day,
            texts,
        )
        for case in cases
    ]
    return download(write_letters(letters), "courriers.pdf", MEDIA_TYPE)


def _waiting(ctx: Context) -> tuple[list[LetterToPrint], list[tuple[LetterToPrint, str]]]:
    """What may leave today, and what may not, each with the reason: paper is not taken back."""
    leaving: list[LetterToPrint] = []
    held: list[tuple[LetterToPrint, str]] = []
    for row in ctx.session.scalars(waiting_letters(ctx).limit(MOST_IN_A_BATCH)):
        try:
            check_letter_to(ctx, row.case)
        except Refused as refusal:
            held.append((row, sentence(refusal)))
        else:
            leaving.append(row)
    return leaving, held


def _composed(ctx: Context, rows: Sequence[LetterToPrint]) -> list[tuple[LetterToPrint, Letter]]:
    """Each letter as it reads now; one of which nothing stands any more is passed over."""
    texts, day, made = active_texts(ctx.session), today(), []
    for row in rows:
        told = _told(ctx, row)
        if told is None:
            continue
        made.append((row, letter_of(row.case, told, row.variant, day, texts)))
    return made


def _told(ctx: Context, row: LetterToPrint) -> Told | None:
    """What a letter tells; None where nothing of it stands."""
    if row.act_id is not None:
        act = ctx.session.get_one(Act, row.act_id)
        sheet = None if act.voided_at else sheet_of(ctx, act)
        return sheet_told(sheet, row.variant) if sheet else None
    try:
        return agreed_told(ctx, ctx.session.get_one(Contact, row.asked_contact_id))
    except NotFound:
        return None


def _tell(sent: int, stopped: int, settled: int) -> None:
    """Say what came of it; `settled` were noted or taken back since the page was read."""
    if sent:
        flash(ngettext("%(num)s courrier noté.", "%(num)s courriers notés.", sent), "success")
    if stopped:
        flash(
            ngettext(
                "%(num)s courrier retiré : la personne ne doit plus recevoir de courrier.",
                "%(num)s courriers retirés : ces personnes ne doivent plus recevoir de courrier.",
                stopped,
            ),
            "warning",
        )
    if settled:
        flash(
            _("Certains étaient déjà notés, ou retirés depuis : si l'un est encore dans la pile, "
              "vérifiez le dossier avant de le poster."), "warning",
        )  # fmt: skip
    if not (sent or stopped or settled):
        flash(_("Cochez les courriers qui sont partis."), "warning")
