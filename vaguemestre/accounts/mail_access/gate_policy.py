"""What the gate asks for Dovecot and Postfix: may this sign-in be tried, and how it went.

The counters are those of the web. A signed token is let through, for nobody can guess one. The webmail's is no sign-in
of the person; that of a program which was let in on the portal is, and is told by the program's name.
A gate that cannot reach the database answers "allowed": the projected file refuses a blocked account all the same.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from vaguemestre.accounts.attempts import attempt_log, throttle
from vaguemestre.accounts.attempts.throttle import BucketSlot
from vaguemestre.accounts.durations import too_many_tries_text
from vaguemestre.accounts.identity import name_rules
from vaguemestre.accounts.identity.access import account_named, account_of_key
from vaguemestre.accounts.mail_access import app_passwords, client_names, new_client_notice
from vaguemestre.accounts.models import Account, AppPassword, SignIn

TOKENS = {"OAUTHBEARER", "XOAUTH2"}
MOST_TAKEN = 10_000
TOLD_WITHIN = timedelta(minutes=10)
Channel = SignIn.Channel
Result = SignIn.Result


@dataclass(frozen=True)
class MailSignIn:
    """One sign-in of a mail program, as Dovecot describes it. `remote` is empty for its own internal look-ups."""

    login: str
    remote: str = ""
    protocol: str = "imap"  # imap, sieve, or smtp for Postfix
    mechanism: str = "PLAIN"
    secret_trace: str = ""  # a few bits of the password, only to know the same one again
    session: str = ""  # Dovecot's name of the connection; Postfix has none
    port: str = ""  # of the program's side: with `remote` what connection it was

    @property
    def channel(self) -> SignIn.Channel:
        return Channel.SMTP if self.protocol in {"smtp", "submission"} else Channel.IMAP

    @property
    def by_token(self) -> bool:
        return self.mechanism.upper() in TOKENS


@dataclass(frozen=True)
class GateReport:
    """`rejected`: this policy refused, so nothing was verified. `secret_right`: it was good and opens nothing all the
    same (a shut account, a withdrawn password). `unverified`: a trouble of Dovecot's own. `app`: which application
    password it was."""

    success: bool
    rejected: bool = False
    unverified: bool = False
    secret_right: bool = False
    app: str = ""


@dataclass(frozen=True)
class GateDecision:
    allowed: bool
    message: str = ""


ALLOWED = GateDecision(True)


class GateClaim:
    """The tries that are being verified, until Dovecot tells how they went. The gate is one process.

    Not found by the password's trace: Dovecot reckons another one once it knows the account.
    """

    def __init__(self) -> None:
        self._slots: dict[MailSignIn, list[tuple[datetime, BucketSlot]]] = {}
        self._one_at_a_time = Lock()

    def keep(self, sign_in: MailSignIn, slot: BucketSlot, now: datetime) -> None:
        with self._one_at_a_time:
            if len(self._slots) >= MOST_TAKEN:
                self._drop_old(now)
            self._slots.setdefault(_untraced(sign_in), []).append((now, slot))

    def pop(self, sign_in: MailSignIn) -> BucketSlot | None:
        with self._one_at_a_time:
            slots = self._slots.get(key := _untraced(sign_in))
            slot = slots.pop()[1] if slots else None  # the newest: older ones may never be told of
            if not slots:
                self._slots.pop(key, None)
            return slot

    def forget(self) -> None:
        self._slots = {}

    def _drop_old(self, now: datetime) -> None:
        """Never told of: they stay counted."""
        young = {sign_in: slots for sign_in, slots in self._slots.items() if slots[-1][0] > now - TOLD_WITHIN}
        self._slots = young if len(young) < MOST_TAKEN else {}


taken = GateClaim()


def decide(sign_in: MailSignIn, *, now: datetime) -> GateDecision:
    """The try is counted here, before it is verified: guesses that come at once stand in one row."""
    if sign_in.by_token:
        return ALLOWED
    slot = throttle.take_slot(_attempt(sign_in, _account(sign_in.login)), sign_in.secret_trace, now=now)
    if not (slot.wait or slot.held):
        taken.keep(sign_in, slot, now)
    return _decision(slot.wait, held=slot.held)


def decide_uncounted(sign_in: MailSignIn, *, now: datetime) -> GateDecision:
    """The same without counting, while nothing can be written: the report will count."""
    if sign_in.by_token:
        return ALLOWED
    standing = throttle.throttle_state(_attempt(sign_in, _account(sign_in.login)))
    return _decision(standing.wait(now), held=standing.held(now))


def report_signin(sign_in: MailSignIn, told: GateReport, *, now: datetime) -> None:
    """A right secret that opens nothing is nobody's guess: a forgotten mail program never shuts its owner out."""
    if sign_in.by_token and not told.app:  # the webmail's, or a token that is none
        return
    slot = None if told.rejected else taken.pop(sign_in)
    if told.unverified:
        if slot:
            slot.give_back()
        return
    account = _account(sign_in.login)
    result = _result(account, sign_in.channel, told, now)
    tried = _attempt(sign_in, account)
    if slot:
        if told.success or told.secret_right:
            slot.give_back()  # and no more: a mail program comes all day, which forgives nobody's guesses
    elif not (told.success or told.rejected or told.secret_right or sign_in.by_token):
        throttle.count_failure(tried, sign_in.secret_trace, now=now)
    address, password = sign_in.remote or None, _app_password(account, told)
    new = (
        account is not None and told.success and new_client_notice.is_new_client(account, password, tried.network, now)
    )
    if password and told.success:
        app_passwords.note_use(password, sign_in.channel, address, now)
    named = password.name if password else ""
    line = attempt_log.note_attempt(account, result, channel=sign_in.channel, address=address, agent=named, now=now)
    if told.success and sign_in.channel == Channel.IMAP:
        client_names.saying.wrote(client_names.connection_name(sign_in.remote, sign_in.port), line, named, now)
    if account and new:
        new_client_notice.tell_new_client(account, password, tried.network, now)


def note_program(connection: str, name: str, *, now: datetime) -> None:
    """A program said who it is; whose connection it was, the sign-in log knows."""
    client_names.saying.says(connection, name, now)


def _untraced(sign_in: MailSignIn) -> MailSignIn:
    return replace(sign_in, secret_trace="")


def _account(login: str) -> Account | None:
    return account_of_key(login) if name_rules.KEY_FORM.fullmatch(login) else account_named(login)


def _attempt(sign_in: MailSignIn, account: Account | None) -> throttle.CountedAttempt:
    name, network = name_rules.counted_name(sign_in.login), throttle.network_of(sign_in.remote)
    return throttle.CountedAttempt(name=name, account=account, network=network, reads_pictures=False)


def _decision(wait: timedelta | None, *, held: bool) -> GateDecision:
    """Held: in the words that Dovecot has for a wrong password."""
    if wait:
        return GateDecision(False, too_many_tries_text(wait))
    return GateDecision(False) if held else ALLOWED


def _result(account: Account | None, channel: SignIn.Channel, told: GateReport, now: datetime) -> SignIn.Result:
    if told.success:
        return Result.GOOD
    if told.rejected:
        return Result.THROTTLED
    if account is None:
        return Result.UNKNOWN
    if not told.secret_right:
        return Result.WRONG
    refusal = account.sending_refusal(now) if channel == Channel.SMTP else account.mail_refusal(now)
    return Result(refusal.value) if refusal else Result.APP_PASSWORD


def _app_password(account: Account | None, told: GateReport) -> AppPassword | None:
    """The one that a mail program showed: its owner gave it a name, for the log."""
    if account is None or not told.app.isdigit():
        return None
    return AppPassword.objects.filter(account=account, pk=told.app).first()
