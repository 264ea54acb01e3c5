"""Letters: people whom no telephone reaches, listed, exported for a mail merge, noted as sent."""

from uuid import uuid4

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from energymed.base.context import Context
from energymed.base.errors import BadInput, Conflict, DomainError
from energymed.base.i18n import N_
from energymed.base.spreadsheets import Column, Kind, Row
from energymed.calling import letters as service
from energymed.calling.letters import LetterSearch, Sent
from energymed.cases.models import Case
from energymed.partners.codes import CampaignKind
from energymed.partners.queries import all_partners
from energymed.web.lead.letters.to_print import MOST_IN_A_BATCH, unreachable_batch
from energymed.web.shared.downloads import download_list
from energymed.web.shared.errors import sentence
from energymed.web.shared.filters import listed, ngettext
from energymed.web.shared.list_filters import ListFilters, filters_now, keep_search, kept_search
from energymed.web.shared.paging import page_number, paginate
from energymed.web.shared.permissions import requires
from energymed.web.shared.use_case import reading, use_case

SEARCH = "letter_search"
WRITTEN = {"no": N_("Pas encore écrit"), "yes": N_("Déjà écrit"), "all": N_("Tous")}
COLUMNS = (
    Column(N_("Destinataire"), Kind.CODE),
    Column(N_("Complément d'adresse"), Kind.CODE),
    Column(N_("Adresse"), Kind.CODE),
    Column(N_("Code postal et commune"), Kind.CODE),
    Column(N_("Civilité"), Kind.CODE),
    Column(N_("Prénom"), Kind.CODE),
    Column(N_("Nom"), Kind.CODE),
    Column(N_("Partenaire"), Kind.CODE),
    Column(N_("Mission"), Kind.CODE),
    Column(N_("Référence"), Kind.CODE),
    Column(N_("Reste dû"), Kind.CENTS),
    Column(N_("Coupure prévue"), Kind.DATE),
    Column(N_("Lot"), Kind.COUNT),
)


@requires("letters.send")
def letters() -> str:
    """The open cases whose person has no usable number, those never written to first asked for."""
    ctx, wanted = reading(), _wanted()
    page = paginate(ctx.session, service.without_phone(ctx, wanted), page_number(), exact=True)
    return render_template(
        "lead/letters/letters.html",
        page=page,
        wanted=wanted,
        filtered=any((wanted.partner_id, wanted.commune, wanted.batch_id, wanted.written != "no")),
        last=service.last_letters(ctx.session, [case.id for case in page.items]),
        partners=all_partners(ctx.session),
        communes=service.communes(ctx),
        written=WRITTEN,
        kinds=CampaignKind.labels(),
        request_key=uuid4(),
        seen=ctx.now,
        kept=filters_now(),
    )


@requires("letters.send")
def search_letters() -> Response:
    """Keep what is searched for, and go back to the list."""
    return keep_search(SEARCH, "lead.letters")


@requires("letters.send")
def export_letters() -> Response:
    """The filtered list for a mail merge: each line of the address in its own column."""
    ctx = reading()
    cases = ctx.session.scalars(service.without_phone(ctx, _wanted()))
    return download_list(_("courriers"), COLUMNS, map(merge_row, cases))


@requires("letters.send")
def letters_batch() -> Response:
    """The letters of the filtered list in one PDF, each on pages of its own."""
    ctx = reading()
    wanted = service.without_phone(ctx, _wanted()).limit(MOST_IN_A_BATCH + 1)
    try:
        return unreachable_batch(ctx.session.scalars(wanted).all(), ctx)
    except DomainError as error:
        flash(sentence(error), "warning")
        return redirect(url_for("lead.letters", **filters_now()), 303)


@requires("letters.send")
def letters_sent() -> Response:
    """Note that a letter went out: on the ticked cases, or on the whole filtered list."""
    given = ListFilters(request.form)
    try:
        with use_case() as ctx:
            if given.text("scope") == "all":
                chosen = _whole_list(ctx, given.number("expected"))
            else:
                chosen = request.form.getlist("case", type=int)
            sent = service.note_letters(
                ctx, chosen, request_key=given.text("request_key"), seen=given.timestamp("seen")
            )
    except (BadInput, Conflict) as error:
        flash(sentence(error), "warning")
    else:
        _tell(sent)
    return redirect(url_for("lead.letters", **filters_now()), 303)


def _whole_list(ctx: Context, expected: int | None) -> list[int]:
    """Ids of the filtered list, as long as it is what the reader saw.

    Raises:
        Conflict: it has grown or shrunk meanwhile.
    """
    found = [case.id for case in ctx.session.scalars(service.without_phone(ctx, _wanted()))]
    if len(found) != expected:
        raise Conflict(N_("La liste a changé entre-temps : vérifiez-la, puis recommencez."))
    return found


def merge_row(case: Case) -> Row:
    """A case as a line of the mail merge; the last line of an address is in capitals."""
    person = case.person
    town = " ".join(part for part in (case.postal_code, case.commune) if part)
    return [
        person.full_name, case.address_extra, case.address, town.upper(),
        person.civility, person.first_name, person.last_name, case.partner.name,
        _(case.campaign_kind.label), case.reference, case.debt_cents, case.cutoff_date,
        case.last_batch_id,
    ]  # fmt: skip


def _wanted() -> LetterSearch:
    """What the address and the session ask for."""
    given = ListFilters()
    return LetterSearch(
        text=kept_search(SEARCH),
        partner_id=given.number("partner"),
        commune=given.text("commune"),
        batch_id=given.number("batch"),
        written=given.one_of("written", WRITTEN, "no"),
        sort=given.sort(service.LETTERS),
    )


def _tell(sent: Sent) -> None:
    if sent.recorded:
        flash(
            ngettext("%(num)s courrier noté.", "%(num)s courriers notés.", sent.recorded), "success"
        )
    elif not (sent.passed_over or sent.written):
        flash(_("Cochez les dossiers auxquels un courrier est parti."), "warning")
    if sent.written:
        flash(
            _(
                "Un courrier vient déjà d'être noté pour %(references)s : rien de plus.",
                references=listed(sent.written),
            ),
            "warning",
        )
    if sent.passed_over:
        flash(
            _(
                "Rien de noté pour %(references)s : clos entre-temps, ou un numéro est connu.",
                references=listed(sent.passed_over),
            ),
            "warning",
        )
