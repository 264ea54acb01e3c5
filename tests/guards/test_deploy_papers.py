"""What `docs/deploy/` tells an operator is what the program has: settings, times, sizes, names."""

import ast
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from benchmarks.parts import site_file
from energymed.cli.server import STOP_WITHIN_S, serve
from energymed.config import Settings
from energymed.intake.reading.file_safety import MAX_BYTES
from energymed.web.watch.scrape import FORWARDED
from tests.guards.source import ROOT

pytestmark = pytest.mark.once
PAPERS = ROOT / "docs" / "deploy"
PAGES = sorted(PAPERS.glob("*.md"))
FORM = 1024 * 1024  # around a file
SUFFIXES = ("_bucket", "_total", "_count", "_sum", "")


def paper(name: str) -> str:
    return (PAPERS / name).read_text(encoding="utf-8")


def unit() -> dict[str, str]:
    lines = [line for line in paper("energymed.service").splitlines() if "=" in line[:40]]
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


def test_the_unit_waits_longer_than_the_workers_are_given() -> None:
    assert int(unit()["TimeoutStopSec"]) > STOP_WITHIN_S
    assert (unit()["Restart"], unit()["UMask"], unit()["KillMode"]) == ("always", "0077", "mixed")
    assert unit()["StateDirectoryMode"] == "0700"


def test_the_unit_starts_a_command_that_there_is() -> None:
    words = unit()["ExecStart"].split()
    assert words[0].endswith("/energymed")
    serve.make_context("serve", words[2:])
    assert unit()["Environment"].startswith("ENERGYMED_INSTANCE=/var/lib/")


@pytest.mark.parametrize(
    ("name", "size"),
    [("nginx.conf", r"client_max_body_size (\d+)m"), ("Caddyfile", r"max_size (\d+)MB")],
)
def test_a_proxy_lets_the_largest_file_through(name: str, size: str) -> None:
    found = re.search(size, paper(name))
    assert found is not None
    assert int(found[1]) * (1_000_000 if name == "Caddyfile" else 1024 * 1024) >= MAX_BYTES + FORM
    assert "X-Request-ID" in paper(name)


def test_behind_nginx_nobody_seems_to_come_from_this_machine() -> None:
    header = r"proxy_set_header (\S+) \$(?:remote_addr|scheme|host);"
    assert set(re.findall(header, paper("nginx.conf"))) - {"Host"} <= set(FORWARDED)
    assert "X-Forwarded-For" in re.findall(header, paper("nginx.conf"))


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_what_is_for_operators_is_not_for_visitors(name: str) -> None:
    closed = [
        line for line in paper(name).splitlines() if "404" in line or "@watchers path" in line
    ]
    for address in ("/metrics", "/readyz"):
        assert any(address in line for line in closed)


def test_the_trial_finds_its_places_in_the_file(tmp_path: Path) -> None:
    """Otherwise `benchmarks.two_nodes` would try something else than what is written."""
    text = site_file(["127.0.0.1:1", "127.0.0.1:2"], 3, tmp_path / "trial.pem", PAPERS)
    assert "server 127.0.0.1:2 max_fails=1" in text
    assert "letsencrypt" not in text


def test_settings_that_are_shown_are_settings() -> None:
    known = {field.name for field in fields(Settings)}
    shown = [
        name
        for page in PAGES
        for block in re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
        for name in tomllib.loads(block)
    ]
    assert len(shown) >= 6
    assert set(shown) <= known


def test_figures_that_are_named_are_told() -> None:
    sources = ("web/watch/measures.py", "web/watch/scrape.py", "operations/figures.py")
    told = {
        node.value
        for source in sources
        for node in ast.walk(ast.parse((ROOT / "energymed" / source).read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    named = {
        name
        for page in PAGES
        for name in re.findall(r"\benergymed_[a-z_]+\b", page.read_text(encoding="utf-8"))
    }
    assert len(named) >= 6
    strange = [
        name
        for name in named
        if not any(name.endswith(end) and name.removesuffix(end) in told for end in SUFFIXES)
    ]
    assert strange == []


def test_endpoints_that_are_named_are_there() -> None:
    blueprint = (ROOT / "energymed/web/mediator/blueprint.py").read_text(encoding="utf-8")
    code = (ROOT / "benchmarks" / "parts.py").read_text(encoding="utf-8")
    text = "".join([code, *(page.read_text(encoding="utf-8") for page in PAGES)])
    for name in re.findall(r'endpoint="mediator\.(\w+)"', text):
        assert f'"{name}"' in blueprint
