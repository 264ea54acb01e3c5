"""Importing small files in tests, as the command line does."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from energymed.accounts.models import Site
from energymed.base.context import SYSTEM, Actor, Context
from energymed.base.db import transaction
from energymed.intake.batches import imports, preview_builder, preview_store, uploads
from energymed.intake.batches.preview_store import Preview
from energymed.intake.importing.report import ImportReport
from energymed.partners.models import Partner
from tests.factories import MONDAY_MORNING, make_partner, make_site
from tests.intake.books import TITLES, csv_bytes

SAMPLES = Path(__file__).parents[1] / "samples"
PAYMENT_TITLES = (
    "Référence dossier", "Date règlement", "Montant réglé", "Mode de paiement",
    "Référence règlement",
)  # fmt: skip


class Desk:
    """A partner and a site whose files are imported one after the other, an hour apart."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.partner: Partner = make_partner(session, "edf")
        self.site: Site = make_site(session, "valence")
        session.commit()
        self.now: datetime = MONDAY_MORNING

    def upload(self, content: bytes, name: str = "f.csv", **given: Any) -> uploads.Upload:
        return uploads.Upload(self.partner, self.site, content, name, **given)

    def bring(
        self,
        content: bytes,
        name: str = "f.csv",
        *,
        actor: Actor = SYSTEM,
        again: bool = False,
        **given: Any,
    ) -> ImportReport:
        """Import the bytes in a transaction of their own."""
        self.now += timedelta(hours=1)
        upload = self.upload(content, name, **given)
        with transaction() as session:
            return imports.import_file(Context(session, actor, self.now), upload, again=again)

    def checked(self, batch_id: int) -> Preview:
        """A waiting file with its check, as its page shows it."""
        found = preview_builder.build_preview(Context(self.session, SYSTEM, self.now), batch_id)
        with transaction() as session:
            preview_builder.save_preview(Context(session, SYSTEM, self.now), batch_id, found)
        return preview_store.load_preview(Context(self.session, SYSTEM, self.now), batch_id)

    def week(
        self, number: int, *lines: tuple[object, ...], sent: int | None = None
    ) -> ImportReport:
        """A weekly file of unpaid bills; a line is (reference, last name, phone, amount).

        What two weeks, or two that are `sent` in one week, say alike are still two files.
        """
        sent = number if sent is None else sent
        rows = [(ref, name, "Léa", phone, amount, sent) for ref, name, phone, amount in lines]
        titles = (*TITLES, "Envoi")
        return self.bring(csv_bytes(*rows, titles=titles), f"impayes-2026-S{number}.csv")

    def owed(self, number: int, *, sent: int | None = None, **cents: int) -> ImportReport:
        """A weekly file that only says what each reference owes, in cents."""
        lines = [
            (ref, f"NOM{ref}", phone_of(ref), f"{owed // 100},{owed % 100:02d}")
            for ref, owed in cents.items()
        ]
        return self.week(number, *lines, sent=sent)

    def payments(self, *lines: tuple[str, str, int, str]) -> ImportReport:
        """A payments file; a line is (reference, dd/mm/yyyy, cents, payment reference)."""
        rows = [
            (ref, day, f"{'-' * (cents < 0)}{abs(cents) // 100},{abs(cents) % 100:02d}", "CB", own)
            for ref, day, cents, own in lines
        ]
        return self.bring(csv_bytes(*rows, titles=PAYMENT_TITLES), "reglements.csv")


def phone_of(reference: str) -> str:
    """A fictional number of its own for each reference."""
    return f"0639 98 {sum(ord(c) * (i + 7) for i, c in enumerate(reference)) % 10000:04d}"
