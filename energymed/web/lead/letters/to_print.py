"""Letters to print: those asked for at the desks, and those to people whom no telephone reaches."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.clock import today
from energymed.base.context import Context
from energymed.base.errors import BadInput, DomainError, NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.pdf import MEDIA_TYPE, Letter, page_counts, write_letters
from energymed.calling.models import Contact
from energymed.cases.models import Case
from energymed.casework.printed_letters import check_leaves, letters_left, withdraw_letters
from energymed.casework.sheets_by_post import NO_SHEET, choose_wording, sheet_of
from energymed.mediation.models import Act
from energymed.messages.letters.codes import LetterKind, LetterVariant
from energymed.messages.letters.library import active_texts, read_little
from energymed.messages.letters.models import LetterToPrint
from energymed.messages.letters.to_print import waiting_letters
from energymed.web.shared.downloads import download
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import listed, ngettext
from energymed.web.shared.letters.agreed import agreed_told
from energymed.web.shared.letters.page import Told, letter_of
from energymed.web.shared.letters.sheets import sheet_told
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

MOST_IN_A_BATCH = 200
_UNREACHABLE = Told(LetterKind.UNREACHABLE, {})


@dataclass(frozen=True, slots=True)
class Waiting:
    """The letters that wait: those composed, as they read now; those that do not print, and why.

    `held` are not to leave any more; `unready` would, once what is said of them is mended.
    """

    made: list[tuple[LetterToPrint, Letter]] = field(default_factory=list)
    held: list[tuple[LetterToPrint, str]] = field(default_factory=list)
    unready: list[tuple[LetterToPrint, str]] = field(default_factory=list)


@requires("letters.send")
def letters_to_print() -> str:
    """What waits, with the pages that each takes; apart, what does not print, each with why."""
    waiting = _waiting(reading())
    counts = page_counts([letter for _row, letter in waiting.made])
    return render_template(
        "lead/letters/to_print.html",
        rows=[(row, pages) for (row, _letter), pages in zip(waiting.made, counts, strict=True)],
        pages=sum(counts),
        held=waiting.held,
        unready=waiting.unready,
    )


@requires("letters.send")
def letters_pdf() -> Response:
    """All that may be printed in one PDF, each letter on pages of its own."""
    letters = [letter for _row, letter in _waiting(reading()).made]
    if not letters:
        flash(_("Aucun courrier n'est prêt à imprimer."), "info")
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
def letters_withdrawn() -> Response:
    """Take letters that wait back: nothing is noted as sent here, whatever has become of them."""
    named = request.form.getlist("withdraw", type=int)
    try:
        with use_case() as ctx:
            count = withdraw_letters(ctx, named)
    except Refused as error:
        flash(sentence(error), "warning")
    else:
        said = _("Rien n'a changé : ces courriers n'attendaient plus.")
        if count:
            said = ngettext(
                "%(num)s courrier ne sera pas imprimé.",
                "%(num)s courriers ne seront pas imprimés.",
                count,
            )
        flash(said, "success" if count else "info")
    return redirect(url_for("lead.letters_to_print"), 303)


@requires("letters.send")
def reword_letter(letter_id: int) -> Response:
    """Word a letter that waits in another way."""
    try:
        with use_case() as ctx:
            choose_wording(ctx, letter_id, request.form.get("variant"))
        flash(_("C'est noté."), "success")
    except BadInput as error:
        flash(sentence(error), "warning")
    return redirect(url_for("lead.letters_to_print"), 303)


def unreachable_batch(cases: Sequence[Case], ctx: Context) -> Response:
    """The letters to people whom no telephone reaches, in one PDF; what cannot be made is told.

    Raises:
        BadInput: none, or too many.
        Refused: none can be made: no text, or nobody has said where the site is called back.
    """
    if not 0 < len(cases) <= MOST_IN_A_BATCH:
        raise BadInput(
            N_("De 1 à %(most)s courriers à la fois : filtrez la liste."), most=MOST_IN_A_BATCH
        )
    texts, day = active_texts(ctx.session), today()
    easy = read_little(ctx, [case.person_id for case in cases])
    letters, left = list[Letter](), dict[str, Refused]()
    for case in cases:
        variant = LetterVariant.PLAIN if case.person_id in easy else LetterVariant.USUAL
        try:
            letters.append(letter_of(case, _UNREACHABLE, variant, day, texts))
        except Refused as refusal:
            left[case.reference] = refusal
    if not letters:
        raise next(iter(left.values()))
    if left:
        _tell_left(left)
    return download(write_letters(letters), "courriers.pdf", MEDIA_TYPE)


def _tell_left(left: Mapping[str, Refused]) -> None:
    """Say on the page that comes next what is not in the batch; the first reason stands for all."""
    first, *_others = left.values()
    flash(
        _(
            "Pas dans le lot : %(references)s. %(why)s",
            references=listed(left), why=sentence(first),
        ),
        "warning",
    )  # fmt: skip


def _waiting(ctx: Context) -> Waiting:
    """What may be printed today, and what may not: paper is not taken back."""
    waiting, texts, day = Waiting(), active_texts(ctx.session), today()
    for row in ctx.session.scalars(waiting_letters(ctx).limit(MOST_IN_A_BATCH)):
        try:
            check_leaves(ctx, row)
            told = _told(ctx, row)
        except (NotFound, Refused) as refusal:
            waiting.held.append((row, sentence(refusal)))
            continue
        try:
            waiting.made.append((row, letter_of(row.case, told, row.variant, day, texts)))
        except Refused as refusal:
            waiting.unready.append((row, sentence(refusal)))
    return waiting


def _told(ctx: Context, row: LetterToPrint) -> Told:
    """What a letter that leaves tells.

    Raises:
        NotFound: nothing stands of what was agreed.
        Refused: the sheet is not to be sent any more.
    """
    if row.act_id is not None:
        sheet = sheet_of(ctx, ctx.session.get_one(Act, row.act_id))
        if sheet is None:
            raise Refused(NO_SHEET)
        return sheet_told(sheet, row.variant)
    if row.asked_contact_id is not None:
        return agreed_told(ctx, ctx.session.get_one(Contact, row.asked_contact_id))
    return _UNREACHABLE


def _tell(sent: int, stopped: int, settled: int) -> None:
    """Say what came of it; `settled` were noted or taken back since the page was read."""
    if sent:
        flash(ngettext("%(num)s courrier noté.", "%(num)s courriers notés.", sent), "success")
    if stopped:
        flash(
            ngettext(
                "%(num)s courrier retiré : il ne devait plus partir.",
                "%(num)s courriers retirés : ils ne devaient plus partir.",
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
