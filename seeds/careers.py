"""The demo's I-Prof has a past: campaigns, requests at every point of their way, letters, a correspondent who is away.

Runs as the product's user, with Django set up, by the functions that the screens call, at the moments that
`seeds/iprof.toml` tells. In one transaction, once: a demo that has a campaign is left alone. No mail of it leaves, for
the mailboxes have a story of their own.
"""

import tomllib
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone
from pydantic import BaseModel, ConfigDict

from seeds.approvals import give_rights
from seeds.mails.story import school_days_before
from vaguemestre.accounts.models import Account
from vaguemestre.career.hr_office import guides, topics
from vaguemestre.career.hr_office.attached_files import Judged
from vaguemestre.career.hr_officers import HrOfficer, officer_of
from vaguemestre.career.models import Campaign, DeskNews, Kind, ServiceRequest
from vaguemestre.career.requests import campaigns, decisions, drafts, forms, officer_digests, wishes
from vaguemestre.clock import due
from vaguemestre.courier import mail
from vaguemestre.courier.models import Parcel
from vaguemestre.instance import read_instance
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.rules import absence_reply
from vaguemestre.webmail.rules.sieve_script import Absence

SEEDS = CHECKOUT / "seeds"
OFFICER = "RH100004"
MORNING, ARRIVES, EVENING = time(8), time(9, 40), time(18)


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Away(_Told):
    of: str
    since: int
    until: int
    text: str


class Opened(_Told):
    key: str
    kind: Kind
    title: str
    opens: int
    closes: int
    department: str = ""
    corps: str = ""
    documents: list[str] = []
    most_wishes: int = 30


class Step(_Told):
    days: int
    state: Literal["received", "asked", "accepted", "refused"]
    text: str = ""


class AskedRequest(_Told):
    of: str
    kind: Kind
    days: int
    facts: dict[str, str]
    campaign: str = ""
    wishes: list[str] = []
    documents: list[tuple[str, str]] = []  # which one it is, and its name
    office: list[Step] = []
    withdrawn: int | None = None


class Written(_Told):
    days: int
    text: str
    office: bool = False


class Subject(_Told):
    of: str
    subject: str
    messages: list[Written]
    quoted: str = ""
    done: bool = False


class Story(_Told):
    absence: Away
    campaign: list[Opened]
    request: list[AskedRequest]
    thread: list[Subject]


def run() -> int:
    if read_instance().mode == "production":
        raise LauncherError("The demo's careers are not for production.")
    now = timezone.now()
    write_guides(now)
    tell(read(), now)
    give_rights(now)
    return 0


def read(file: Path = SEEDS / "iprof.toml") -> Story:
    return Story.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))


def write_guides(now: datetime) -> None:
    """One that is there already stays as it is."""
    author = _accounts([OFFICER])[OFFICER]
    for page in sorted((SEEDS / "guides").glob("*.md")):
        guides.write_page(page.read_text(encoding="utf-8"), by=author, now=now)


def tell(story: Story, now: datetime) -> None:
    people = _accounts([OFFICER, story.absence.of, *(r.of for r in story.request), *(t.of for t in story.thread)])
    officer = officer_of(people[OFFICER], timezone.localdate(now))
    if officer is None:
        raise LauncherError("The demo's HR officer is none today: see seeds/hr-feed-2.csv.")
    with transaction.atomic():
        if not Campaign.objects.exists():
            newest = Parcel.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            Teller(officer, people, now).tell(story)
            _keep_from_leaving(newest, people.values())
            for listener in (people[OFFICER], people[story.absence.of]):
                officer_digests.save_manner(listener, DeskNews.Manner.SOON, now=now)
    _send_away(people[story.absence.of], story.absence, now)


class Teller:
    def __init__(self, officer: HrOfficer, people: dict[str, Account], now: datetime) -> None:
        self.officer, self.people, self.today = officer, people, timezone.localdate(now)
        self.piece = (SEEDS / "iprof-piece.pdf").read_bytes()

    def tell(self, story: Story) -> None:
        opened = {one.key: self._open(one) for one in story.campaign}
        for asked in story.request:
            self._ask(asked, opened.get(asked.campaign))
        for subject in story.thread:
            self._write(subject)

    def _open(self, told: Opened) -> Campaign:
        closes = self.today + timedelta(told.closes)
        closes -= timedelta(max(0, closes.weekday() - 4))  # not on a Sunday
        return campaigns.open_campaign(self.officer, {
            "kind": told.kind, "title": self._filled(told.title), "documents": told.documents,
            "opens_at": _moment(self.today + timedelta(told.opens), MORNING),
            "closes_at": _moment(closes, EVENING),
            "department": told.department, "corps": told.corps, "most_wishes": told.most_wishes,
        })  # fmt: skip

    def _ask(self, told: AskedRequest, campaign: Campaign | None) -> None:
        account, at = self.people[told.of], self._at(told.days)
        made = drafts.begin_draft(account, told.kind, campaign, now=at)
        form = forms.FORMS[told.kind]({name: self._filled(value) for name, value in told.facts.items()})
        if not form.is_valid():
            raise LauncherError(f"seeds/iprof.toml, {told.of}, {told.kind}: {form.errors.as_json()}")
        drafts.fill_draft(made, form, now=at)
        if told.wishes:
            with drafts.changing_wishes(made, now=at) as locked:
                for wish in told.wishes:
                    self._wish(locked, wish)
        for slot, name in told.documents:
            drafts.add_document(made, slot, Judged(name, "application/pdf", self.piece), now=at)
        drafts.send_request(made, now=at)
        for step in told.office:
            self._decide(made, step)
        if told.withdrawn is not None:
            drafts.withdraw_request(made, now=self._at(told.withdrawn, later=2))

    def _wish(self, made: ServiceRequest, told: str) -> None:
        """A UAI, or a wide one: department/commune/sort of school."""
        department, *rest = told.split("/")
        if rest:
            wishes.add_wide_wish(made, department, *rest)
        else:
            wishes.add_wish(made, told)

    def _decide(self, made: ServiceRequest, step: Step) -> None:
        made.refresh_from_db()
        now = self._at(step.days, later=4)
        if step.state == "received":
            decisions.take_charge(made, self.officer, version=made.version, now=now)
        else:
            state = ServiceRequest.State(step.state)
            decisions.decide_request(made, self.officer, state, step.text, version=made.version, now=now)

    def _write(self, told: Subject) -> None:
        first, *others = told.messages
        account, at = self.people[told.of], self._at(first.days)
        thread = topics.open_topic(account, told.subject, first.text, [], now=at, quoted=told.quoted)
        for other in others:
            now = self._at(other.days, later=4)
            if other.office:
                topics.answer_topic(thread, self.officer, other.text, [], done=told.done, now=now)
            else:
                topics.write_message(thread, other.text, [], now=now)

    def _at(self, days: int, later: int = 0) -> datetime:
        """On a working day of an office, in the morning; `later`: hours after that."""
        return _moment(school_days_before(self.today, days), ARRIVES) + timedelta(hours=later)

    def _filled(self, words: str) -> str:
        rentree = self.today.year + (self.today.month >= 9)
        told = {"{next}": str(rentree), "{after}": str(rentree + 1), "{today}": self.today.isoformat()}
        for name, value in told.items():
            words = words.replace(name, value)
        return words


def _accounts(keys: Sequence[str]) -> dict[str, Account]:
    found = Account.objects.filter(person__hr_key__in=keys).select_related("person")
    known = {str(one.person.hr_key): one for one in found}
    if missing := set(keys) - known.keys():
        raise LauncherError(f"seeds/iprof.toml names people whom the feed does not know: {', '.join(sorted(missing))}")
    return known


def _keep_from_leaving(newest: int, people: Any) -> None:
    """Of these people, what was put in the post since."""
    for parcel in Parcel.objects.filter(pk__gt=newest, about__in=[one.key for one in people]):
        due.drop(mail.DELIVER, str(parcel.pk))
        parcel.delete()


def _send_away(account: Account, told: Away, now: datetime) -> None:
    """By the screen's own way: the reply is in force, not only said."""
    if Preferences.objects.filter(account=account, absence_on=True).exists():
        return
    today = timezone.localdate(now)
    starts, ends = absence_reply.moments(today + timedelta(told.since), None, today + timedelta(told.until), None)
    absence_reply.begin_absence(
        MailboxAccess.own(account), Absence(starts=starts, ends=ends, text=told.text.strip()), now=now
    )


def _moment(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, timezone.get_default_timezone())
