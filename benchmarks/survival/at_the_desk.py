"""A mediator's presses, by the pages: "Appel suivant", and a conversation saved with its plan."""

from datetime import timedelta

from sqlalchemy import Connection

from benchmarks.association import NOON
from benchmarks.survival.browsers import Browser
from benchmarks.survival.installation import Installation, one, rows
from benchmarks.survival.operations import Fate, HalfWritten, Operation, Token, all_or_nothing

IN_A_WEEK = (NOON + timedelta(days=7)).strftime("%Y-%m-%dT10:00")
FIRST_DUE = (NOON + timedelta(days=30)).strftime("%Y-%m-%d")
INSTALMENTS = 6
CONVERSATION = {
    "result": "reached_holder", "identity_checked": "y", "acts": "plan_agreed",
    "plan_amount": "60,00", "plan_count": str(INSTALMENTS), "plan_frequency": "monthly",
    "plan_first_due_on": FIRST_DUE, "plan_method": "direct_debit",
    "next_step": "follow_up", "follow_up_at": IN_A_WEEK, "follow_up_note": "premier versement",
    "note": "dit vouloir payer en six fois", "save": "1",
}  # fmt: skip


class _AtTheDesk(Operation):
    """Each time as another mediator, who holds no case yet."""

    def __init__(self, installation: Installation, turn: int) -> None:
        super().__init__(installation, turn)
        self.forms: dict[int, str] = {}

    def sit_down(self, number: int) -> int:
        """Open the queue as the next mediator; whose number that is."""
        people = self.installation.browsers
        user, cookie = people[(self.turn * 7 + number) % len(people)]
        self.browser = Browser(self.installation.app, cookie)
        self.forms[user] = self.browser.token()
        return user


class Claim(_AtTheDesk):
    """The next case of the queue."""

    name = "claim"

    def prepare(self, number: int) -> Token:
        """See `Operation`."""
        return [self.sit_down(number)]

    def do(self, token: Token) -> int:
        """See `Operation`; the case."""
        return self.browser.next_case(self.forms[token[0]])

    def fate(self, connection: Connection, token: Token, said: int | None) -> Fate:
        """See `Operation`."""
        held = rows(connection, "SELECT id FROM case_file WHERE claimed_by_id = :user "
                    "AND state = 'in_call'", user=token[0])  # fmt: skip
        if not held:
            return Fate.ABSENT
        (case,) = (row["id"] for row in held)
        if said not in (None, case):
            raise HalfWritten(f"told case {said}, holds {case}")
        last = (
            "SELECT actor_id FROM audit_event WHERE action = 'case.claimed' AND entity_id = :case "
        )
        if one(connection, f"{last} ORDER BY id DESC LIMIT 1", case=case) != token[0]:
            raise HalfWritten(f"case {case} is held without a trace")
        return Fate.WHOLE


class Save(_AtTheDesk):
    """A conversation with a plan, and what follows it."""

    name = "save"

    def prepare(self, number: int) -> Token:
        """See `Operation`."""
        user = self.sit_down(number)
        case = self.browser.next_case(self.forms[user])
        self.fields = self.browser.desk(case)
        return [user, case, self.fields["request_key"]]

    def do(self, token: Token) -> str:
        """See `Operation`; where the page leads."""
        return self.browser.post(f"/call/{token[1]}", {**self.fields, **CONVERSATION})

    def fate(self, connection: Connection, token: Token, said: str | None) -> Fate:
        """See `Operation`."""
        _user, case, key = token
        contact = one(connection, "SELECT id FROM contact WHERE request_key = :key", key=key)

        def count(table: str, condition: str) -> int:
            query = f"SELECT count(*) FROM {table} WHERE {condition}"  # noqa: S608  # our own
            return int(one(connection, query, contact=contact, case=case))

        of_plan = "plan_id IN (SELECT p.id FROM payment_plan p JOIN act a ON a.id = p.act_id "
        of_plan += "WHERE a.contact_id = :contact)"
        told = "action = 'contact.recorded' AND entity_id = :contact"
        return all_or_nothing({
            "contact": (contact is not None, 1),
            "act": (count("act", "contact_id = :contact"), 1),
            "instalments": (count("instalment", of_plan), INSTALMENTS),
            "follow-up": (count("follow_up", "made_by_contact_id = :contact"), 1),
            "move": (count("case_move", "contact_id = :contact AND to_state = 'waiting'"), 1),
            "state": (count("case_file", "id = :case AND state = 'waiting'"), 1),
            "trail": (count("audit_event", told), 1),
        })  # fmt: skip
