"""Payments with a way back: rejected, unpaid, refunded, cancelled lines, in any order."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from energymed.base.context import SYSTEM, Context
from energymed.base.db import transaction
from energymed.cases.models import LedgerEntry
from energymed.intake.batches import imports, pending_batches, uploads
from energymed.intake.importing.report import ImportReport
from energymed.intake.importing.undo import undo
from energymed.intake.queries import problems
from tests.intake.books import csv_bytes
from tests.intake.importing.test_payments import kinds, said
from tests.intake.imports import PAYMENT_TITLES, Desk

TITLES = (*PAYMENT_TITLES, "Statut")
PAID = ("R1", "16/11/2026", "40,00", "Prélèvement", "REG1")
BOUNCED = ("R1", "23/11/2026", "-40,00", "Prélèvement", "REJ1")


def told(desk: Desk, *lines: tuple[str, ...], titles: tuple[str, ...] = TITLES) -> ImportReport:
    """A payments file of these lines, short ones filled up."""
    rows = [(*line, *[""] * (len(titles) - len(line))) for line in lines]
    return desk.bring(csv_bytes(*rows, titles=titles), "reglements.csv")


def codes(report: ImportReport) -> list[str]:
    return [str(problem.code) for problem in report.problems]


def money(session: Session) -> tuple[int | None, int]:
    """(balance, repaid) of R1."""
    found = said(session)
    return found.balance_cents, found.repaid_cents


def test_a_bounced_payment_is_taken_back(desk: Desk, session: Session) -> None:
    """cases/bounced-payment."""
    desk.owed(46, R1=10000)
    assert told(desk, PAID).recorded == 1
    report = told(desk, BOUNCED)
    assert (report.rows, report.recorded, report.held, report.total_cents) == (1, 1, 0, -4000)
    assert money(session) == (10000, 0)
    desk.owed(48, R1=10000)
    assert money(session) == (10000, 0)
    entries = said(session).entries
    assert [(e.kind, e.amount_cents) for e in entries[1:]] == [
        ("payment", -4000), ("reversal", 4000),
    ]  # fmt: skip
    assert (entries[2].reverses_id, entries[2].on_date) == (entries[1].id, date(2026, 11, 23))


def test_a_rejected_debit_is_no_payment(desk: Desk, session: Session) -> None:
    """cases/rejected-debit."""
    desk.owed(46, R1=10000)
    report = told(
        desk,
        ("R1", "23/11/2026", "40,00", "Rejet de prélèvement", "REJ1"),
        ("R1", "24/11/2026", "40,00", "Impayé", "REJ2"),
        ("R1", "22/11/2026", "40,00", "Prélèvement", "REG9", "Rejeté"),
    )
    assert (report.rows, report.recorded, report.held, report.total_cents) == (3, 0, 3, 0)
    assert set(codes(report)) <= {"reversal_unmatched", "future_payment"}
    assert money(session) == (10000, 0)


SAYS_SO = [
    ("CB", "Rejeté"), ("Prélèvement", "IMPAYÉ"), ("Prlv rej.", ""), ("Chèque", "imp."),
    ("CB", "Annulé"), ("annulation CB", ""), ("Remboursement", ""), ("CB", "remboursé"),
    ("Virement", "contre-passé"), ("Extourne", ""), ("Chargeback", ""), ("CB", "Refusé"),
    ("Prélèvement", "Échec"), ("Prélèvement", "litige"), ("Chèque", "opposition"),
    ("SDD", "AM04"), ("SDD", "MD06"), ("Chèque sans provision", ""), ("Prélèvement", "non honoré"),
    ("Chq sans prov.", ""), ("CB", "Provision insuff."), ("CB", "insuffisance de fonds"),
    ("CB", "Non paiement"), ("CB", "non-paiement"), ("CB", "Non présenté"), ("RE-JET", ""),
    ("CB", "R E J E T É"), ("CB", "R.E.J."), ("CB", "void"), ("CB", "dispute"),
    ("Prélèvement", "Rejet pour provision insuffisante"), ("CB", "Payment failed"), ("CB", "KO"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("method", "status"), SAYS_SO)
def test_what_is_rejected_unpaid_cancelled_or_refunded_takes_back(
    desk: Desk, session: Session, method: str, status: str
) -> None:
    desk.owed(46, R1=10000)
    told(desk, PAID)
    report = told(desk, ("R1", "20/11/2026", "40,00", method, "REG1", status))
    assert (report.recorded, report.total_cents) == (1, -4000)
    assert money(session) == (10000, 0)


UNSURE = [
    ("Prélèvement suite à impayé", "", "payment_unclear"),
    ("CB", "régularisation d'impayé", "payment_unclear"),
    ("CB", "rejet précédent régularisé", "payment_unclear"),
    ("Paiement d'impayé", "", "payment_unclear"),
    ("Remboursement de dette", "", "payment_unclear"),
    ("Opposition à tiers détenteur", "", "payment_unclear"),
    ("Rejet de prélèvement", "Encaissé", "payment_unclear"),
    ("Prélèvement", "Non rejeté", "payment_unclear"),
    ("Avoir", "", "payment_unclear"), ("Geste commercial", "", "payment_unclear"),
    ("Abandon de créance", "", "payment_unclear"), ("Remise gracieuse", "", "payment_unclear"),
    *((method, word, "payment_unclear") for method in ("CB", "Prélèvement") for word in (
        "R", "N", "Non", "Erreur", "Bloqué", "raté", "Suspendu", "expiré", "Perdu", "Zorglub",
        "reversé", "fraude", "Abandon", "Irrécouvrable", "à recouvrer", "Z3",
    )),
    ("CB", "En attente", "payment_pending"), ("CB", "à venir", "payment_pending"),
    ("Virement programmé", "", "payment_pending"), ("CB", "en cours", "payment_pending"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "status", "code"), UNSURE)
def test_what_may_be_read_both_ways_or_is_not_there_yet_is_held(
    desk: Desk, session: Session, method: str, status: str, code: str
) -> None:
    desk.owed(46, R1=10000)
    report = told(desk, ("R1", "20/11/2026", "40,00", method, "REG1", status))
    assert (codes(report), report.held, report.recorded) == ([code], 1, 0)
    assert money(session) == (10000, 0)


@pytest.mark.parametrize(
    ("method", "status"),
    [("CB", ""), ("Espèces La Poste", "Encaissé"), ("Chèque énergie", ""), ("SEPA", "Payé"),
     ("Prélèvement mensuel", "OK"), ("Avis à tiers détenteur", ""), ("CB", "validé"),
     ("CB différé", ""), ("CB", "NC"), ("Virement", "Soldé"), ("", "Total"), ("CB", "Lettré"),
     ("Remise de chèque", "Remis en banque"), ("CB", "1"), ("CB", "Oui"), ("", "Virement SEPA")],
)  # fmt: skip
def test_a_payment_stays_a_payment(desk: Desk, session: Session, method: str, status: str) -> None:
    desk.owed(46, R1=10000)
    assert told(desk, ("R1", "20/11/2026", "40,00", method, "REG1", status)).recorded == 1
    assert money(session) == (6000, 4000)


@pytest.mark.parametrize(
    ("title", "cell"),
    [("Libellé", "REJET PRLV SEPA 20/11"), ("État", "rejeté"), ("Motif de rejet", "AM04"),
     ("Rejeté", "oui"), ("Date de rejet", "20/11/2026"), ("Observations", "chèque impayé")],
)  # fmt: skip
def test_it_may_stand_in_several_columns(
    desk: Desk, session: Session, title: str, cell: str
) -> None:
    desk.owed(46, R1=10000)
    told(desk, PAID)
    titles = (*PAYMENT_TITLES, "Statut opération", title)
    line = ("R1", "20/11/2026", "40,00", "Prélèvement", "REG1", "", cell)
    assert told(desk, line, titles=titles).recorded == 1
    assert money(session) == (10000, 0)


@pytest.mark.parametrize("cell", ["", "-", "non", "0", "N", "NC"])
def test_a_column_of_rejections_that_says_no(desk: Desk, session: Session, cell: str) -> None:
    desk.owed(46, R1=10000)
    titles = (*PAYMENT_TITLES, "Rejeté")
    assert told(desk, (*PAID, cell), titles=titles).recorded == 1


def test_a_column_that_nobody_knows_is_heard_too(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=10000)
    report = told(desk, (*PAID, "Rejet banque"), titles=(*PAYMENT_TITLES, "Zorglub"))
    assert codes(report) == ["payment_unclear"]


def test_a_credit_or_debit_side_is_not_guessed(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=10000)
    report = told(desk, ("R1", "20/11/2026", "40,00 CR", "CB", "A"),
                  ("R1", "20/11/2026", "41,00 DB", "CB", "B"))  # fmt: skip
    assert codes(report) == ["payment_unclear"] * 2


def test_a_payment_rejected_under_its_own_reference_is_not_another(
    desk: Desk, session: Session
) -> None:
    desk.owed(46, R1=10000)
    told(desk, PAID)
    report = told(desk, ("R1", "20/11/2026", "40,00", "Prélèvement", "REG9", "Rejeté"))
    assert codes(report) == ["reversal_unmatched"]
    assert money(session) == (6000, 4000)


def test_several_that_fit_are_held_until_a_lead_decides(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=10000)
    told(desk, PAID, ("R1", "18/11/2026", "40,00", "Prélèvement", "REG2"))
    rows = csv_bytes((*BOUNCED, ""), titles=TITLES)
    with transaction() as writing:
        ctx = Context(writing, SYSTEM, desk.now)
        batch_id = uploads.receive(ctx, desk.upload(rows)).id
    groups = desk.checked(batch_id).summary
    assert groups is not None
    assert [group.code for group in groups.groups] == ["reversal_ambiguous"]
    with transaction() as writing:
        ctx = Context(writing, SYSTEM, desk.now)
        pending_batches.decide(ctx, batch_id, "reversal_ambiguous", "latest")
        assert imports.commit(ctx, batch_id).recorded == 1
    entries = said(session).entries
    assert entries[-1].reverses_id == entries[2].id
    assert money(session) == (6000, 4000)


@pytest.mark.parametrize(("choice", "repaid"), [("payment", 4000), ("reversal", 0)])
def test_a_lead_says_what_is_unclear(
    desk: Desk, session: Session, choice: str, repaid: int
) -> None:
    desk.owed(46, R1=10000)
    if choice == "reversal":
        told(desk, PAID)
    line = ("R1", "20/11/2026", "40,00", "Prélèvement suite à impayé", "")
    with transaction() as writing:
        ctx = Context(writing, SYSTEM, desk.now)
        upload = desk.upload(csv_bytes((*line, ""), titles=TITLES))
        batch_id = uploads.receive(ctx, upload).id
        pending_batches.decide(ctx, batch_id, "payment_unclear", choice)
        assert imports.commit(ctx, batch_id).recorded == 1
    assert said(session).repaid_cents == repaid


def test_a_reversal_is_not_dated_before_its_payment_nor_of_another_amount(
    desk: Desk, session: Session
) -> None:
    desk.owed(46, R1=10000)
    told(desk, PAID)
    report = told(desk, ("R1", "15/11/2026", "-40,00", "CB", "REJ1"),
                  ("R1", "20/11/2026", "-39,99", "CB", "REJ2"),
                  ("R1", "20/11/2026", "-10,00", "CB", "REG1"))  # fmt: skip
    assert codes(report) == ["reversal_unmatched"] * 3
    assert money(session) == (6000, 4000)


def test_told_twice_it_counts_once(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=10000)
    told(desk, PAID)
    assert told(desk, BOUNCED, BOUNCED).duplicates == 1
    again = told(desk, BOUNCED, PAID, ("R1", "20/11/2026", "1,00", "CB", "REG2"))
    assert (again.recorded, again.duplicates) == (1, 2)
    retold = told(desk, ("R1", "23/11/2026", "40,00", "Prélèvement", "REG1", "Rejeté"))
    assert (retold.recorded, retold.duplicates) == (0, 1)
    assert money(session) == (9900, 100)


def test_the_order_of_lines_in_a_file_does_not_matter(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=10000)
    report = told(desk, BOUNCED, PAID)
    assert (report.recorded, report.held, report.total_cents) == (2, 0, 0)
    assert money(session) == (10000, 0)
    entries = said(session).entries
    assert entries[2].reverses_id == entries[1].id


def test_a_payment_and_its_rejection_under_one_reference(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=10000)
    report = told(desk, PAID, ("R1", "23/11/2026", "-40,00", "Prélèvement", "REG1"))
    assert (report.recorded, report.rejected) == (2, 0)
    assert money(session) == (10000, 0)


def test_a_bounce_that_the_next_file_has_counted_explains_its_charge(
    desk: Desk, session: Session
) -> None:
    desk.owed(46, R1=10000)
    told(desk, PAID)
    desk.owed(47, R1=10000)
    told(desk, ("R1", "20/11/2026", "-40,00", "Prélèvement", "REJ1"))
    assert money(session) == (10000, 0)
    assert kinds(said(session))[-2:] == [("reversal", 4000), ("new_charge", -4000)]


def test_undone_the_payment_stands_again(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=10000)
    told(desk, PAID)
    bounced = told(desk, BOUNCED)
    assert bounced.batch
    with transaction() as writing:
        undo(Context(writing, SYSTEM, desk.now), bounced.batch)
    assert money(session) == (6000, 4000)
    assert told(desk, BOUNCED, ("R1", "20/11/2026", "1,00", "CB", "R")).recorded == 2
    assert money(session) == (9900, 100)
    named = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "reversal"))
    assert len({entry.reverses_id for entry in named}) == 2


def test_held_lines_say_why(desk: Desk, session: Session) -> None:
    desk.owed(46, R1=10000)
    report = told(desk, BOUNCED)
    assert [str(problem) for problem in report.problems] == [
        "« -40,00 » annonce un règlement rejeté ou remboursé, et aucun règlement enregistré du "
        "même montant ne lui correspond."
    ]
    assert report.as_dict()["problems"][0]["severity"] == "error"
    assert problems(session, session.get_one(uploads.Batch, report.batch))


def test_the_day_of_the_rejection_counts_where_it_is_told(desk: Desk, session: Session) -> None:
    """The second file still counted the payment; it bounced after."""
    desk.owed(46, R1=10000)
    told(desk, PAID)
    desk.owed(47, R1=6000)
    titles = (*PAYMENT_TITLES, "Statut", "Date de rejet")
    told(desk, (*PAID, "Rejeté", "23/11/2026"), titles=titles)
    assert money(session) == (10000, 0)
    assert said(session).entries[-1].on_date == date(2026, 11, 23)
