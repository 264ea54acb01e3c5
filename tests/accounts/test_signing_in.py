"""What the libraries of the sign-in ask of an account, against the classes that they bring."""

import re
from inspect import getsource, signature
from pathlib import Path

import flask_login
import flask_security
import pytest
from flask import Flask
from flask_security import UserMixin, WebAuthnMixin
from sqlalchemy.orm import Session

from energymed.accounts.codes import Role
from energymed.accounts.models import Passkey, User
from tests import factories

# of sign-ins that are off: by a token, a code in a message, roles that are rows
LEFT_OUT = {
    "get_auth_token", "augment_auth_token", "verify_auth_token", "augment_refresh_token",
    "us_send_security_token", "tf_send_security_token", "has_role", "has_permission",
}  # fmt: skip


def _names(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def test_an_account_has_all_that_theirs_has_but_for_ways_that_are_off(app: Flask) -> None:
    assert _names(UserMixin) - LEFT_OUT <= _names(User)
    assert _names(WebAuthnMixin) <= _names(Passkey)
    assert not _names(User) & LEFT_OUT
    off = ("UNIFIED_SIGNIN", "OAUTH_ENABLE", "RECOVERABLE", "PASSWORDLESS", "USERNAME_ENABLE")
    assert [name for name in off if app.config[f"SECURITY_{name}"]] == []
    assert app.config["SECURITY_TWO_FACTOR_ENABLED_METHODS"] == ["authenticator"]


def test_the_libraries_call_nothing_on_an_account_that_it_has_not() -> None:
    called = set()
    for library in (flask_login, flask_security):
        for path in Path(library.__file__).parent.glob("*.py"):
            code = path.read_text()
            called |= set(re.findall(r"\b(?:user|current_user)\.([a-z]\w+)\(", code))
    called -= LEFT_OUT | {"append", "add", "connect", "set", "tf_validity"}
    assert {"is_locked", "calc_username", "check_tf_required"} <= called
    assert called - _names(User) == set()


@pytest.mark.parametrize(
    "name",
    sorted(name for name in _names(UserMixin) - LEFT_OUT if callable(getattr(UserMixin, name))),
)
def test_it_is_called_as_theirs(name: str) -> None:
    ours, theirs = (list(signature(getattr(kind, name)).parameters) for kind in (User, UserMixin))
    assert ours == theirs or ours[-1] == "asked"


def test_it_answers_as_theirs(app: Flask, session: Session) -> None:
    user = factories.make_user(session, Role.MEDIATOR)
    with app.test_request_context():
        for name in ("is_active", "is_authenticated", "is_anonymous"):
            for active in (True, False):
                user.active = active
                assert getattr(user, name) == getattr(UserMixin, name).fget(user), name
        for name in ("get_id", "calc_username", "get_security_payload", "is_locked"):
            assert getattr(user, name)() == getattr(UserMixin, name)(user), name
        assert user.check_tf_required_setup() == UserMixin.check_tf_required_setup(user)
        for methods in ([], [("authenticator", "Code")]):
            theirs = UserMixin.check_tf_required(user, methods, False)
            assert user.check_tf_required(methods, False) == theirs


def test_no_address_that_one_is_led_to_names_the_person(app: Flask, session: Session) -> None:
    user = factories.make_user(session, Role.MEDIATOR)
    assert user.get_redirect_qparams({"next": "/queue"}) == {"next": "/queue"}
    assert user.get_redirect_qparams() == {}
    assert "email" in getsource(UserMixin.get_redirect_qparams)
