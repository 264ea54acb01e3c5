"""What a gateway is: it takes one message and gives a receipt, or says why not."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as a gateway takes it. `key` is the same at every try: a gateway may know it again.

    `sender` is the association's name; `subject` is empty for a text message.
    """

    key: str
    to: str
    text: str
    sender: str
    subject: str = ""
    language: str = "fr"


class NotSent(Exception):
    """The message was not sent, or nobody knows; `code` is a `MessageError`.

    `detail` is a code of the gateway's ("HTTP 503"), never its words: they may name the person.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


class Gateway(Protocol):
    """A way out for messages of one channel."""

    def send(self, message: Outgoing) -> str:
        """Hand the message over; the provider's id for it, empty when it gives none.

        Raises:
            NotSent: with the reason.
        """

    def reach(self) -> None:
        """Go as far as one can without sending anything.

        Raises:
            NotSent: with the reason.
        """


Gateways = dict[str, Gateway | None]
