"""A gateway that takes a message and never answers; and two schedulers, which send each once."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select, text

from benchmarks.survival.around_servers import beside_people
from benchmarks.survival.children import answer
from benchmarks.survival.installation import Installation, one, rows, until
from benchmarks.survival.people import Person
from benchmarks.survival.soundness import wrong_with
from energymed.base.clock import now
from energymed.base.db import transaction
from energymed.messages.models import Message, MessageTemplate
from tests.messages.peers import SmtpPeer, sms_peer, smtp_peer

BOUND_S = 30.0  # of a round: a silence of each channel, and what else there is to do
ROUND_S = 70.0  # until every job of a minute has come round once more


def silent_gateways(installation: Installation, messages: int, people: int) -> dict[str, Any]:
    """A round of the job with both gateways silent, then a server with people at work."""
    silent: dict[str, str | None] = {"HELLO": ""}
    with sms_peer(hang=True) as sms, smtp_peer(answers=silent) as mail, _gateways(sms.url, mail):
        _wait_to_be_sent(installation, messages)
        begun = time.monotonic()
        subprocess.run([*_JOBS, "run", "messages"], capture_output=True, check=False)
        lasted = time.monotonic() - begun
        seen = beside_people(installation, _two_rounds, people=people)
    with installation.looked_at() as connection:
        states = {str(row["state"]): row["n"] for row in rows(
            connection, "SELECT state, count(*) AS n FROM message GROUP BY state")}  # fmt: skip
        others = one(connection, "SELECT count(*) FROM job_run WHERE job != 'messages' "
                     "AND state != 'done'")  # fmt: skip
    wrong = [] if lasted < BOUND_S else [f"a round of {lasted:.0f} s"]
    wrong += [f"{others} runs of other jobs did not come to their end"] if others else []
    seen["violations"] += len(wrong)
    return {
        "messages": messages, "round_s": round(lasted, 1), "messages_now": states, **seen,
        **({"wrong": wrong} if wrong else {}),
    }  # fmt: skip


def two_schedulers(installation: Installation, messages: int) -> dict[str, Any]:
    """Each run once, each message once, however many schedulers there are."""
    with sms_peer() as sms, _gateways(sms.url, None), ExitStack() as both:
        _wait_to_be_sent(installation, messages)
        for _scheduler in range(2):
            both.enter_context(_scheduler_process())
        until(lambda: len(sms.received) >= messages, within=ROUND_S, every=0.2)
        time.sleep(2)
    told = Counter(str(message["reference"]) for message in sms.received)
    twice = [key for key, times in told.items() if times > 1]
    with installation.looked_at() as connection:
        runs = rows(connection, "SELECT job, due_at, count(*) AS n FROM job_run "
                    "GROUP BY job, due_at")  # fmt: skip
        failed = rows(connection, "SELECT job, detail FROM job_run WHERE state != 'done'")
        wrong = wrong_with(connection)
    wrong += [f"sent {len(twice)} messages twice"] if twice else []
    wrong += [f"ran {row['n']} times: {row['job']}" for row in runs if row["n"] != 1]
    wrong += [f"{row['job']}: {row['detail']}" for row in failed]
    return {
        "messages_sent_once": sum(times == 1 for times in told.values()), "runs": len(runs),
        "violations": len(wrong), **({"wrong": wrong[:5]} if wrong else {}),
    }  # fmt: skip


_JOBS = [sys.executable, "-m", "energymed", "jobs"]


def _two_rounds(_people: list[Person]) -> dict[str, Any]:
    time.sleep(BOUND_S)
    return {}


@contextmanager
def _scheduler_process() -> Iterator[None]:
    process = subprocess.Popen([*_JOBS, "serve"], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def _gateways(sms: str, mail: SmtpPeer | None) -> Iterator[None]:
    """Let processes that start now send there."""
    values = {"ENERGYMED_SMS_URL": sms, "ENERGYMED_SMS_SENDER": "energymed"}
    if mail is not None:
        values |= {
            "ENERGYMED_SMTP_URL": mail.url, "ENERGYMED_MAIL_FROM": "mediation@example.org",
        }  # fmt: skip
    os.environ.update(values)
    try:
        yield
    finally:
        for name in values:
            del os.environ[name]


def _wait_to_be_sent(installation: Installation, messages: int) -> None:
    """Write so many messages, one to each of as many people; half of them are e-mails."""
    answer(lambda _tell: _write(installation, messages))


def _write(installation: Installation, messages: int) -> None:
    with installation.app.app_context(), transaction() as session:
        texts = {str(each.channel): each.id for each in session.scalars(select(MessageTemplate))}
        mails = bool(os.environ.get("ENERGYMED_SMTP_URL"))
        found = session.execute(text(
            "SELECT c.id, c.person_id, p.e164 FROM case_file c JOIN phone p "
            "ON p.person_id = c.person_id WHERE c.state != 'closed' AND p.e164 LIKE '+3363998%' "
            "ORDER BY c.id DESC LIMIT :n"), {"n": messages})  # fmt: skip
        for number, (case_id, person_id, e164) in enumerate(found):
            by_mail = mails and number % 2
            address = f"p{person_id}@example.org"
            if by_mail:
                session.execute(text("UPDATE person SET email = :mail WHERE id = :id"),
                                {"mail": address, "id": person_id})  # fmt: skip
            channel = "email" if by_mail else "sms"
            session.add(Message(
                case_id=case_id, person_id=person_id, template_id=texts[channel], channel=channel,
                address=address if by_mail else e164, sender="PIMMS", body="Bonjour.",
                subject="Bonjour" if by_mail else None, request_key=str(uuid4()),
                queued_at=now() - timedelta(minutes=5), next_try_at=now() - timedelta(minutes=3),
            ))  # fmt: skip
