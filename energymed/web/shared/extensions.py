"""Flask extensions and their settings, in one place."""

from datetime import timedelta

from flask import Flask, Request, Response, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user
from flask_wtf import CSRFProtect
from limits import RateLimitItem
from limits.errors import ConfigurationError, StorageError
from werkzeug.middleware.proxy_fix import ProxyFix

from energymed.base.errors import BadInput
from energymed.base.i18n import N_
from energymed.config import ROOT, Settings
from energymed.intake.reading.file_safety import MAX_BYTES, MAX_MEGABYTES
from energymed.web.shared import demo_banner, filters, navigation, static_files

LOCALES = {"fr": "Français", "en": "English"}

NO_SESSION = ("bodies",)  # who comes there has no account: their browser keeps nothing of ours

babel = Babel()
bootstrap = Bootstrap5()
compress = Compress()
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, headers_enabled=True)


class SessionInterface(SecureCookieSessionInterface):
    """Marks the session cookie Secure on every request that came over TLS; pages alone renew it.

    A background answer that comes after the next page would put the former session back, and with
    it lose the word that a save is done.
    """

    def get_cookie_secure(self, app: Flask) -> bool:
        """True on TLS: a demo on plain 127.0.0.1 still works, a public site never leaks."""
        return request.is_secure

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing with a file of the pages: whoever keeps it between us must keep no session."""
        if request.endpoint != "static":
            super().save_session(app, session, response)

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """What changed is always sent."""
        page = request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        return session.modified or (page and super().should_set_cookie(app, session))


def flask_config(settings: Settings, *, secret_key: str) -> dict[str, object]:
    """Flask's own settings and those of the extensions, from ours."""
    return {
        "SECRET_KEY": secret_key,
        "TESTING": settings.environment == "test",
        "MAX_CONTENT_LENGTH": MAX_BYTES + 1024 * 1024,  # a file, and the form around it
        "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
        "SESSION_COOKIE_NAME": "energymed_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=10),
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": True,
        "BABEL_DEFAULT_LOCALE": "fr",
        "BABEL_DEFAULT_TIMEZONE": "Europe/Paris",
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "energymed" / "translations"),
        "BABEL_DOMAIN": "energymed",
        "BOOTSTRAP_SERVE_LOCAL": True,
        **limits_config(settings.limits_url),
        "COMPRESS_MIMETYPES": ["text/html", "text/css", "text/javascript", "application/json"],
    }


def limits_config(url: str) -> dict[str, object]:
    """Where requests are counted: in each process, or in one Redis for all of them.

    While that Redis is away, each process counts for itself. Failed sign-ins are rows and need none
    (`accounts.sign_in_tries`).
    """
    if not url:
        return {"RATELIMIT_STORAGE_URI": "memory://"}
    return {
        "RATELIMIT_STORAGE_URI": url,
        "RATELIMIT_STORAGE_OPTIONS": {"wrap_exceptions": True, "socket_connect_timeout": 1,
                                      "socket_timeout": 1},
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,
        "RATELIMIT_KEY_PREFIX": "energymed",
    }  # fmt: skip


def is_within(limit: RateLimitItem, *counted: str) -> bool:
    """Count one more; whether that is still within the limit. Yes while the counter is away."""
    try:
        return limiter.limiter.hit(limit, *counted)
    except StorageError:
        return True


def register_limits(app: Flask) -> None:
    """Attach the limits.

    Raises:
        BadInput: the setting names no counter that there is.
    """
    try:
        limiter.init_app(app)
    except ConfigurationError as error:
        raise BadInput(
            N_(
                "Le réglage limits_url ne convient pas : donnez une adresse redis://… "
                "et installez energymed[redis]."
            )
        ) from error


def register(app: Flask) -> None:
    """Attach every extension to the app."""
    settings: Settings = app.extensions["energymed"]
    app.session_interface = SessionInterface()
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    csrf.init_app(app)
    babel.init_app(app, locale_selector=choose_locale)
    bootstrap.init_app(app)
    compress.init_app(app)
    register_limits(app)
    for part in (demo_banner, filters, navigation, static_files):
        part.register(app)
    app.jinja_env.globals["upload_megabytes"] = MAX_MEGABYTES
    app.before_request(_keep_session)


def choose_locale() -> str:
    """The reader's language: the account's, else the visitor's choice, else French."""
    chosen = getattr(current_user, "locale", None) or session.get("locale")
    return chosen if chosen in LOCALES else "fr"


def _keep_session() -> None:
    if request.blueprint not in NO_SESSION and not session.permanent:
        session.permanent = True


def wants_json(incoming: Request) -> bool:
    """True for a script or background request that expects data instead of a page."""
    return incoming.accept_mimetypes.best == "application/json"
