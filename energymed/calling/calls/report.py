"""What a mediator reports of a call, and the checks that each result asks for. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from energymed.base.clock import paris_date
from energymed.base.codes import as_code
from energymed.base.errors import BadInput, Faults
from energymed.base.i18n import N_
from energymed.base.text.free_text import check_words
from energymed.calling.codes import (
    CHOICES,
    EXCHANGE_RESULTS,
    REACHED,
    RESULTS,
    Channel,
    MessageLeft,
)
from energymed.cases.max_future import check_max_future
from energymed.partners.codes import CallbackBy, Closure, ResultCode

MAX_NOTE = 2_000
MAX_FOLLOW_UP_NOTE = 500
MAX_LANGUAGE = 40
MAX_KEY = 36
NEXT_STEPS = ("close", "follow_up")
NOBODY_ON_THE_LINE = (
    ResultCode.NO_ANSWER, ResultCode.BUSY, ResultCode.VOICEMAIL_LEFT, ResultCode.VOICEMAIL_NONE,
    ResultCode.WRONG_NUMBER, ResultCode.INVALID_NUMBER,
)  # fmt: skip
DETAILS = (
    "identity_checked", "relation", "message_left", "language", "reported_by", "hung_up_when",
)  # fmt: skip
# these come from a call result, from time or from the partner, with all that it does; never from a
# menu
NOT_CHOSEN = (
    Closure.OPPOSED, Closure.DECEASED, Closure.UNREACHABLE, Closure.TOO_LATE,
    Closure.LOST_AFTER_CONTACT, Closure.INTERVENTION_AVOIDED,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallReport:
    """One call as reported: exactly one result, with what it requires.

    `details` may hold identity_checked, relation, message_left, language, reported_by and
    hung_up_when. After a conversation `next_step` says what follows: `close` with `closure`, or
    `follow_up` at `follow_up_at`. `callback_by` says who
    calls back as promised, without it as the campaign declares. `incoming`: it was the person who
    called. `ended_at`: when
    the exchange says that it ended. `request_key`
    recognises a double click. `seen_contact_id` is the last call that the page showed when it was
    opened (0: none yet; None: not told). `beside` is what the same form says besides the call: with
    it a second press that says otherwise is recognised.
    """

    result: str
    started_at: datetime
    phone_id: int | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    note: str | None = None
    callback_at: datetime | None = None
    callback_by: str | None = None
    next_step: str | None = None
    closure: str | None = None
    follow_up_at: datetime | None = None
    follow_up_note: str | None = None
    request_key: str | None = None
    incoming: bool = False
    ended_at: datetime | None = None
    seen_contact_id: int | None = None
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class ExchangeReport:
    """An exchange on another channel than the call desk: SMS, e-mail, letter, visit, incoming call.

    `result` is one of `EXCHANGE_RESULTS` of its channel; of an incoming call, reached_holder or
    reached_mandated. `request_key` and `beside` are as in `CallReport`.
    """

    channel: str
    result: str | None = None
    note: str | None = None
    request_key: str | None = None
    beside: str | None = None


def check_exchange(report: ExchangeReport) -> None:
    """Refuse an exchange on no such channel, or whose result does not fit it.

    Raises:
        BadInput: with `params["field"]` naming the form field.
        Refused: the note holds what must never be kept.
    """
    faults = Faults()
    with faults:
        if report.channel not in set(Channel) - {Channel.CALL_OUT}:
            raise BadInput(N_("Choisissez le canal."), field="channel")
        if report.channel == Channel.CALL_IN and report.result not in REACHED:
            raise BadInput(N_("Dites qui a appelé."), field="result")
    with faults:
        _check_exchange_result(report)
    with faults:
        check_words(report.note, "note", most=MAX_NOTE)
    faults.tell()


def _check_exchange_result(report: ExchangeReport) -> None:
    if report.channel not in set(EXCHANGE_RESULTS):
        return
    if not report.result:
        raise BadInput(N_("Dites ce qui en est résulté."), field="result")
    if report.result not in EXCHANGE_RESULTS[Channel(report.channel)]:
        raise BadInput(
            N_("Ce résultat n'est pas de ce canal : choisissez-en un autre."), field="result"
        )


def check_report(report: CallReport, now: datetime) -> None:
    """Refuse a report that says no result, or not what follows it; all that is wrong at once.

    Raises:
        BadInput: with `params["field"]` naming the form field.
        Refused: a text holds a social-security number or an IBAN.
    """
    faults = Faults()
    with faults:
        _check_result(report)
    with faults:
        if report.result == ResultCode.CALLBACK_SET:
            _check_future(report.callback_at, "callback_at", now)
            if report.callback_by and as_code(CallbackBy, report.callback_by) is None:
                raise BadInput(N_("Choisissez dans la liste."), field="callback_by")
        if report.result in REACHED:
            _check_next_step(report, now)
    for name, text, most in (
        ("note", report.note, MAX_NOTE),
        ("follow_up_note", report.follow_up_note, MAX_FOLLOW_UP_NOTE),
        ("language", str(report.details.get("language") or ""), MAX_LANGUAGE),
    ):
        with faults:
            check_words(text, name, most=most)
    faults.tell()


def check_required(report: CallReport, required: Iterable[str]) -> None:
    """Refuse a report that lacks details which its campaign requires of its result.

    Raises:
        BadInput: with `params["field"]` naming the form field.
    """
    faults = Faults()
    for name in required:
        with faults:
            _check_detail(report, name)
    faults.tell()


def leaves_message(report: CallReport) -> bool:
    """Whether something was left for the person: on voicemail, or with somebody else."""
    with_another = report.details.get("message_left") == MessageLeft.CALLBACK_ONLY
    return report.result == ResultCode.VOICEMAIL_LEFT or (
        report.result == ResultCode.THIRD_PARTY and with_another
    )


def details_kept(report: CallReport) -> dict[str, Any]:
    """The answers that are stored: those that we know of and that say something."""
    return {name: report.details[name] for name in DETAILS if report.details.get(name)}


def _check_result(report: CallReport) -> None:
    if report.request_key is not None and len(report.request_key) > MAX_KEY:
        raise BadInput(N_("Rechargez la page : ce formulaire n'est plus valable."))
    if report.result not in RESULTS:
        raise BadInput(N_("Choisissez le résultat de l'appel."), field="result")
    if report.incoming and report.result in NOBODY_ON_THE_LINE:
        raise BadInput(
            N_("La personne a appelé : choisissez un résultat où quelqu'un a répondu."),
            field="result",
        )


def _check_detail(report: CallReport, name: str) -> None:
    if name == "phone":
        if report.phone_id is None:
            raise BadInput(N_("Dites quel numéro a été composé."), field="phone_id")
        return
    value = report.details.get(name)
    if name == "identity_checked" and value is not True:
        raise BadInput(
            N_("Vérifiez l'identité avant de parler de la dette, puis cochez-le."), field=name
        )
    if not value or (name in CHOICES and value not in CHOICES[name]):
        raise BadInput(N_("Ce résultat demande une précision."), field=name)


def _check_next_step(report: CallReport, now: datetime) -> None:
    if report.next_step not in NEXT_STEPS:
        raise BadInput(N_("Dites ce qui suit : clore, ou un suivi à une date."), field="next_step")
    if report.next_step == "close" and report.closure not in set(Closure):
        raise BadInput(N_("Choisissez comment le dossier se clôt."), field="closure")
    if report.next_step == "close" and report.closure in NOT_CHOSEN:
        raise BadInput(
            N_("Cette clôture découle d'un résultat d'appel : choisissez ce résultat."),
            field="closure",
        )
    if report.next_step == "follow_up":
        _check_future(report.follow_up_at, "follow_up_at", now)


def _check_future(at: datetime | None, name: str, now: datetime) -> None:
    if at is None:
        raise BadInput(N_("Donnez le jour et l'heure."), field=name)
    if at <= now:
        raise BadInput(N_("Ce moment est déjà passé."), field=name)
    check_max_future(paris_date(at), paris_date(now), name)
