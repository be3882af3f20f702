"""All settings. They load without a data folder and without secrets (linters, translations); then nothing is stored."""

import secrets
from pathlib import Path
from typing import Any

from django.utils.csp import CSP

from vaguemestre.instance import COURIER_ADDRESS, own_door, read_instance
from vaguemestre.web.monitoring.log_format import logging_configuration

INSTANCE = read_instance()
BASE_DIR = Path(__file__).resolve().parent.parent
DATA = INSTANCE.data
SECRETS_DIR = DATA / "secrets" if DATA else None


def _secret(name: str) -> str:
    """A secret made at the first run. With a data folder a missing file stops everything, and says which."""
    if SECRETS_DIR is None:
        return secrets.token_urlsafe(50)
    try:
        return (SECRETS_DIR / name).read_text().strip()
    except OSError as error:
        raise SystemExit(
            f"{SECRETS_DIR / name}: {error.strerror}. Start with bin/run, or restore the secrets."
        ) from error


def _database() -> dict[str, Any]:
    if INSTANCE.database:
        from psycopg.conninfo import conninfo_to_dict  # 8 MB of each program, for nothing where SQLite serves

        parts = conninfo_to_dict(INSTANCE.database)
        return {
            "ENGINE": "vaguemestre.web.postgresql",
            "NAME": parts.get("dbname"), "USER": parts.get("user", ""), "PASSWORD": parts.get("password", ""),
            "HOST": parts.get("host", ""), "PORT": parts.get("port", ""),
            "CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True,
        }  # fmt: skip
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "db" / "vaguemestre.sqlite3" if DATA else ":memory:",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # IMMEDIATE: a transaction that will write takes its turn at once instead of failing half-way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        "TEST": {"NAME": DATA / "db" / "test.sqlite3" if DATA else None},
    }


def _sms() -> dict[str, Any] | None:
    """The gateway of text messages. Its secret is read by the process that sends, when it sends; here only missed."""
    if INSTANCE.sms is None:
        return None
    secret = SECRETS_DIR / "sms.key" if SECRETS_DIR and INSTANCE.sms.secret_field else None
    if secret and not secret.is_file():
        raise SystemExit(f"{secret}: missing. The gateway of [sms] in instance.toml wants a secret: put it there.")
    return {**INSTANCE.sms.model_dump(), "secret": secret}


SECRET_KEY = _secret("django.key")
DEBUG = False
ALLOWED_HOSTS = [INSTANCE.host] + (["127.0.0.1", "testserver"] if INSTANCE.mode == "test" else [])
ORIGIN = INSTANCE.origin
CSRF_TRUSTED_ORIGINS = [ORIGIN]
TRUSTED_PROXIES = INSTANCE.trusted_proxies
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ROOT_URLCONF = "vaguemestre.urls"
WSGI_APPLICATION = "vaguemestre.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.staticfiles",
    "django_tasks_db",
    "oauth2_provider",
    *(
        f"vaguemestre.{room}"
        for room in (
            "academy", "audit", "web", "clock", "mailbox", "courier", "maintenance", "people", "accounts",
            "shared_mailboxes", "lists", "letters", "engine", "contacts", "sso", "handouts", "arrivals", "backup",
            "portal", "webmail", "directory", "helpdesk", "exports", "moving", "clients", "career", "withdrawals",
            "operations", "circulars",
        )
    ),
]  # fmt: skip

MIDDLEWARE = [
    "vaguemestre.web.middleware.tracing",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "vaguemestre.web.middleware.caching",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "vaguemestre.accounts.middleware.session",
    "vaguemestre.web.middleware.language",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "vaguemestre.maintenance.middleware.closing",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.csrf",
                "django.template.context_processors.request",
                "vaguemestre.web.context.page",
                "vaguemestre.maintenance.context.maintenance",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "vaguemestre.web.templatetags.web",
                "vaguemestre.web.templatetags.placed_urls",
            ],
        },
    }
]

DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# OpenID Connect. Of the library only the machinery serves: its users are our accounts, and none of its tables is made,
# for every name that may be exchanged leads to one of ours.
AUTH_USER_MODEL = "accounts.Account"
MIGRATION_MODULES = {"oauth2_provider": None}
OAUTH2_PROVIDER_APPLICATION_MODEL = "sso.Application"
OAUTH2_PROVIDER_GRANT_MODEL = OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "sso.Code"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = OAUTH2_PROVIDER_ID_TOKEN_MODEL = "sso.AccessToken"  # noqa: S105 - a table's name
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "sso.RefreshToken"  # noqa: S105 - the same
OAUTH2_PROVIDER = {"CLIENT_SECRET_HASHER": "random_sha256"}
PASSWORD_HASHERS = ["vaguemestre.sso.secret_hash.RandomSecretHasher"]  # for these secrets alone

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("en", "English")]
LOCALE_PATHS: list[Path] = []  # each room carries its own translations
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "build" / "assets"]
STATIC_ROOT = BASE_DIR / "build" / "static"
STORAGES = {"staticfiles": {"BACKEND": "vaguemestre.web.storage.HashedStaticFilesStorage"}}

CSRF_COOKIE_NAME = "__Host-csrf"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "vaguemestre.accounts.screens.sessions.views.csrf_failure.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if INSTANCE.mode == "production" else 0
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "media-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # a page of 50 rows with its boxes, or a list of 2,000 recipients
DATA_UPLOAD_MAX_NUMBER_FILES = 500  # letters saved one by one, brought into a mailbox together
FILE_UPLOAD_TEMP_DIR = DATA / "tmp" if DATA else None

ACADEMY_FILE = BASE_DIR / "academy.toml"
CHARTER_FILE = BASE_DIR / "charter.md"
DEMO = INSTANCE.mode == "demo"
EXAMPLES = INSTANCE.mode != "production"  # a page of ours in place of each application of the demo
HOME_TILES = {"iprof": "career:next-step-tile"}  # doors of the home page: application, address of its sentence
# Cookies, and their paths, that a browser would show to the next person who signs in, or keep for nothing.
FORGOTTEN_AT_SIGN_OUT = {"__Host-toast": "/", "__Host-vues": "/", "__Secure-iprof": "/iprof/"}
# What makes the list of all programs, for whoever asks whether each answers (engine.program_state).
PROGRAMS = "vaguemestre.launcher.processes.programs.programs"
MAIL: dict[str, Any] = {
    "name": INSTANCE.host if "." in INSTANCE.host else None,  # what our mail servers call themselves
    "address": own_door(INSTANCE.listen),  # where these programs find the ports below; the host is who answers there
    "imaps": (INSTANCE.host, INSTANCE.ports.imaps),
    "mailboxes": DATA / "run" / "dovecot" / "imap-web" if DATA else None,  # the webmail's own way to Dovecot
    "smtps": (INSTANCE.host, INSTANCE.ports.smtps),
    "sieve": ("127.0.0.1", INSTANCE.ports.sieve),
    "ca": DATA / "tls" / "ca.pem" if DATA else None,
    "cleaner": DATA / "run" / "cleaner" / "socket" if DATA else None,
    "conversions": DATA / "conversions" if DATA else None,
    "exchanges": DATA / "exchanges" if DATA else None,
    "outbox": DATA / "outbox" if DATA else None,
    "presence": DATA / "run" / "presence" if DATA else None,
    "handouts": DATA / "handouts" if DATA else None,
    "fetched": DATA / "run" / "files" / "fetched" if DATA else None,
    "undo_seconds": INSTANCE.undo_seconds,
    "spool": DATA / "spool" if DATA else None,
}
# What the service shows of itself: a profile for phones is signed with it.
TLS: dict[str, Any] = {
    "certificate": DATA / "tls" / "server.pem" if DATA else None,
    "alt_certificate": DATA / "tls" / "server-alt.pem" if DATA else None,  # of the other kind, where there is one
    "key": DATA / "tls" / "server.key" if DATA else None,
}
# What is fetched from strangers' servers: read by `webmail.trust.fetch_policy` (because a mail says so) and
# `moving.connection`.
OUTSIDE: dict[str, Any] = {
    "images": INSTANCE.remote_images,
    "refused": INSTANCE.refused_networks,
    "permitted": INSTANCE.permitted_address or "",
}
# Applications are told that a session has ended. A demo tells nobody but this machine.
APPLICATIONS: dict[str, Any] = {
    "ca": DATA / "tls" / "ca.pem" if DATA else None,  # trusted beside the system's own
    "inside_only": INSTANCE.mode != "production",
}
# I-Prof, which signs in as any client of the provider does (career.provider).
CAREER: dict[str, Any] = {
    "issuer": ORIGIN,
    "client_id": "iprof",
    "secret": SECRETS_DIR / "client-iprof.key" if SECRETS_DIR else None,
    "scope": "openid profile",
    "ca": DATA / "tls" / "ca.pem" if DATA else None,
    "files": DATA / "career" if DATA else None,
}
EVENTS_DOOR = ("127.0.0.1", INSTANCE.ports.events)  # where the web says that streams must end
SMS: Any = _sms()  # None: nobody is sent a text message
BACKUP: dict[str, Any] | None = INSTANCE.backup.model_dump() if INSTANCE.backup else None
COURIER: dict[str, Any] = {
    "door": ("127.0.0.1", INSTANCE.ports.reinject),
    "address": COURIER_ADDRESS,
    "sink": DATA / "sink" if DATA and INSTANCE.mode != "production" else None,
}

LOGGING = logging_configuration(INSTANCE.log_format)
