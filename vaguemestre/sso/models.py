"""What an account opens elsewhere: applications, who sees them, and what was given to them in somebody's name."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication

from vaguemestre.accounts.models import Account, AppPassword
from vaguemestre.sso import loopback_redirect
from vaguemestre.sso.arena_models import Delegation, Favourite, Opening, QuickLink
from vaguemestre.sso.logout_models import Farewell, ServiceTicket

__all__ = [
    "AccessToken",
    "Application",
    "ApplicationSession",
    "Audience",
    "Code",
    "Consent",
    "Delegation",
    "Farewell",
    "Favourite",
    "Opening",
    "ProgramToken",
    "Protocol",
    "QuickLink",
    "RefreshToken",
    "ServiceTicket",
    "Subject",
]


class Protocol(models.TextChoices):
    """How an application learns who comes; a link learns nothing, and a mail program only opens the mailbox."""

    OIDC = "oidc", _("OpenID Connect")
    CAS = "cas", _("CAS")
    LINK = "link", _("plain link")
    MAIL = "mail", _("mail program")


class Application(AbstractApplication):
    """The library's client, and what the portal says of it. The secret is hashed when the row is saved."""

    # Of the library, and never asked here: nobody owns a client, every ID token is signed with our own key, no origin
    # may read an answer from a script, no client registers itself, every secret is hashed.
    user = None
    skip_authorization = None  # type: ignore[assignment]  # takes the field away
    algorithm = None  # type: ignore[assignment]  # the same
    allowed_origins = None  # type: ignore[assignment]  # the same
    hash_client_secret = True
    registration_source = None  # type: ignore[assignment]  # the same
    cimd_expires_at = None

    slug = models.SlugField(max_length=40, unique=True)
    domain = models.CharField(max_length=40)  # key of a heading of ARENA (academy.toml)
    summary = models.CharField(max_length=200)  # what it does, in clear words
    home = models.CharField(max_length=500)  # the address opened; begins with / when it is one of ours
    protocol = models.CharField(max_length=4, choices=Protocol, default=Protocol.OIDC)
    own = models.BooleanField(default=False)  # of the authority: consent is not asked
    delegable = models.BooleanField(default=False)
    needs_key = models.BooleanField(default=False)  # only a session opened with two factors goes in
    shut_reason = models.CharField(max_length=200, default="", blank=True)  # maintenance; empty: open
    shut_until = models.DateTimeField(null=True, blank=True)
    scopes = models.JSONField(default=list, blank=True)  # what it may ask, beside `openid`
    backchannel_logout_uri = models.CharField(max_length=500, default="", blank=True)
    cas_services = models.JSONField(default=list, blank=True)  # exact addresses, or with one final /*
    active = models.BooleanField(default=True)

    def redirect_uri_allowed(self, uri: str) -> bool:
        """Letter by letter: no prefix, no other port, no case forgiven. A mail program listens on its own machine, at
        whatever port is free there."""
        return loopback_redirect.is_loopback_redirect(uri) if self.for_mail else uri in self.redirect_uris.split()

    def post_logout_redirect_uri_allowed(self, uri: str) -> bool:
        return uri in self.post_logout_redirect_uris.split()

    def is_usable(self, _request: object) -> bool:
        return self.active and self.protocol in {Protocol.OIDC, Protocol.MAIL}

    @property
    def for_mail(self) -> bool:
        return self.protocol == Protocol.MAIL

    def is_shut(self, now: datetime) -> bool:
        """For maintenance; an end that was given opens it again by itself."""
        return bool(self.shut_reason) and (self.shut_until is None or now < self.shut_until)


class Audience(models.Model):
    """Who sees an application: a row fits a person when each of its columns that says something does.

    No row: nobody. A row that says nothing: everybody.
    """

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="audiences")
    category = models.CharField(max_length=10, null=True, blank=True)
    function = models.CharField(max_length=10, null=True, blank=True)
    department = models.CharField(max_length=3, null=True, blank=True)
    uai = models.CharField(max_length=8, null=True, blank=True)

    def __str__(self) -> str:
        said = [word for word in (self.category, self.function, self.department, self.uai) if word]
        return " ".join(said) or "*"


class Subject(models.Model):
    """What applications call somebody: made once, at random, and never given again."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="subject")
    value = models.UUIDField(default=uuid.uuid4, unique=True)

    def __str__(self) -> str:
        return str(self.value)


class ApplicationSession(models.Model):
    """An application in which somebody's session was opened, until it is told that the session has ended.

    `session` is the primary key of `accounts.models.Session`, without a foreign key: that row is deleted when it ends.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="visits")
    session = models.CharField(max_length=64, db_index=True)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="visits")
    sid = models.UUIDField(default=uuid.uuid4, unique=True)
    protocol = models.CharField(max_length=4, choices=Protocol)
    ticket = models.CharField(max_length=128, default="", blank=True)  # CAS: what single logout names
    opened_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, db_index=True)

    class Meta:
        db_table = "sso_visit"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "application", "protocol", "ticket"],
                condition=models.Q(ended_at=None),
                name="one_open_visit",
            )
        ]

    def __str__(self) -> str:
        return str(self.sid)


class Consent(models.Model):
    """What somebody has let an application read; asked again when it wants more."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="consents")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="consents")
    scopes = models.JSONField(default=list)
    given_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "application"], name="one_consent_an_application")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.application_id}"


class Code(models.Model):
    """An authorisation code: its hash. Used once; the second time undoes what came of the first."""

    digest = models.CharField(primary_key=True, max_length=64)
    visit = models.ForeignKey(ApplicationSession, on_delete=models.CASCADE, related_name="codes")
    family = models.UUIDField(default=uuid.uuid4)  # of every token that comes of it
    redirect_uri = models.TextField()
    scope = models.CharField(max_length=500)
    challenge = models.CharField(max_length=128)
    nonce = models.CharField(max_length=500, default="", blank=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
    program = models.CharField(max_length=60, default="", blank=True)  # a mail program's name, from its owner

    def __str__(self) -> str:
        return str(self.family)


class AccessToken(models.Model):
    """Opens `userinfo` for some minutes. Only its hash is kept."""

    digest = models.CharField(primary_key=True, max_length=64)
    visit = models.ForeignKey(ApplicationSession, on_delete=models.CASCADE, related_name="access_tokens")
    family = models.UUIDField(db_index=True)
    scope = models.CharField(max_length=500)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.family)


class RefreshToken(models.Model):
    """Changed at each use, and kept afterwards: the same one shown again tells of a theft, and ends its family."""

    digest = models.CharField(primary_key=True, max_length=64)
    visit = models.ForeignKey(ApplicationSession, on_delete=models.CASCADE, related_name="refresh_tokens")
    family = models.UUIDField(db_index=True)
    scope = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.family)


class ProgramToken(models.Model):
    """A mail program's refresh token. It stands on the program's row and on no session; else as `RefreshToken`."""

    digest = models.CharField(primary_key=True, max_length=64)
    program = models.ForeignKey(AppPassword, on_delete=models.CASCADE, related_name="program_tokens")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="program_tokens")
    family = models.UUIDField(db_index=True)  # of the code that it all came of
    scope = models.CharField(max_length=500)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.family)
