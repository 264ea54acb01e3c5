"""The unit tests of the scripts (`tests/js`), which `make test-js` runs where there is node."""

from playwright.sync_api import Page, Route

from tests.guards.source import ROOT

ADDRESS = "http://127.0.0.1:9"
RUN = """async (files) => {
  for (const file of files) await import(file);
  const { results } = await import("/tests/js/harness.js");
  return Promise.all(results);
}"""


def give(route: Route) -> None:
    """The script of that path; anything else is an empty page."""
    path = ROOT / route.request.url.removeprefix(f"{ADDRESS}/")
    if path.suffix == ".js":
        route.fulfill(path=path, content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>Essais</title>", content_type="text/html")


def test_scripts_do_what_their_tests_say(page: Page) -> None:
    page.route("**/*", give)
    page.goto(ADDRESS)
    files = [f"/tests/js/{path.name}" for path in sorted((ROOT / "tests/js").glob("*.test.js"))]
    results = page.evaluate(RUN, files)
    assert len(results) > len(files) > 0
    assert [problem for problem in results if problem] == []
