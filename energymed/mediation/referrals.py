"""Referrals: to whom, why, how, and with the person's consent (DOMAIN §6)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.codes import as_code
from energymed.base.context import Context
from energymed.base.errors import BadInput, Faults, Refused
from energymed.base.i18n import N_
from energymed.cases.max_future import check_max_future
from energymed.cases.models import Case
from energymed.cases.queries import get_case
from energymed.mediation.codes import (
    REFERRAL_MODES,
    REFERRAL_REASONS,
    ActKind,
    Body,
    ReferralMode,
    ReferralReason,
)
from energymed.mediation.consent_texts import check_version
from energymed.mediation.directory_choice import chosen_body
from energymed.mediation.directory_models import SocialBody
from energymed.mediation.journal import known_act, locked, new_act
from energymed.mediation.models import Referral
from energymed.mediation.referral_links import end_link
from energymed.mediation.request_codes import NewsSource, ReferralNews

INCOMPLETE = N_("Une orientation demande organisme, motif et mode.")


@dataclass(frozen=True, slots=True)
class ReferralRequest:
    """A referral counts only with all four: body, coded reason, consent, mode.

    `body_id` is the row of the directory; else `body` is a kind, for the row there for everybody.
    `appointment_on` goes with an appointment that was made; `consent_text_id` is which words were
    read to the person, empty where none were shown.
    """

    body: str
    reason: str
    mode: str
    consent: bool
    body_id: int | None = None
    appointment_on: date | None = None
    consent_text_id: int | None = None


def refer(
    ctx: Context,
    case_id: int,
    request: ReferralRequest,
    *,
    contact_id: int | None = None,
    request_key: str | None = None,
) -> Referral:
    """Point the person to a body.

    Raises:
        BadInput: body, reason, mode or the day of an appointment missing, or a body that is not
            offered at the person's place today, with `params["field"]`.
        Refused: no consent, or this body was already named on this case (and not crossed out).
    """
    case = get_case(ctx, case_id, lock=True)
    known = known_act(ctx.session, case, ActKind.REFERRAL, request_key)
    if known is not None:
        return ctx.session.scalars(select(Referral).where(Referral.act_id == known.id)).one()
    kind, row, referral = check_referral(ctx, case, request)
    if referral is None:
        referral = Referral(case_id=case.id, body=kind, body_id=row.id if row else None)
    act = new_act(ctx, case, ActKind.REFERRAL, contact_id=contact_id, request_key=request_key)
    # a crossed-out referral to the same body is told again: its row is that of the new act
    referral.act = act
    _tell(referral, request, paris_date(ctx.now))
    ctx.session.add(referral)
    ctx.session.flush()
    if referral.link is not None:  # what was answered was of the one that is crossed out
        end_link(ctx, referral)
        referral.link.received_at = referral.link.met_at = referral.link.ended_at = None
    after = {
        "body": referral.body, "body_id": referral.body_id, "reason": request.reason,
        "mode": request.mode, "consent_text_id": request.consent_text_id,
    }  # fmt: skip
    audit.record(ctx, "referral.made", referral, after=after)
    ctx.session.flush()
    return referral


def _tell(referral: Referral, request: ReferralRequest, today: date) -> None:
    """Write what was said into the row, with nothing of what was known of it before."""
    referral.reason, referral.mode = ReferralReason(request.reason), ReferralMode(request.mode)
    referral.consent, referral.consent_on, referral.consent_ended_on = True, today, None
    referral.consent_text_id = request.consent_text_id
    referral.referred_on = today
    met = request.mode == ReferralMode.APPOINTMENT_MADE
    referral.appointment_on = request.appointment_on if met else None
    referral.news = referral.news_on = referral.news_source = None
    referral.no_news_count = 0


def check_referral(
    ctx: Context, case: Case, request: ReferralRequest
) -> tuple[Body, SocialBody | None, Referral | None]:
    """Refuse what `refer` would, writing nothing.

    Gives the body with its row, and a crossed-out referral of the case to it.
    """
    faults = Faults()
    kind, row, referral = as_code(Body, request.body), None, None
    with faults:
        kind, row = chosen_body(
            ctx.session, case, request.body, request.body_id, paris_date(ctx.now)
        )
        faults.when(kind is None, BadInput(INCOMPLETE, field="body"))
    with faults:
        _check(request, paris_date(ctx.now))
    with faults:
        check_version(ctx.session, request.consent_text_id)
    if kind is not None:
        referral = _known(ctx.session, case, kind, row)
    faults.when(
        referral is not None and referral.act.voided_at is None,
        Refused(N_("Ce dossier est déjà orienté vers cet organisme."), field="body"),
    )
    faults.tell()
    assert kind is not None  # told above
    return kind, row, referral


def _known(session: Session, case: Case, kind: Body, row: SocialBody | None) -> Referral | None:
    """The referral of a case to a body; without a row in the directory, to its kind."""
    which = Referral.body_id == row.id if row else Referral.body_id.is_(None)
    return session.scalar(
        select(Referral)
        .where(Referral.case_id == case.id, Referral.body == kind, which)
        .options(joinedload(Referral.act))
    )


def note_news(
    ctx: Context,
    referral_id: int,
    news: ReferralNews,
    on: date | None = None,
    *,
    source: NewsSource = NewsSource.US,
) -> Referral:
    """Note what came of a referral, as known `on` a day (today by default), and from whom.

    No news is counted, once a day: asked twice in vain, a referral ends without any.

    Raises:
        NotFound: unknown or of another site.
        BadInput: a day in the future or before the referral, with `params["field"]`.
        Refused: the referral was crossed out.
    """
    referral, _case = locked(ctx, Referral, referral_id)
    today = paris_date(ctx.now)
    day = on or today
    if referral.act.voided_at is not None:
        raise Refused(N_("Cette orientation a été barrée."))
    if not referral.referred_on <= day <= today:
        raise BadInput(N_("Donnez un jour entre l'orientation et aujourd'hui."), field="on")
    before = referral.news
    if news != ReferralNews.NO_NEWS:
        referral.no_news_count = 0
    elif before != news or referral.news_on != day:
        referral.no_news_count += 1
    referral.news, referral.news_on, referral.news_source = news, day, source
    after = {"news": news, "on": day.isoformat(), "news_source": source}
    audit.record(ctx, "referral.news", referral, before={"news": before}, after=after)
    ctx.session.flush()
    return referral


def _check(request: ReferralRequest, today: date) -> None:
    faults = Faults()
    if request.mode == ReferralMode.APPOINTMENT_MADE:
        with faults:
            _check_appointment(request.appointment_on, today)
    for name, codes in (("reason", REFERRAL_REASONS), ("mode", REFERRAL_MODES)):
        faults.when(getattr(request, name) not in codes, BadInput(INCOMPLETE, field=name))
    faults.when(
        not request.consent,
        Refused(
            N_("Sans l'accord de la personne, rien n'est transmis : cochez-le ou renoncez."),
            field="consent",
        ),
    )
    faults.tell()


def _check_appointment(day: date | None, today: date) -> None:
    if day is None:
        raise BadInput(N_("Donnez le jour du rendez-vous."), field="appointment_on")
    if day < today:
        raise BadInput(N_("Cette date est déjà passée."), field="appointment_on")
    check_max_future(day, today, "appointment_on")
