"""The parts of an installation of several machines, on loopback: nodes, and nginx before them.

Each is what an operator has: `energymed serve` in an instance folder of its own, and nginx with the
very file of `docs/deploy/`. PostgreSQL, with its own start and stop, is `tests.real_postgres`.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from energymed.config import ROOT
from tests.real_postgres import free_port

PAPERS = ROOT / "docs" / "deploy"
NAME = "energymed.example.org"
UP_WITHIN_S = 90.0
NO_NGINX = (
    "nginx is not here, and apt-get could not install it: install nginx-light, then try again "
    "(apt-get install nginx-light)"
)


def until(done: Callable[[], bool], what: str, within_s: float = UP_WITHIN_S) -> float:
    """Wait until it is so; gives how long it took (s)."""
    begun = time.monotonic()
    while not done():
        if time.monotonic() - begun > within_s:
            sys.exit(f"{what}: not within {within_s:.0f} s")
        time.sleep(0.05)
    return time.monotonic() - begun


def processor_s(process: int) -> float:
    """Seconds of the processor that a process took, with its children of now and of before."""
    spent = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            told = folder.joinpath("stat").read_text().rpartition(")")[2].split()
            if int(folder.name) == process:
                spent += sum(map(int, told[11:15]))
            elif int(told[1]) == process:
                spent += sum(map(int, told[11:13]))
    return spent / os.sysconf("SC_CLK_TCK")


@dataclass
class Node:
    """One `energymed serve` with a folder of its own."""

    name: str
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    workers: int = 1
    started: "subprocess.Popen[bytes] | None" = None

    @property
    def process(self) -> int:
        """The number of its first process; 0 before it was started."""
        return self.started.pid if self.started is not None else 0

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> float:
        """Start, and wait until it answers; gives how long that took (s)."""
        log = Path(self.environment["ENERGYMED_INSTANCE"]).with_suffix(".log")
        command = ["energymed", "serve", "--port", str(self.port), "--workers", str(self.workers)]
        with log.open("ab") as file:
            self.started = subprocess.Popen(
                [sys.executable, "-m", *command], env=self.environment,
                stdout=file, stderr=file, start_new_session=True,
            )  # fmt: skip
        return until(self.answers, f"{self.name} did not come up (see {log})")

    def answers(self) -> bool:
        """Whether the process is alive, by its own word."""
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200
        return False

    def kill(self) -> None:
        """End it as a power cut does: the server, its workers and its scheduler at once."""
        if self.started is not None:
            os.killpg(self.started.pid, signal.SIGKILL)
            self.started.wait()

    def stop(self) -> None:
        """Stop it as systemd does."""
        if self.started is not None and self.started.poll() is None:
            self.started.terminate()
            self.started.wait(timeout=60)

    def saves(self) -> float:
        """How many calls it saved since its start, by its own `/metrics`."""
        of = 'energymed_requests_total{endpoint="mediator.save_call",method="POST",status="3xx"} '
        told = httpx.get(f"{self.url}/metrics", timeout=10).text.splitlines()
        return sum(float(line.removeprefix(of)) for line in told if line.startswith(of))


def find_nginx() -> str:
    """The program; installed from Debian where it is not there and apt can."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-q", "nginx-light"],  # noqa: S607
                       check=False, capture_output=True)  # fmt: skip
        found = shutil.which("nginx", path="/usr/sbin")
    if found is None:
        sys.exit(NO_NGINX)
    return found


def site_file(nodes: list[str], port: int, certificate: Path, page: Path) -> str:
    """`docs/deploy/nginx.conf` with the addresses of a trial; all else as it stands there."""
    text = (PAPERS / "nginx.conf").read_text(encoding="utf-8")
    one = "    server 127.0.0.1:8000 max_fails=1 fail_timeout=5s;\n"
    letsencrypt = f"/etc/letsencrypt/live/{NAME}/"
    exchanged = {
        one: "".join(one.replace("127.0.0.1:8000", node) for node in nodes),
        "listen 443": f"listen 127.0.0.1:{port}",
        "listen 80": f"listen 127.0.0.1:{free_port()}",
        "    listen [::]:443 ssl http2;\n": "",
        "    listen [::]:80;\n": "",
        f"{letsencrypt}fullchain.pem": str(certificate),
        f"{letsencrypt}privkey.pem": str(certificate.with_suffix(".key")),
        "/usr/share/energymed": str(page),
    }
    for written, meant in exchanged.items():
        if written not in text:
            sys.exit(f"docs/deploy/nginx.conf has no longer {written!r}")
        text = text.replace(written, meant)
    return text


@contextmanager
def nginx(folder: Path, nodes: list[str]) -> Iterator[int]:
    """nginx with TLS in front of the nodes; gives its port."""
    program, port = find_nginx(), free_port()
    folder.mkdir(mode=0o755)
    certificate = _certificate(folder)
    (folder / "site.conf").write_text(site_file(nodes, port, certificate, PAPERS), "utf-8")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    bodies = "".join(f"  {kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        "events { worker_connections 1024; }\n"
        f"http {{\n  access_log off;\n{bodies}  include {folder}/site.conf;\n}}\n",
        encoding="utf-8",
    )
    command = [program, "-p", str(folder), "-c", str(main)]
    checked = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    if checked.returncode:
        sys.exit(f"nginx refuses docs/deploy/nginx.conf: {checked.stderr}")
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        until(lambda: _listens(port), "nginx did not come up")
        yield port
    finally:
        process.terminate()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _certificate(folder: Path) -> Path:
    """A certificate for the trial, signed by itself, with its key beside it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "trial.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    path.with_suffix(".key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path
