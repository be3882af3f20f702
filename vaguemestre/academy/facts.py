"""The typed reading of `academy.toml`: facts of one authority, never of one installation."""

import base64
import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, ClassVar, Literal, Self

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from vaguemestre.academy import colours


class AcademyFileError(Exception):
    """The file cannot be used; the message names file, key and reason."""


class _Facts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Office(_Facts):
    """A counter that people can call. `address`: the last lines of a postal address, in capitals, unaccented."""

    name: str
    phone: str = Field(pattern=r"^0\d( \d\d){4}$")
    hours: str
    address: list[str]


class Department(_Facts):
    code: str = Field(pattern=r"^(\d\d|2[AB]|97\d)$")
    uai_prefix: str = Field(pattern=r"^\d{3}$")
    name: str
    office: Office


FORMER_OF_MAIL = ("imap_host", "smtp_host")  # nothing read them; files in use still say them


class Mail(_Facts):
    message_limit_mb: int = Field(ge=1, le=200)
    quota_mb: int = Field(ge=1)
    recipients_per_message: int = Field(ge=1)
    # Of one account, in recipients (Rspamd): this many an hour, after this many at once.
    recipients_per_hour: int = Field(default=500, ge=1)
    recipients_at_once: int = Field(default=1000, ge=1)
    trash_days: int = Field(ge=0)  # 0: until the person empties it
    junk_days: int = Field(ge=0)
    recover_days: int = Field(default=14, ge=0)  # what is deleted for good can be brought back so long; 0: not
    mta_sts: Literal["testing", "enforce", "none"] = "testing"
    tls_reports_to: str = Field(default="", pattern=r"^([\w.+-]+@[\w.-]+\.\w+)?$")

    @model_validator(mode="before")
    @classmethod
    def _without_former(cls, told: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in told.items() if name not in FORMER_OF_MAIL}


class Names(_Facts):
    """`address_pattern`: both names once, and fixed letters and dots at will; a number goes behind the family name."""

    address_pattern: str = Field(pattern=r"^[a-z.]*(\{first\}[a-z.]*\{last\}|\{last\}[a-z.]*\{first\})[a-z.]*$")
    address_limit: int = Field(ge=8, le=64)
    identifier_limit: int = Field(ge=4, le=64)
    reserved: list[str]


class Feed(_Facts):
    lead_days: int = Field(ge=0)
    closing_share_percent: int = Field(ge=0, le=100)


class Argon2(_Facts):
    memory_kib: int = Field(ge=8)
    time_cost: int = Field(ge=1)
    parallelism: int = Field(ge=1)

    @property
    def unmatched_hash(self) -> str:
        """Of these parameters, that no password has; made without hashing."""
        salt, digest = (base64.b64encode(bytes(size)).rstrip(b"=").decode() for size in (16, 32))
        return f"$argon2id$v=19$m={self.memory_kib},t={self.time_cost},p={self.parallelism}${salt}${digest}"


class Passwords(_Facts):
    minimum_length: int = Field(ge=8)
    remembered: int = Field(ge=0)
    provisional_days: int = Field(ge=1)
    argon2: Argon2


class Sessions(_Facts):
    idle_minutes: int = Field(ge=1)
    absolute_hours: int = Field(ge=1)
    shared_computer_idle_minutes: int = Field(ge=1)
    proof_minutes: int = Field(ge=1)


class Charter(_Facts):
    version: str = Field(pattern=r"^[\w.-]{1,20}$")


class SecondFactor(_Facts):
    """Roles whose holders must have one."""

    required_roles: list[str]


class HelpDesk(_Facts):
    """Roles given beside the HR feed, by identifier. `agents` by department code, or "rectorat". `phishing_to` is an
    address; empty, nothing is reported. `security_officers` are addresses told of every account shut as stolen."""

    administrators: list[str]
    agents: dict[str, list[str]]
    undo_days: int = Field(ge=1, le=90)
    phishing_to: str = Field(pattern=r"^([\w.+-]+@[\w.-]+)?$")
    security_officers: list[Annotated[str, Field(pattern=r"^[\w.+-]+@[\w.-]+\.\w+$")]] = Field(default_factory=list)


class Directory(_Facts):
    """Whom the directory does not show: functions by the HR feed's code (category or post), people by identifier."""

    hidden_functions: list[str] = Field(default_factory=list)
    hidden_people: list[str] = Field(default_factory=list)


class SharedMailboxes(_Facts):
    """`overlap_days`: whoever leaves a post continues reading its box so long, and writes nothing there."""

    quota_mb: int = Field(default=5000, ge=1)
    overlap_days: int = Field(default=21, ge=0)


class Lists(_Facts):
    """Lists from HR facts, and who may approve mailings. Off: no page, no address."""

    enabled: bool = False


class Redirections(_Facts):
    allowed_domains: list[str]


class Departure(_Facts):
    """The steps of an account that closes, in days from the first one without duty; `notice_days` before it."""

    notice_days: int = Field(ge=0)
    portal_days: int = Field(ge=0)
    receives_days: int = Field(ge=0)
    purge_days: int = Field(ge=1)
    same_password_days: int = Field(ge=0)
    transfer_domains: list[str]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.portal_days <= self.purge_days >= self.receives_days:
            raise ValueError("purge_days comes last")
        return self


class Signature(_Facts):
    """The lines of everybody's signature until they write their own, with words in braces that HR data fill in."""

    WORDS: ClassVar = frozenset({"name", "function", "discipline", "establishment", "city", "phone"})

    lines: list[str] = Field(min_length=1, max_length=10)
    pictures_kb: int = Field(default=100, ge=0, le=1000)  # of all the pictures of one signature; 0: none

    @model_validator(mode="after")
    def _known_words(self) -> Self:
        for line in self.lines:
            try:
                words = [word for _text, word, _format, _conversion in Formatter().parse(line) if word is not None]
            except ValueError as error:
                raise ValueError(f"{line}: {error}") from error
            if unknown := set(words) - self.WORDS:
                raise ValueError(f"{line}: unknown word {', '.join(sorted(unknown))}")
        return self


class ReadyMade(_Facts):
    """A letter that everybody finds among their own ready-made ones. Words in double braces are filled in from whoever
    writes, and to whom."""

    name: str = Field(min_length=1, max_length=80)
    subject: str = Field(default="", max_length=200, pattern=r"^[^\r\n]*$")
    text: str = Field(min_length=1, max_length=20_000)


class MailMerge(_Facts):
    """One letter a person, out of a table: how many, and how they are spread. The first ones leave one after the other,
    then so many an hour; the rest of what an account may send stays for its ordinary mail."""

    most_letters: int = Field(default=1000, ge=1, le=5000)
    at_once: int = Field(default=100, ge=1)
    per_hour: int = Field(default=400, ge=1)


class Links(_Facts):
    """Files too heavy for a message, which travel as a link. Sizes in megabytes; `largest_mb = 0`: nobody sends any."""

    above_mb: int = Field(default=0, ge=0)  # files above it are offered as a link; 0: above what a message can carry
    largest_mb: int = Field(default=2048, ge=0, le=20480)
    of_person_mb: int = Field(default=10240, ge=1)  # all that somebody's links lead to at one time
    of_all_mb: int = Field(default=204800, ge=1)
    days: int = Field(default=30, ge=1)
    days_at_most: int = Field(default=90, ge=1, le=366)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.days > self.days_at_most:
            raise ValueError("days must not be more than days_at_most")
        return self


class Brand(_Facts):
    """What the product is called here, and how it is dressed. Nothing of it: Vaguemestre, in brick and slate."""

    name: str = Field(default="Vaguemestre", min_length=1, max_length=40)
    logo: str = Field(default="", pattern=r"^(brand/[\w-]+\.(svg|png))?$")  # beside the file
    accent: str = Field(default="", pattern=r"^(#[0-9a-f]{6})?$")
    accent_dark: str = Field(default="", pattern=r"^(#[0-9a-f]{6})?$")  # else made of the accent

    @property
    def dressed(self) -> bool:
        return bool(self.logo or self.accent)

    @property
    def light(self) -> colours.Tones:
        return colours.light(self.accent)

    @property
    def dark(self) -> colours.Tones:
        return colours.dark(self.accent, self.accent_dark)

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        if not self.accent:
            if self.accent_dark:
                raise ValueError("accent_dark without accent")
            return self
        if found := colours.faults(self.light, colours.LIGHT):
            raise ValueError(f"accent: {found[0]}; {colours.readable(self.accent)} would do")
        if found := colours.faults(self.dark, colours.DARK):
            raise ValueError(f"accent_dark: {found[0]}; without accent_dark, a paler accent is made")
        return self


class Preset[Value](_Facts):
    """`value` for whoever has not chosen; `locked`, for everybody, with the `reason` said beside it."""

    value: Value
    locked: bool = False
    reason: str = Field(default="", max_length=200)


class Preferences(_Facts):
    """What the authority says of the webmail's preferences; nothing of those that are not named."""

    density: Preset[Literal["comfortable", "compact"]] | None = None
    text_size: Preset[Literal["normal", "large", "larger"]] | None = None
    theme: Preset[Literal["auto", "light", "dark"]] | None = None
    pane: Preset[Literal["right", "below", "none"]] | None = None
    flat_list: Preset[bool] | None = None
    writes_plain: Preset[bool] | None = None
    reads_plain: Preset[bool] | None = None
    answers_below: Preset[bool] | None = None
    quotes: Preset[bool] | None = None
    asks_receipts: Preset[bool] | None = None
    answers_receipts: Preset[Literal["ask", "never", "inside", "always"]] | None = None
    undo_seconds: Preset[Literal[0, 5, 10, 20, 30]] | None = None
    notifies: Preset[Literal["nothing", "arrival", "words"]] | None = None
    counts_in_title: Preset[bool] | None = None
    sounds: Preset[bool] | None = None
    marks_read: Preset[Literal["opened", "later", "by-hand"]] | None = None
    goes_on: Preset[bool] | None = None
    offers_tips: Preset[bool] | None = None
    uses_keys: Preset[bool] | None = None
    contact_images: Preset[bool] | None = None
    share: Preset[Literal[20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70]] | None = None
    folders_width: Preset[Literal[176, 200, 224, 248, 272, 296, 320, 344, 368, 392, 416]] | None = None
    font: Preset[Literal["usual", "dyslexic"]] | None = None
    spacing: Preset[Literal["normal", "wide"]] | None = None
    motion: Preset[Literal["system", "less"]] | None = None

    @model_validator(mode="after")
    def _keys_can_be_turned_off(self) -> Self:
        if self.uses_keys and self.uses_keys.locked and self.uses_keys.value:
            raise ValueError("uses_keys: nobody is made to use keys of one letter (WCAG 2.1.4)")
        return self

    @model_validator(mode="after")
    def _each_reads_as_they_can(self) -> Self:
        for name in ("font", "spacing", "motion"):
            said = getattr(self, name)
            if said and said.locked:
                raise ValueError(f"{name}: it may be preset, not locked: whoever reads with difficulty chooses")
        return self


class Letter(_Facts):
    include_numen: bool
    send_to: Literal["home", "administration"]
    kept_days: int = Field(default=7, ge=1, le=60)


class SchoolHoliday(_Facts):
    """First and last day without school."""

    name: str
    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("last is before first")
        return self


class ArenaDomain(_Facts):
    """A heading of ARENA. `key` is what registered applications name; changing `name` changes a word on the page."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]{0,38}[a-z0-9]$")
    name: str = Field(min_length=2, max_length=60)


class Arena(_Facts):
    """The headings under which applications stand, in their order. One that is no longer named here does not lose its
    applications: they stand under the last heading."""

    domains: list[ArenaDomain] = Field(min_length=1, max_length=30)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        keys = [domain.key for domain in self.domains]
        if len(set(keys)) < len(keys):
            raise ValueError("each key once")
        return self

    def place(self, key: str) -> int:
        return next((place for place, one in enumerate(self.domains) if one.key == key), len(self.domains) - 1)


class Academy(_Facts):
    name: str
    title: str
    domain: str = Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")
    zone: Literal["A", "B", "C"]
    numen_prefix: str = Field(pattern=r"^\d\d$")
    rectorat: Office
    departments: list[Department] = Field(min_length=1)
    mail: Mail
    names: Names
    feed: Feed
    passwords: Passwords
    charter: Charter
    sessions: Sessions
    second_factor: SecondFactor
    help_desk: HelpDesk
    directory: Directory = Field(default_factory=Directory)
    shared_mailboxes: SharedMailboxes = Field(default_factory=SharedMailboxes)
    lists: Lists = Field(default_factory=Lists)
    redirections: Redirections
    departure: Departure
    signature: Signature
    preferences: Preferences = Field(default_factory=Preferences)
    arena: Arena
    letter: Letter
    ready_made: list[ReadyMade] = Field(default_factory=list)
    mailing: MailMerge = Field(default_factory=MailMerge)
    links: Links = Field(default_factory=Links)
    brand: Brand = Field(default_factory=Brand)
    school_holidays: list[SchoolHoliday]

    @model_validator(mode="after")
    def _mailings_within_what_the_server_takes(self) -> Self:
        if self.mailing.at_once >= self.mail.recipients_at_once:
            raise ValueError("mailing.at_once must be less than mail.recipients_at_once")
        if self.mailing.per_hour >= self.mail.recipients_per_hour:
            raise ValueError("mailing.per_hour must be less than mail.recipients_per_hour")
        return self

    def department(self, code: str) -> Department | None:
        return next((d for d in self.departments if d.code == code), None)


def read_academy(path: Path) -> Academy:
    """Raises AcademyFileError for an absent file, bad TOML, a wrong value or an unknown key."""
    try:
        found = Academy.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AcademyFileError(f"{path}: {error}") from error
    except ValidationError as error:
        lines = [f"{path}: {'.'.join(map(str, e['loc']))} - {e['msg']}" for e in error.errors()]
        raise AcademyFileError("\n".join(lines)) from error
    if found.brand.logo and not (path.parent / found.brand.logo).is_file():
        raise AcademyFileError(f"{path}: brand.logo - there is no file {found.brand.logo} beside it")
    return found


@lru_cache(maxsize=1)
def academy() -> Academy:
    """The authority that this installation serves."""
    return read_academy(settings.ACADEMY_FILE)
