"""Cases against their events: what always holds, written once, as a SELECT of who broke it.

Whatever these find, a rule of the rooms was passed by: a hand in the database, or a fault of ours.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from energymed.base.i18n import N_
from energymed.calling.follow_ups.callbacks import OPEN_CALLBACK
from energymed.calling.models import FollowUp
from energymed.cases.codes import CaseState
from energymed.cases.models import Case, CaseMove, Person
from energymed.mediation.codes import AidState
from energymed.mediation.models import Act, AidRequest, Instalment, Plan
from energymed.mediation.states import NOT_IN_FORCE, RUNNING_PLANS
from energymed.messages.codes import MessageState
from energymed.messages.models import Message
from energymed.operations.doctor.codes import Check
from energymed.operations.doctor.findings import SOME, Finding, good, wrong

Broken = Select[int]  # the numbers of cases
_IN_QUEUE = (CaseState.QUEUED, CaseState.WAITING)


@dataclass(frozen=True, slots=True)
class Rule:
    """What always holds: the sentence when it does not, and who broke it.

    `of_the_past`: it also asks for what the past of a demo, which is made at one go, has not.
    """

    sentence: str
    broken: Callable[[], Broken]
    of_the_past: bool = False


def case_findings(connection: Connection, *, demo: bool = False) -> list[Finding]:
    """Every rule that some case breaks. `demo`: its past is invented, and has no events."""
    rules = [rule for rule in RULES if not (demo and rule.of_the_past)]
    found = [finding for rule in rules for finding in _judged(connection, rule)]
    told = N_("Les dossiers sont comme leurs événements le disent (%(count)s règles).")
    return found or [good(Check.CASES, told, count=len(rules))]


def _judged(connection: Connection, rule: Rule) -> list[Finding]:
    broken = rule.broken().distinct()
    numbers = connection.scalars(broken.order_by(Case.id).limit(SOME)).all()
    if not numbers:
        return []
    return [
        wrong(
            Check.CASES,
            rule.sentence,
            N_("Ouvrez ces dossiers et comparez ; puis signalez-le, avec la date."),
            count=connection.scalar(select(func.count()).select_from(broken.subquery())),
            cases=", ".join(map(str, numbers)),
        )
    ]


def _cases(*conditions: ColumnElement[bool]) -> Broken:
    return select(Case.id).where(*conditions)


def _last_move() -> ColumnElement[int]:
    later = aliased(CaseMove)
    return select(func.max(later.id)).where(later.case_id == Case.id).scalar_subquery()


def _moved_elsewhere() -> Broken:
    """The claim of a queue writes no move: a case in call came from the queue, or from waiting."""
    came_from = (CaseState.IN_CALL, *_IN_QUEUE)
    return (
        select(Case.id)
        .join(CaseMove, CaseMove.case_id == Case.id)
        .where(CaseMove.id == _last_move())
        .where(
            or_(
                and_(Case.state != CaseState.IN_CALL, CaseMove.to_state != Case.state),
                and_(Case.state == CaseState.IN_CALL, CaseMove.to_state.not_in(came_from)),
            )
        )
    )


def _never_moved(*conditions: ColumnElement[bool]) -> Broken:
    moved = select(CaseMove.id).where(CaseMove.case_id == Case.id).exists()
    return _cases(*conditions, ~moved)


def _claimed_half() -> Broken:
    whole = and_(
        Case.claimed_by_id.is_not(None),
        Case.claimed_at.is_not(None),
        Case.claimed_until.is_not(None),
    )
    nothing = and_(
        Case.claimed_by_id.is_(None), Case.claimed_at.is_(None), Case.claimed_until.is_(None)
    )
    in_call = Case.state == CaseState.IN_CALL
    return _cases(or_(and_(in_call, ~whole), and_(~in_call, ~nothing)))


def _held_with_another() -> Broken:
    other = aliased(Case)
    held = (Case.state == CaseState.IN_CALL, other.state == CaseState.IN_CALL)
    return select(Case.id).where(
        *held, other.claimed_by_id == Case.claimed_by_id, other.id != Case.id
    )


def _closed_half() -> Broken:
    left = or_(
        Case.queue_reason.is_not(None),
        Case.waiting_reason.is_not(None),
        Case.next_action_at.is_not(None),
        Case.for_anyone,
        Case.closed_at.is_(None),
    )
    return _cases(Case.state == CaseState.CLOSED, left)


def _callback_of_a_closed_case() -> Broken:
    return (
        select(Case.id)
        .join(FollowUp, FollowUp.case_id == Case.id)
        .where(Case.state == CaseState.CLOSED, OPEN_CALLBACK)
    )


def _merged_away() -> Broken:
    return (
        select(Case.id)
        .join(Person, Person.id == Case.person_id)
        .where(Person.merged_into_id.is_not(None))
    )


def _two_plans() -> Broken:
    return (
        select(Case.id)
        .join(Plan, Plan.case_id == Case.id)
        .where(Plan.state.in_(RUNNING_PLANS))
        .group_by(Case.id)
        .having(func.count(Plan.id) > 1)
    )


def _plan_of_another_sum() -> Broken:
    return (
        select(Case.id)
        .join(Plan, Plan.case_id == Case.id)
        .join(Instalment, Instalment.plan_id == Plan.id)
        .group_by(Case.id, Plan.id, Plan.amount_cents)
        .having(func.sum(Instalment.amount_cents) != Plan.amount_cents)
    )


def _crossed_out_and_in_force() -> Broken:
    """Crossing out the act that made it cancels a plan and withdraws an aid request."""
    plans = select(Plan.act_id).where(Plan.state.not_in(NOT_IN_FORCE))
    aids = select(AidRequest.act_id).where(AidRequest.state != AidState.WITHDRAWN)
    return (
        select(Case.id)
        .join(Act, Act.case_id == Case.id)
        .where(Act.voided_at.is_not(None), or_(Act.id.in_(plans), Act.id.in_(aids)))
    )


def _sent_without_contact() -> Broken:
    return (
        select(Case.id)
        .join(Message, Message.case_id == Case.id)
        .where(Message.state == MessageState.SENT, Message.contact_id.is_(None))
    )


RULES = (
    Rule(
        N_("Dossiers qui ne sont pas là où leur dernier mouvement les a mis : %(count)s "
           "(numéros %(cases)s…)."),
        _moved_elsewhere,
    ),
    Rule(
        N_("Dossiers ouverts qui ont bougé sans qu'un mouvement le dise : %(count)s "
           "(numéros %(cases)s…)."),
        lambda: _never_moved(Case.state.not_in((CaseState.TO_ASSIGN, CaseState.CLOSED))),
    ),
    Rule(
        N_("Dossiers clos sans qu'un mouvement le dise : %(count)s (numéros %(cases)s…)."),
        lambda: _never_moved(Case.state == CaseState.CLOSED),
        of_the_past=True,
    ),
    Rule(
        N_("Dossiers pris à moitié : en appel sans réservation, ou réservés sans être en appel : "
           "%(count)s (numéros %(cases)s…)."),
        _claimed_half,
    ),
    Rule(
        N_("Dossiers en appel chez une personne qui en tient un autre : %(count)s "
           "(numéros %(cases)s…)."),
        _held_with_another,
    ),
    Rule(
        N_("Dossiers en file sans motif, ou sans médiateur : %(count)s (numéros %(cases)s…)."),
        lambda: _cases(
            Case.state == CaseState.QUEUED,
            or_(Case.queue_reason.is_(None), Case.assigned_to_id.is_(None)),
        ),
    ),
    Rule(
        N_("Dossiers qui attendent sans motif : %(count)s (numéros %(cases)s…)."),
        lambda: _cases(Case.state == CaseState.WAITING, Case.waiting_reason.is_(None)),
    ),
    Rule(
        N_("Dossiers à répartir qui ont un médiateur : %(count)s (numéros %(cases)s…)."),
        lambda: _cases(Case.state == CaseState.TO_ASSIGN, Case.assigned_to_id.is_not(None)),
    ),
    Rule(
        N_("Dossiers clos qui sont encore en file ou attendus, ou sans date de clôture : "
           "%(count)s (numéros %(cases)s…)."),
        _closed_half,
    ),
    Rule(
        N_("Dossiers clos dont un rappel convenu reste à faire : %(count)s (numéros %(cases)s…)."),
        _callback_of_a_closed_case,
    ),
    Rule(
        N_("Dossiers d'une fiche réunie avec une autre : %(count)s (numéros %(cases)s…)."),
        _merged_away,
    ),
    Rule(
        N_("Dossiers où courent deux échéanciers : %(count)s (numéros %(cases)s…)."),
        _two_plans,
    ),
    Rule(
        N_("Dossiers dont les échéances ne font pas la somme de l'échéancier : %(count)s "
           "(numéros %(cases)s…)."),
        _plan_of_another_sum,
    ),
    Rule(
        N_("Dossiers où un acte barré laisse un échéancier ou une demande d'aide en cours : "
           "%(count)s (numéros %(cases)s…)."),
        _crossed_out_and_in_force,
    ),
    Rule(
        N_("Dossiers dont un message est dit envoyé sans échange qui le garde : %(count)s "
           "(numéros %(cases)s…)."),
        _sent_without_contact,
    ),
)  # fmt: skip
