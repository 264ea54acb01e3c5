"""Lines corrected on screen keep to the same rules as lines of a file."""

from energymed.base.context import SYSTEM, Context
from energymed.intake.batches import imports, pending_batches, uploads
from energymed.intake.models import Batch
from tests.intake.books import csv_bytes
from tests.intake.imports import Desk
from tests.intake.private_numbers import ibans, nirs, spaced

TITLES = ("Référence", "Nom", "Prénom", "Téléphone", "Montant", "Commentaire")


def received(desk: Desk, content: bytes) -> Batch:
    """A file that waits for its check."""
    upload = desk.upload(content, kind="unpaid_bill")
    batch = uploads.receive(Context(desk.session, SYSTEM, desk.now), upload)
    desk.session.commit()
    return batch


def correct(desk: Desk, batch: Batch, row: int, **texts: str) -> bool:
    changed = pending_batches.edit_row(
        Context(desk.session, SYSTEM, desk.now), batch.id, row, texts
    )
    desk.session.commit()
    return changed


def test_what_is_typed_into_a_line_is_cleaned_as_a_file_is(desk: Desk) -> None:
    line = ("R1", "DURAND", "Léa", "0639984527", "abc", "")
    batch = received(desk, csv_bytes(line, titles=TITLES))
    nir, account = spaced(nirs(1)[0], 1, 2, 2, 2, 3, 3), ibans(1)[0]
    typed = f"née le 12/03/1980, {nir}, {account}, rappeler"
    assert correct(desk, batch, 2, Montant="12,50", Commentaire=typed)
    assert batch.row_edits["2"]["Montant"] == "12,50"
    assert batch.row_edits["2"]["Commentaire"] == "née le […], […], […], rappeler"
    seen = desk.checked(batch.id).summary
    assert seen is not None
    assert (seen.counts["created"], seen.counts["rejected"]) == (1, 0)


def test_a_line_cut_in_too_many_cells_is_good_once_a_person_put_it_right(desk: Desk) -> None:
    data = csv_bytes(("R1", "DURAND", "Léa", "0639984527", "12#50", "x"), titles=TITLES, sep=",")
    batch = received(desk, data.replace(b"#", b","))
    seen = desk.checked(batch.id).summary
    assert seen is not None
    assert [one.code for one in seen.groups] == ["too_many_cells"]
    assert correct(desk, batch, 2, Montant="12,50", Commentaire="x")
    done = imports.commit(Context(desk.session, SYSTEM, desk.now), batch.id)
    assert (done.created, done.total_cents, done.problems) == (1, 1250, [])
