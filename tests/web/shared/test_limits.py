"""Where requests are counted: in the process, or in one Redis; and while that is away."""

import pytest
from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import parse

from energymed.base.errors import BadInput
from energymed.web.shared import extensions
from energymed.web.shared.extensions import is_within, limits_config, register_limits

CLOSED = "redis://127.0.0.1:1/0"  # nobody listens on port 1


@pytest.fixture
def limiter(monkeypatch: pytest.MonkeyPatch) -> Limiter:
    """A limiter of its own: what an address sets would stay with that of the house."""
    own = Limiter(get_remote_address)
    monkeypatch.setattr(extensions, "limiter", own)
    return own


def limited(limiter: Limiter, url: str) -> Flask:
    """An app with one page, two times a minute."""
    app = Flask(__name__)
    app.config.update(limits_config(url))
    register_limits(app)
    app.add_url_rule("/", view_func=limiter.limit("2 per minute")(lambda: "page"))
    return app


@pytest.mark.parametrize("url", ["", CLOSED], ids=["none named", "away"])
def test_each_process_counts_for_itself_without_a_redis_and_while_it_is_away(
    limiter: Limiter, url: str
) -> None:
    client = limited(limiter, url).test_client()
    assert [client.get("/").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(("url", "third"), [("", False), (CLOSED, True)])
def test_what_bounds_the_trail_alone_lets_pass_while_it_is_away(
    limiter: Limiter, url: str, third: bool
) -> None:
    limited(limiter, url)
    twice = parse("2 per minute")
    assert [is_within(twice, "a", "b") for _ in range(3)] == [True, True, third]


@pytest.mark.parametrize("url", ["nonsense://here", "127.0.0.1:6379", "redis"])
def test_an_address_that_names_no_counter_is_refused_in_a_sentence(
    limiter: Limiter, url: str
) -> None:
    with pytest.raises(BadInput, match="limits_url ne convient pas"):
        limited(limiter, url)
