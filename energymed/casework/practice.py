"""Cases for people in formation: invented, at a site of their own, and counted nowhere.

The ten people of `practice_stories` are dealt in their order, each at an address and with a number
of its own every time, so that nothing of an earlier call is found again. They come in by a file, as
real ones do, so that everything about them is as in real ones. Their numbers are of the ranges kept
for fiction and nothing is sent to them (`cases.practice`).
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random

from sqlalchemy import func, select, update

from energymed.accounts.models import Site
from energymed.base.clock import paris_date
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import NotFound, Refused
from energymed.base.i18n import N_
from energymed.base.invented_people import IN_A_RANGE, PRACTICE_LANDLINE, Invented, euros, invent
from energymed.calling.assignment.spread import unassign_cases
from energymed.calling.assignment.transfer import transfer_cases
from energymed.calling.queue.claims import claim_case
from energymed.cases.models import Case, Person
from energymed.cases.queries import get_case
from energymed.casework.practice_rules import Story
from energymed.casework.practice_stories import STORIES, reference_of, story_of
from energymed.intake.batches import imports
from energymed.intake.batches.uploads import Upload
from energymed.intake.codes import FileKind
from energymed.partners.models import Partner
from energymed.partners.service import practice_partner

AT_ONCE = len(STORIES)
_OVERDUE = 90  # days, of the first; each that follows is owed since a day less, and called after it
_COLUMNS = (
    "Référence dossier;Référence client;Civilité;Nom;Prénom;Téléphone 1;Adresse;Code postal;"
    "Commune;Énergie;Montant dette TTC;Date échéance"
)


def give_practice_cases(ctx: Context) -> int:
    """Put the ten invented people into the queue of the actor, who is in formation; how many.

    What was left of an earlier round is nobody's from then on: it comes between no more.

    Raises:
        Refused: the actor's site is a real one.
    """
    take_practice_back(ctx, ctx.actor.user_id)
    return len(_deal(ctx, STORIES))


def take_practice_back(ctx: Context, user_id: int | None) -> None:
    """Let the invented cases of somebody in formation be nobody's; one in call stays."""
    own = select(Case.id).where(Case.assigned_to_id == user_id)
    of_practice = own.join(Partner, Partner.id == Case.partner_id).where(Partner.practice)
    unassign_cases(ctx.acting_as(SYSTEM), ctx.session.scalars(of_practice).all())


def call_again(ctx: Context, case_id: int) -> Case:
    """Give the actor the same invented person anew, in call; the former case stays as it is.

    Raises:
        NotFound: the case is not the actor's to see, or none of the practice.
        Refused: nobody may be called now, or the actor has another call open.
    """
    story = practice_story(get_case(ctx, case_id))
    if story is None:
        raise NotFound(N_("Ce dossier n'est pas de l'entraînement."))
    return claim_case(ctx, _deal(ctx, [story])[0].id)


def practice_story(case: Case) -> Story | None:
    """What the person of a case says, where the case is an invented one."""
    return story_of(case.reference) if case.partner.practice else None


def _deal(ctx: Context, stories: Sequence[Story]) -> Sequence[Case]:
    site = ctx.session.get(Site, ctx.actor.site_id)
    if site is None or not site.practice or ctx.actor.user_id is None:
        raise Refused(N_("Seules les personnes en formation reçoivent des dossiers inventés."))
    partner = practice_partner(ctx)
    known = select(func.count()).select_from(Person).where(Person.partner_id == partner.id)
    first = (ctx.session.scalar(known) or 0) + 1
    lines = "\r\n".join([_COLUMNS, *_lines(ctx, first, stories)])
    upload = Upload(
        partner, site, lines.encode(), f"entrainement-{first}.csv", FileKind.UNPAID_BILL
    )
    by_system = ctx.acting_as(SYSTEM)
    done = imports.import_file(by_system, upload)
    opened = select(Case).where(Case.opened_batch_id == done.batch).order_by(Case.id)
    cases = ctx.session.scalars(opened).all()
    transfer_cases(by_system, cases, ctx.actor.user_id)
    nobody_missing = update(Case).where(Case.missing_since_batch_id == done.batch)
    ctx.session.execute(nobody_missing.values(missing_since_batch_id=None))
    return cases


def _lines(ctx: Context, first: int, stories: Sequence[Story]) -> Iterator[str]:
    today = paris_date(ctx.now)
    for number, story in enumerate(stories, first):
        home = invent(Random(number), number)  # noqa: S311  # where they live alone is of it
        due = today - timedelta(days=_OVERDUE - story.number)
        yield ";".join(
            (
                reference_of(story, number), f"E{number:06d}", *_person(story, home, number),
                "Électricité", euros(story.debt_cents), f"{due:%d/%m/%Y}",
            )
        )  # fmt: skip


def _person(story: Story, home: Invented, number: int) -> tuple[str, ...]:
    phone = f"{PRACTICE_LANDLINE}{number % IN_A_RANGE:04d}"
    return (
        story.civility, story.last_name, story.first_name, phone, home.address,
        home.postal_code, home.commune,
    )  # fmt: skip
