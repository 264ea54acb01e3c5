"""A body's answer by its link, and a person who goes back on a consent: what follows from either.

What came of a referral is moved by the same rule as the mediator's own word (`note_news`); a later
word of the mediator stands.
"""

from energymed.base import audit
from energymed.base.clock import paris_date
from energymed.base.context import Context
from energymed.base.errors import Refused
from energymed.casework.due_follow_ups import end_moved
from energymed.mediation.journal import locked
from energymed.mediation.models import Referral
from energymed.mediation.referral_links import CROSSED_OUT, end_link, find_referral, keep_answer
from energymed.mediation.referrals import note_news
from energymed.mediation.request_codes import BodyAnswer, NewsSource, ReferralNews

# what each answer says of the referral; « received » keeps waiting
_NEWS = {BodyAnswer.MET: ReferralNews.SEEN, BodyAnswer.ENDED: ReferralNews.ENDED}
_SAYS_MORE = {  # than the answer: it stays
    BodyAnswer.MET: (ReferralNews.SEEN, ReferralNews.TAKEN_UP, ReferralNews.ENDED),
    BodyAnswer.ENDED: (ReferralNews.ENDED,),
}


def hear_body(ctx: Context, token: str, answer: BodyAnswer) -> Referral:
    """Keep what a body answers by its link, and move the referral on; the same again is nothing.

    Raises:
        NotFound: the link serves no longer.
    """
    referral_id = find_referral(ctx.session, token, ctx.now).id
    locked(ctx, Referral, referral_id)
    referral = find_referral(ctx.session, token, ctx.now)  # it may have ended meanwhile
    news = _NEWS.get(answer)
    if keep_answer(ctx, referral, answer) and news and referral.news not in _SAYS_MORE[answer]:
        note_news(ctx, referral.id, news, source=NewsSource.BODY)
        end_moved(ctx, referral.case_id)
    return referral


def withdraw_consent(ctx: Context, referral_id: int) -> Referral:
    """The person goes back on their consent: nothing leaves for the body any more.

    What was done stays on file, and the referral counts as it did: there was one.

    Raises:
        NotFound: unknown or of another site.
        Refused: the referral was crossed out.
    """
    referral, case = locked(ctx, Referral, referral_id)
    if referral.act.voided_at is not None:
        raise Refused(CROSSED_OUT)
    if not referral.consent:
        return referral
    referral.consent, referral.consent_ended_on = False, paris_date(ctx.now)
    end_link(ctx, referral)
    audit.record(
        ctx, "referral.consent_ended", referral, before={"consent": True}, after={"consent": False}
    )
    ctx.session.flush()
    end_moved(ctx, case.id)
    return referral
