"""One POST to a machine outside: what is sent, what is read, and where it never goes."""

import pytest

from energymed.base.http_client import LONGEST_ANSWER, NotTaken, RemoteService
from tests.messages.peers import sms_peer


def test_an_answer_is_read_no_further_than_its_bound() -> None:
    with sms_peer(body=b"x" * 4 * LONGEST_ANSWER) as peer:
        assert len(RemoteService(peer.url).post({"to": "1"}, "key")) == LONGEST_ANSWER


def test_an_answer_is_asked_for_as_it_is_and_empty_values_stay_here() -> None:
    with sms_peer() as peer:
        RemoteService(peer.url, names={"b": ""}).post({"a": "é", "b": "2", "c": ""}, "key")
    assert peer.received == [{"a": "é"}]
    assert peer.seen[0]["Accept-Encoding"] == "identity"
    assert "Authorization" not in peer.seen[0]


def test_no_proxy_stands_between_this_machine_and_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    with sms_peer() as proxy, sms_peer() as peer:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        RemoteService(peer.url).post({"to": "1"}, "key")
    assert (len(proxy.received), len(peer.received)) == (0, 1)


@pytest.mark.parametrize("url", ["https://127.0.0.1:99999/", "https://exa mple"])
def test_an_address_that_is_none_is_unreachable(url: str) -> None:
    with pytest.raises(NotTaken) as error:
        RemoteService(url).post({"to": "1"}, "key")
    assert error.value.code == "unreachable"
