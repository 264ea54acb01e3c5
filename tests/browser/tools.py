"""What browser tests hold in their hands: the live server, the watch, the keyboard, axe."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page, Request

from tests.printed_pages import oddities

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# What htmx says of a request that the next one overtook (hx-sync="this:replace"): no mistake.
OVERTAKEN = ("htmx:afterRequest", "htmx:sendAbort")
FOCUS = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return {name: "", visible: true};
  const labels = e.labels ? [...e.labels].map(l => l.textContent) : [];
  const by = (e.getAttribute("aria-labelledby") || "").split(/\\s+/).filter(Boolean)
    .map(id => document.getElementById(id)?.textContent || "");
  const names = [e.getAttribute("aria-label"), ...by, ...labels, e.textContent, e.title, e.alt];
  const found = names.map(n => (n || "").replace(/\\s+/g, " ").trim()).find(Boolean) || "";
  const style = getComputedStyle(e);
  const ring = style.outlineStyle !== "none" || style.boxShadow !== "none";
  return {name: found, visible: ring};
}"""


@dataclass(frozen=True, slots=True)
class LiveServer:
    """The demo being served: its address, its folder, and a login per person."""

    url: str
    instance: Path
    logins: list[dict[str, str]]

    def login(self, role: str, number: int = 0) -> dict[str, str]:
        """The login of the `number`th person of that role."""
        return [login for login in self.logins if login["role"] == role][number]

    def sign_in(self, page: Page, role: str, number: int = 0) -> None:
        """Sign in by the form and wait for the first page."""
        login = self.login(role, number)
        page.goto(f"{self.url}/login")
        page.get_by_label("E-mail").fill(login["email"])
        page.get_by_label("Mot de passe").fill(login["password"])
        page.get_by_role("button", name="Se connecter").click()
        page.wait_for_url(lambda address: "/login" not in address)


@dataclass(frozen=True, slots=True)
class Stand:
    """The process that makes servers (`stand` of tests/browser/server.py), one at a time."""

    orders: TextIO
    answers: TextIO

    def start(self, instance: Path, log: Path) -> dict[str, str]:
        """Serve a folder; the address, and the code of the set-up. Empty when it failed."""
        self._order(json.dumps({"instance": str(instance), "log": str(log)}))
        found: dict[str, str] = json.loads(self.answers.readline())
        return found

    def stop(self) -> None:
        """Stop that server, and wait until it is gone."""
        self._order("")
        assert self.answers.readline() == "{}\n"

    def _order(self, line: str) -> None:
        self.orders.write(f"{line}\n")
        self.orders.flush()


@dataclass  # no slots: playwright hangs its wrappers on the object
class Watch:
    """What went wrong in the pages of a test without anybody looking: it fails the test.

    Console errors (refusals by the content security policy come that way), exceptions of
    scripts, and requests to anywhere but the live server.
    """

    problems: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Start to watch a page."""
        self.pages.append(page)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("request", self._request)

    def expect(self, pattern: str) -> None:
        """Take off the list what the test provoked, such as the console's line for a 404."""
        left = [problem for problem in self.problems if not re.search(pattern, problem)]
        assert len(left) < len(self.problems), f"nothing like {pattern!r} in {self.problems}"
        self.problems[:] = left

    def leave(self) -> None:
        """Close the pages: what they still load when the server stops is nobody's mistake."""
        for page in self.pages:
            page.close()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and message.text not in OVERTAKEN:
            where = message.location.get("url", "")
            self.problems.append(f"console: {message.text} ({where})")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        here = address.hostname in ("127.0.0.1", "localhost")
        if address.scheme in ("http", "https", "ws", "wss") and not here:
            self.problems.append(f"request to the outside: {request.url}")


@dataclass(frozen=True, slots=True)
class Keyboard:
    """A person without a mouse."""

    page: Page

    def reach(self, name: str, most: int = 120, key: str = "Tab") -> None:
        """Press Tab until the element of that name has the focus, seen all the way."""
        passed: list[str] = []
        for _ in range(most):
            self.page.keyboard.press(key)
            focus: dict[str, Any] = self.page.evaluate(FOCUS)
            assert focus["visible"], f"the focus on {focus['name']!r} cannot be seen"
            if name in focus["name"]:
                return
            passed.append(focus["name"])
        raise AssertionError(f"{name!r} is out of reach; passed {passed}")

    def press(self, *keys: str) -> None:
        """Press keys one after the other: "Enter", "Space", "ArrowDown", "n"…"""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type where the focus is."""
        self.page.keyboard.type(text)

    def fill(self, name: str, text: str) -> None:
        """Go to a field and replace what is in it."""
        self.reach(name)
        self.press("ControlOrMeta+a")
        self.type(text)

    def activate(self, name: str) -> None:
        """Go to a button or link and press Enter."""
        self.reach(name)
        self.press("Enter")


def guide_step(page: Page, title: str) -> None:
    """Go to a step of the guide: the part of the form that it is about comes into sight."""
    page.locator("[data-step] button").filter(has_text=title).click()


def unfold_plan(page: Page) -> None:
    """The other terms of a plan: first payment, size of each, first day, means of payment."""
    page.get_by_text("Premier versement, montant de chacune").click()


BARS = """position => {
  for (const bar of document.querySelectorAll(".desk-actions")) bar.style.position = position;
}"""


def check_accessibility(page: Page) -> None:
    """Fail with a readable list when axe finds a violation (WCAG 2.2 AA and good practice).

    Text can be read before its style sheet has come; what axe measures then is not the page. Nor
    is what has half scrolled beneath a bar that stays in sight: the bars lie still meanwhile.
    """
    page.wait_for_load_state("load")
    page.evaluate(BARS, "static")
    options = {"runOnly": {"type": "tag", "values": list(RULES)}, "resultTypes": ["violations"]}
    answer: Mapping[str, Any] = Axe().run(page, options=options).response
    page.evaluate(BARS, "")
    found = [line for violation in answer["violations"] for line in describe(violation)]
    assert not found, f"axe on {page.url}:\n" + "\n".join(found)
    check_french(page)


def check_french(page: Page) -> None:
    """Fail when a French page shows a typed apostrophe, a code of ours or a machine's date."""
    if page.locator("html").get_attribute("lang") == "fr":
        odd = oddities(page.content())
        assert not odd, f"not as printed on {page.url}:\n" + "\n".join(odd)


def describe(violation: Mapping[str, Any]) -> list[str]:
    """A violation in lines: the rule, then each element with what to mend."""
    lines = [f"{violation['id']} ({violation['impact']}): {violation['help']}"]
    for node in violation["nodes"]:
        summary = " / ".join(node.get("failureSummary", "").split("\n")[1:])
        lines.append(f"    {node['html'][:160]}\n        {summary.strip()}")
    return lines


def choose_password(page: Page, current: str, new: str) -> None:
    """Fill the page on which a password of one's own is chosen."""
    page.get_by_label("Mot de passe actuel").fill(current)
    page.get_by_label("Nouveau mot de passe", exact=True).fill(new)
    page.get_by_label("Le nouveau, encore une fois").fill(new)
    page.get_by_role("button", name="Changer le mot de passe").click()
    page.wait_for_url(lambda address: "/change" not in address)
