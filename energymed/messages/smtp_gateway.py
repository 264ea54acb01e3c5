"""E-mails by SMTP, step by step: which step fails tells whether the message may have left.

Before the end of the data nothing was taken; a silence after it leaves that open.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, formataddr
from smtplib import SMTP, SMTP_SSL, SMTPException, SMTPResponseException, SMTPServerDisconnected
from ssl import SSLError, create_default_context
from typing import Self
from urllib.parse import unquote, urlsplit

from energymed.base.clock import now
from energymed.base.errors import BadInput
from energymed.base.http_client import TIMEOUT, is_loopback
from energymed.base.i18n import N_
from energymed.messages.gateway import NotSent, Outgoing

PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server and whom its mails come from; `reply_to` is where answers go."""

    host: str
    port: int
    from_address: str
    reply_to: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    timeout: float = TIMEOUT

    @classmethod
    def at(cls, url: str, from_address: str, reply_to: str = "", timeout: float = TIMEOUT) -> Self:
        """The server of an address such as smtp://user:password@mail.example.org:587.

        smtp:// turns to TLS by STARTTLS, always, but towards this machine, never.

        Raises:
            BadInput: the address is none, or nobody to write from is named.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or PORTS[parts.scheme]
        except (ValueError, KeyError):
            raise BadInput(
                N_("L'adresse du serveur d'e-mail doit commencer par smtp:// ou smtps://.")
            ) from None
        if not parts.hostname or "@" not in from_address:
            raise BadInput(N_("Donnez le serveur d'e-mail et l'adresse d'expédition."))
        return cls(
            host=parts.hostname,
            port=port,
            from_address=from_address,
            reply_to=reply_to,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            tls=parts.scheme == "smtps",
            timeout=timeout,
        )

    def send(self, message: Outgoing) -> str:
        """See `gateway.Gateway`; the id is the mail's own Message-ID."""
        mail = self._mail(message)
        server = self._connect()
        try:
            self._greet(server)
            self._envelope(server, message.to)
            self._hand_over(server, mail.as_bytes(policy=SMTP_POLICY))
            with suppress(OSError, SMTPException):
                server.quit()
        finally:
            server.close()
        return str(mail["Message-ID"])

    def reach(self) -> None:
        """See `gateway.Gateway`: greeting, TLS and sign-in."""
        server = self._connect()
        try:
            self._greet(server)
            with suppress(OSError, SMTPException):
                server.quit()
        finally:
            server.close()

    def _mail(self, message: Outgoing) -> EmailMessage:
        mail = EmailMessage(policy=SMTP_POLICY)
        mail["Message-ID"] = f"<{message.key}@{self._domain()}>"
        mail["Date"] = format_datetime(now())
        mail["From"] = formataddr((message.sender, self.from_address))
        mail["To"] = message.to
        if self.reply_to:
            mail["Reply-To"] = self.reply_to
        mail["Subject"] = message.subject
        mail.set_content(message.text)  # it strikes every Content- header that stood before
        mail["Content-Language"] = message.language
        return mail

    def _domain(self) -> str:
        return self.from_address.rpartition("@")[2]

    def _connect(self) -> SMTP:
        try:
            if self.tls:
                return SMTP_SSL(
                    self.host, self.port, self._domain(), timeout=self.timeout,
                    context=create_default_context(),
                )  # fmt: skip
            return SMTP(self.host, self.port, self._domain(), timeout=self.timeout)
        except SSLError as error:
            raise NotSent("insecure", type(error).__name__) from None
        except (OSError, SMTPException) as error:
            raise NotSent("unreachable", type(error).__name__) from None

    def _greet(self, server: SMTP) -> None:
        """Say who we are, turn to TLS, sign in."""
        try:
            server.ehlo_or_helo_if_needed()
            if not self.tls and not is_loopback(self.host):
                if not server.has_extn("starttls"):
                    raise NotSent("insecure")
                server.starttls(context=create_default_context())
                server.ehlo()
            if self.user:
                server.login(self.user, self.password)
        except SSLError as error:
            raise NotSent("insecure", type(error).__name__) from None
        except SMTPResponseException as error:
            raise NotSent(_judge(error.smtp_code), f"SMTP {error.smtp_code}") from None
        except (OSError, SMTPException) as error:
            raise NotSent("unreachable", type(error).__name__) from None

    def _envelope(self, server: SMTP, to: str) -> None:
        try:
            code, _words = server.mail(self.from_address)
            if code != 250:
                raise NotSent(_judge(code), f"SMTP {code}")
            code, _words = server.rcpt(to)
            if code not in (250, 251):
                raise NotSent("busy" if code < 500 else "address_refused", f"SMTP {code}")
        except (OSError, SMTPException) as error:
            raise NotSent("unreachable", type(error).__name__) from None

    def _hand_over(self, server: SMTP, content: bytes) -> None:
        try:
            code, _words = server.data(content)
        except SMTPServerDisconnected as error:  # which is what smtplib makes of a silence, too
            silent = isinstance(error.__context__, TimeoutError)
            raise NotSent("timeout" if silent else "broken_off") from None
        except SMTPResponseException as error:  # the server wants no data
            raise NotSent(_judge(error.smtp_code), f"SMTP {error.smtp_code}") from None
        except (OSError, SMTPException) as error:
            raise NotSent("broken_off", type(error).__name__) from None
        if code != 250:
            raise NotSent(_judge(code), f"SMTP {code}")


def _judge(code: int) -> str:
    """A server's 4xx means later; anything else means no."""
    return "busy" if 400 <= code < 500 else "refused"
