"""Call results as people see them: label, key, group, and the answers that some ask for."""

from dataclasses import dataclass

from energymed.calling.codes import HungUpWhen, MessageLeft, Relation, Reporter, ResultGroup
from energymed.partners.codes import ResultCode

NOBODY_ON_THE_LINE = (
    "no_answer", "busy", "voicemail_left", "voicemail_none", "wrong_number", "invalid_number",
)  # fmt: skip

GROUPS = ResultGroup.labels()


@dataclass(frozen=True, slots=True)
class CallResult:
    """One result as the desk shows it. What it requires and does is declared for each campaign
    (`partners.result_rules`).
    """

    code: ResultCode
    key: str
    group: ResultGroup

    @property
    def label(self) -> str:
        """What people call it, in French."""
        return self.code.label


RESULTS: dict[str, CallResult] = {
    result.code: result
    for result in (
        CallResult(ResultCode.REACHED_HOLDER, "1", ResultGroup.REACHED),
        CallResult(ResultCode.REACHED_MANDATED, "2", ResultGroup.REACHED),
        CallResult(ResultCode.CALLBACK_SET, "3", ResultGroup.REACHED),
        CallResult(ResultCode.NO_ANSWER, "4", ResultGroup.NOT_REACHED),
        CallResult(ResultCode.BUSY, "5", ResultGroup.NOT_REACHED),
        CallResult(ResultCode.VOICEMAIL_LEFT, "6", ResultGroup.NOT_REACHED),
        CallResult(ResultCode.VOICEMAIL_NONE, "7", ResultGroup.NOT_REACHED),
        CallResult(ResultCode.THIRD_PARTY, "8", ResultGroup.NOT_REACHED),
        CallResult(ResultCode.HUNG_UP, "9", ResultGroup.NOT_REACHED),
        CallResult(ResultCode.WRONG_NUMBER, "w", ResultGroup.NOT_REACHED),
        CallResult(ResultCode.INVALID_NUMBER, "i", ResultGroup.NOT_REACHED),
        CallResult(ResultCode.LANGUAGE_BARRIER, "l", ResultGroup.NOT_REACHED),
        CallResult(ResultCode.TECHNICAL, "t", ResultGroup.NOT_REACHED),
        CallResult(ResultCode.REFUSED, "r", ResultGroup.STOP),
        CallResult(ResultCode.OPPOSED, "o", ResultGroup.STOP),
        CallResult(ResultCode.MOVED, "m", ResultGroup.STOP),
        CallResult(ResultCode.NOT_CUSTOMER, "c", ResultGroup.STOP),
        CallResult(ResultCode.DECEASED, "d", ResultGroup.STOP),
    )
}

MESSAGES_LEFT = MessageLeft.labels()
RELATIONS = Relation.labels()
REPORTERS = Reporter.labels()
HUNG_UP_WHEN = HungUpWhen.labels()
CHOICES = {
    "relation": RELATIONS,
    "message_left": MESSAGES_LEFT,
    "reported_by": REPORTERS,
    "hung_up_when": HUNG_UP_WHEN,
}
