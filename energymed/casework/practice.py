"""Cases for people in formation: invented, at a site of their own, and counted nowhere.

They come in by a file, as real ones do, so that everything about them is as in real ones. Their
numbers are of the ranges kept for fiction and nothing is sent to them (`cases.practice`).
"""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from sqlalchemy import func, select, update

from energymed.accounts.models import Site
from energymed.base.clock import paris_date
from energymed.base.context import SYSTEM, Context
from energymed.base.errors import Refused
from energymed.base.i18n import N_
from energymed.base.invented_people import IN_A_RANGE, PRACTICE_LANDLINE, Invented, euros, invent
from energymed.calling.assignment.transfer import transfer_cases
from energymed.cases.models import Case, Person
from energymed.intake.batches import imports
from energymed.intake.batches.uploads import Upload
from energymed.intake.codes import FileKind
from energymed.partners.service import practice_partner

AT_ONCE = 8  # cases: a morning's calls
_COLUMNS = (
    "Référence dossier;Référence client;Civilité;Nom;Prénom;Téléphone 1;Adresse;Code postal;"
    "Commune;Énergie;Montant dette TTC;Date échéance;Date prévisionnelle coupure;Chèque énergie"
)


def give_practice_cases(ctx: Context) -> int:
    """Put invented cases into the queue of the actor, who is in formation; returns how many.

    Raises:
        Refused: the actor's site is a real one.
    """
    site = ctx.session.get(Site, ctx.actor.site_id)
    if site is None or not site.practice or ctx.actor.user_id is None:
        raise Refused(N_("Seules les personnes en formation reçoivent des dossiers inventés."))
    partner = practice_partner(ctx)
    known = select(func.count()).select_from(Person).where(Person.partner_id == partner.id)
    first = (ctx.session.scalar(known) or 0) + 1
    lines = "\r\n".join([_COLUMNS, *_lines(ctx, range(first, first + AT_ONCE))])
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
    return len(cases)


def _lines(ctx: Context, numbers: range) -> Iterator[str]:
    today = paris_date(ctx.now)
    for number in numbers:
        random = Random(number)  # noqa: S311  # the same people for everybody
        person = invent(random, number)
        due = today - timedelta(days=random.randint(25, 150))
        cut = f"{today + timedelta(days=random.randint(9, 25)):%d/%m/%Y}" if number % 4 == 0 else ""
        yield ";".join(
            (
                f"ENT{number:06d}", f"E{number:06d}", *_person(person, number),
                random.choice(("Électricité", "Gaz")), euros(random.randint(8_000, 160_000)),
                f"{due:%d/%m/%Y}", cut, random.choice(("O", "N", "")),
            )
        )  # fmt: skip


def _person(person: Invented, number: int) -> tuple[str, ...]:
    phone = f"{PRACTICE_LANDLINE}{number % IN_A_RANGE:04d}"
    return (
        person.civility, person.last_name, person.first_name, phone, person.address,
        person.postal_code, person.commune,
    )  # fmt: skip
