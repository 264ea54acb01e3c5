"""A real browser before the real application.

Every test below this folder is marked `browser` and runs apart (`make test-browser`). Without a
browser they fail: nothing is skipped.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.tools import Keyboard, LiveServer, Stand, Watch, check_accessibility
from tests.guards.source import ROOT

HERE = Path(__file__).parent
ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
]
expect.set_options(timeout=15_000)  # a slow day is no mistake of a page
DESK = {"width": 1280, "height": 720}
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser: Debian's when installed, otherwise the one playwright downloaded."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Looks over every page of the test; what it saw fails the test at its end."""
    watch = Watch()
    yield watch
    assert watch.problems == []


@pytest.fixture
def open_page(chromium: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Opens a page for one more person: `open_page()`, `open_page(viewport=…, locale=…)`."""
    contexts = []

    def make(**options: Any) -> Page:
        settings = {
            "viewport": DESK,
            "locale": "fr-FR",
            "timezone_id": "Europe/Paris",
            "reduced_motion": "reduce",
            **options,
        }
        context = chromium.new_context(**settings)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        watch.over(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page on a desk, 1280×720."""
    return open_page()


@pytest.fixture
def phone_page(open_page: Callable[..., Page]) -> Page:
    """A page on a phone, 390×844, with fingers."""
    return open_page(viewport=PHONE, has_touch=True, is_mobile=True)


@pytest.fixture
def keyboard(page: Page) -> Keyboard:
    """The keyboard before `page`."""
    return Keyboard(page)


@pytest.fixture
def axe() -> Callable[[Page], None]:
    """`axe(page)` fails when the page shuts somebody out."""
    return check_accessibility


def command(step: str, instance: Path) -> tuple[list[str], dict[str, str]]:
    """How to run a step of `tests/browser/server.py` on an instance folder."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("ENERGYMED_")}
    return (
        [sys.executable, "-m", "tests.browser.server", step],
        {
            **inherited,
            "ENERGYMED_INSTANCE": str(instance),
            "ENERGYMED_LOG_LEVEL": "WARNING",
            "ENERGYMED_CLOCK_SHIFT_S": "0",
        },
    )


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, str]]]:
    """The demo's data, made once: the instance folder, never served itself, and the logins."""
    instance = tmp_path_factory.mktemp("demo") / "instance"
    arguments, environment = command("prepare", instance)
    done = subprocess.run(arguments, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"the demo could not be prepared:\n{done.stderr}"
    return instance, json.loads(done.stdout)["logins"]


@pytest.fixture(scope="session")
def stand(
    demo: tuple[Path, list[dict[str, str]]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stand]:
    """What makes a server of a folder in a moment: everything is loaded once for this process."""
    instance = tmp_path_factory.mktemp("stand") / "instance"
    shutil.copytree(demo[0], instance)
    arguments, environment = command("stand", instance)
    with subprocess.Popen(
        arguments, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        yield Stand(process.stdin, process.stdout)
        process.stdin.close()
        process.wait(timeout=60)


@pytest.fixture
def live_server(
    demo: tuple[Path, list[dict[str, str]]], stand: Stand, tmp_path: Path, watch: Watch
) -> Iterator[LiveServer]:
    """The application on a copy of the demo's data, in a process that is this test's alone."""
    instance, log = tmp_path / "instance", tmp_path / "server.log"
    shutil.copytree(demo[0], instance)
    log.touch()
    told = stand.start(instance, log)
    try:
        assert told, f"the server did not start:\n{log.read_text(encoding='utf-8')}"
        yield LiveServer(told["url"], instance, demo[1])
    finally:
        watch.leave()
        stand.stop()
    sys.stdout.write(log.read_text(encoding="utf-8"))  # shown beside a failure
