"""Which gateways an installation has, from its settings."""

from pathlib import Path

import pytest

from energymed.config import Settings, load_settings
from energymed.messages.http_gateway import HttpSms
from energymed.messages.sending import gateway_problem, gateways
from energymed.messages.smtp_gateway import Smtp


def loaded(tmp_path: Path, **given: str) -> Settings:
    named = {f"ENERGYMED_{name.upper()}": value for name, value in given.items()}
    return load_settings({"ENERGYMED_INSTANCE": str(tmp_path), **named})


def test_nothing_is_set_at_first(tmp_path: Path) -> None:
    assert gateways(loaded(tmp_path)) == {"sms": None, "email": None}


def test_gateways_from_the_environment(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        sms_url="https://sms.example.org/send",
        sms_token="t",
        sms_sender="PIMMS",
        sms_format="form",
        sms_fields="to=recipient, text=message,odd",
        smtp_url="smtps://u:p@mail.example.org",
        mail_from="appels@example.org",
    )
    found = gateways(settings)
    assert found["sms"] == HttpSms(
        "https://sms.example.org/send", "t", "PIMMS", form=True,
        fields={"to": "recipient", "text": "message"},
    )  # fmt: skip
    assert found["email"] == Smtp(
        "mail.example.org", 465, "appels@example.org", user="u", password="p", tls=True
    )
    assert "p@mail" not in repr(settings)


def test_the_settings_file_does_as_well(tmp_path: Path) -> None:
    text = 'smtp_url = "smtp://mail.example.org"\nmail_from = "appels@example.org"\n'
    (tmp_path / "energymed.toml").write_text(text, encoding="utf-8")
    found = gateways(loaded(tmp_path))["email"]
    assert found == Smtp("mail.example.org", 587, "appels@example.org")


@pytest.mark.parametrize(
    ("channel", "given"),
    [
        ("sms", {"sms_url": "http://sms.example.org"}),
        ("email", {"smtp_url": "smtp://mail.example.org"}),
        ("email", {"smtp_url": "mail.example.org", "mail_from": "a@example.org"}),
    ],
)
def test_what_cannot_be_used_is_told_and_sends_nothing(
    tmp_path: Path, channel: str, given: dict[str, str]
) -> None:
    settings = loaded(tmp_path, **given)
    assert gateways(settings)[channel] is None
    assert gateway_problem(settings, channel) is not None
