"""The mail server, against a local one: which step fails tells whether the mail may have left."""

import base64
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from energymed.base.errors import BadInput
from energymed.messages import smtp_gateway
from energymed.messages.gateway import NotSent, Outgoing
from energymed.messages.smtp_gateway import Smtp
from tests.messages.peers import SmtpPeer, smtp_peer

MESSAGE = Outgoing(
    "key-1", "camille@example.org", "Bonjour,\n.\nÀ bientôt", "Médiation d'Ici", "Un appel"
)
FROM = "appels@association.example.org"
QUICK = 0.3


def server(peer: SmtpPeer, url: str = "", **values: str) -> Smtp:
    return Smtp.at(url or peer.url, FROM, timeout=QUICK, **values)


def failure(peer: SmtpPeer) -> tuple[str, str]:
    with pytest.raises(NotSent) as error:
        server(peer).send(MESSAGE)
    return error.value.code, error.value.detail


def test_a_mail_as_it_arrives() -> None:
    with smtp_peer() as peer:
        receipt = server(peer, reply_to="bureau@association.example.org").send(MESSAGE)
    (mail,) = peer.mails
    assert receipt == mail["Message-ID"] == "<key-1@association.example.org>"
    assert mail["From"] == f"Médiation d'Ici <{FROM}>"
    assert mail["To"] == "camille@example.org"
    assert mail["Reply-To"] == "bureau@association.example.org"
    assert mail["Subject"] == "Un appel"
    assert mail["Content-Language"] == MESSAGE.language
    assert mail.get_content().splitlines() == ["Bonjour,", ".", "À bientôt"]
    assert f"mail FROM:<{FROM}>" in [line.split(" size=")[0] for line in peer.commands]


def test_a_sign_in_when_the_address_has_one() -> None:
    with smtp_peer() as peer:
        server(peer, f"smtp://us%40er:p%3Aw@127.0.0.1:{peer.port}").send(MESSAGE)
    auth = next(line for line in peer.commands if line.startswith("AUTH"))
    assert base64.b64decode(auth.split()[-1]) == b"\0us@er\0p:w"


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        ({"HELLO": "421 later"}, ("unreachable", "SMTPConnectError")),
        ({"HELLO": None}, ("unreachable", "SMTPServerDisconnected")),
        ({"HELLO": ""}, ("unreachable", "SMTPServerDisconnected")),
        ({"MAIL": "451 later"}, ("busy", "SMTP 451")),
        ({"MAIL": "550 never"}, ("refused", "SMTP 550")),
        ({"RCPT": "450 greylisted"}, ("busy", "SMTP 450")),
        ({"RCPT": "550 no such user"}, ("address_refused", "SMTP 550")),
        ({"RCPT": None}, ("unreachable", "SMTPServerDisconnected")),
        ({"DATA": "451 later"}, ("busy", "SMTP 451")),
        ({"END": "452 full"}, ("busy", "SMTP 452")),
        ({"END": "554 spam"}, ("refused", "SMTP 554")),
        ({"END": ""}, ("timeout", "")),
        ({"END": None}, ("broken_off", "")),
    ],
)
def test_what_each_step_says(answers: dict[str, str | None], found: tuple[str, str]) -> None:
    with smtp_peer(answers=answers) as peer:
        assert failure(peer) == found


def test_a_server_that_forgets_to_say_goodbye_has_taken_it() -> None:
    with smtp_peer(answers={"QUIT": None}) as peer:
        assert server(peer).send(MESSAGE)


def test_a_refused_sign_in() -> None:
    with smtp_peer(answers={"AUTH": "535 no"}) as peer:
        gateway = server(peer, f"smtp://u:p@127.0.0.1:{peer.port}")
        with pytest.raises(NotSent) as error:
            gateway.send(MESSAGE)
    assert (error.value.code, error.value.detail) == ("refused", "SMTP 535")


def test_no_line_break_gets_into_a_header() -> None:
    with smtp_peer() as peer, pytest.raises(ValueError, match=r"newline|linefeed"):
        server(peer).send(Outgoing("k", "a@example.org", "x", "A", "B\r\nBcc: c@example.org"))
    assert peer.mails == []


@pytest.mark.parametrize(
    ("url", "from_address"),
    [
        ("mail.example.org", FROM), ("http://mail.example.org", FROM), ("smtp://", FROM),
        ("smtp://mail.example.org:99999", FROM), ("smtp://mail.example.org", ""),
        ("smtp://mail.example.org", "nobody"),
    ],
)  # fmt: skip
def test_settings_that_cannot_be_used(url: str, from_address: str) -> None:
    with pytest.raises(BadInput):
        Smtp.at(url, from_address)


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine counts as another one, to which the line must be encrypted."""
    monkeypatch.setattr(smtp_gateway, "is_loopback", lambda _host: False)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1's name, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))  # OpenSSL lives in the present
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "peer.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def offering(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.mark.usefixtures("far_away")
def test_a_line_that_stays_open_is_not_used() -> None:
    with smtp_peer() as peer:
        assert failure(peer) == ("insecure", "")
    assert not any(line.upper().startswith("MAIL") for line in peer.commands)


@pytest.mark.usefixtures("far_away")
def test_starttls_with_a_certificate_that_is_trusted(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with smtp_peer(tls=offering(certificate)) as peer:
        Smtp.at(f"smtp://localhost:{peer.port}", FROM, timeout=5).send(MESSAGE)
    assert "STARTTLS" in peer.commands
    assert len(peer.mails) == 1


@pytest.mark.usefixtures("far_away")
def test_starttls_with_a_certificate_that_nobody_knows(certificate: Path) -> None:
    with smtp_peer(tls=offering(certificate)) as peer:
        gateway = Smtp.at(f"smtp://localhost:{peer.port}", FROM, timeout=5)
        with pytest.raises(NotSent) as error:
            gateway.send(MESSAGE)
    assert error.value.code == "insecure"
    assert peer.mails == []
