"""The demo story, once a data folder: the real import, the cast's first sign-ins, then its mails through SMTP.

What is done is written down after each step, so that an interrupted first run continues where it stopped.
"""

import json
import secrets
import smtplib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from seeds.mails import demo_mails, sent_mails, settle
from vaguemestre.academy.facts import academy
from vaguemestre.instance import Instance
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder import endpoints
from vaguemestre.launcher.data_folder.folder import write
from vaguemestre.launcher.processes.product_commands import manage, succeeds, talk
from vaguemestre.launcher.progress_lines import step
from vaguemestre.launcher.texts import _

CAST = {
    "mlefevre": "teacher",
    "kbelkacem": "teacher",
    "nbenhamou": "school-head",
    "bdelattre": "otp-holder",
    "scaudron": "hr-officer",
    "ssanchez": "hr-officer",
    "tquesnel": "help-desk",
    "hwattebled": "administrator",
    "edelatourmaubourg": "newcomer",
    "ivanhoutte": "college-head",
    "ldewailly": "deputy",
    "cbocquillon": "secretary",
    "shenocq": "bursar",
}
BOX_PEOPLE = {"ivanhoutte", "ldewailly", "cbocquillon"}
BOXES = {"tilleuls": "ce.0809901c"}  # of places, made by the feed
WITH_A_FACTOR = ("tquesnel", "hwattebled")  # their roles ask for one
OTP_KEYS = {"bdelattre": "4421"}  # serials of the stock below
# The second is the next month's: someone moves, someone leaves. Both hold lines that must be refused.
FEEDS = (CHECKOUT / "seeds" / "hr-feed-1.csv", CHECKOUT / "seeds" / "hr-feed-2.csv")
APPLIED_WITH_REFUSALS = 3
# Read aloud over a desk and typed on a phone: words, then digits that cannot be mistaken for letters.
WORDS = ("Baie", "Beffroi", "Canal", "Craie", "Dune", "Falaise", "Galet", "Hortillon", "Lin", "Marais", "Mouette",
         "Oise", "Pavot", "Phare", "Somme", "Tourbe")  # fmt: skip
DIGITS = "23456789"


@dataclass
class Progress:
    imported: bool = False
    passwords: dict[str, str] = field(default_factory=dict)
    accounts: list[dict[str, str]] = field(default_factory=list)
    told_on: str = ""
    mails: int = 0
    equipped: bool = False
    applications: bool = False
    boxes: bool = False
    complete: bool = False


def load(data: Path, instance: Instance) -> None:
    progress = _read(data)
    if not progress.complete:
        _import(data, progress)
        _sign_in_first(data, progress)
        _tell_careers(data)
        _deliver(data, instance, progress)
        _put_back_in_time(data, instance, progress)
        _equip(data, progress)
        _register(data, progress)
        progress.complete = True
        _save(data, progress)
    _take_over(data, instance, progress)
    _fill_boxes(data, progress)
    endpoints.publish(data, instance, progress.accounts)


def _import(data: Path, progress: Progress) -> None:
    if progress.imported:
        return
    with step(_("the demo académie, through the import of the HR feed")):
        for feed in FEEDS:
            manage(data, "people", "import", str(feed), accepted=(0, APPLIED_WITH_REFUSALS))
    progress.imported = True
    _save(data, progress)


def _take_over(data: Path, instance: Instance, progress: Progress) -> None:
    """A demo begun with an earlier version: who has joined the cast since. Left as it is when a later feed of one's own
    was taken meanwhile."""
    known = {account["identifier"] for account in progress.accounts}
    if CAST.keys() <= known:
        return
    with step(_("people who have joined the demo since")):
        if not succeeds(data, "people", "import", str(FEEDS[-1]), accepted=(0, APPLIED_WITH_REFUSALS)):
            return
        progress.passwords |= {name: _password() for name in CAST if name not in progress.passwords}
        _save(data, progress)
        joined = _first_sign_ins(data, progress, [name for name in CAST if name not in known])
        progress.accounts += joined
        theirs = {account["address"] for account in joined}
        if not known & BOX_PEOPLE:  # else its mails are there
            theirs |= {f"{one}@{academy().domain}" for one in BOXES.values()}
        for sender, recipients, content in demo_mails(*_told(progress)):
            if told := [address for address in recipients if address in theirs]:
                _send(instance, sender, told, content)
        _settle_mails(data, instance, progress, joined)
    _save(data, progress)


def _sign_in_first(data: Path, progress: Progress) -> None:
    if progress.accounts:
        return
    # Written down before they are set: whoever stops in between can still sign in.
    progress.passwords = progress.passwords or {identifier: _password() for identifier in CAST}
    _save(data, progress)
    with step(_("first sign-ins of the demo’s people")):
        progress.accounts = _first_sign_ins(data, progress, CAST)
    _save(data, progress)


def _first_sign_ins(data: Path, progress: Progress, names: Iterable[str]) -> list[dict[str, str]]:
    wanted = [{"identifier": name, "role": CAST[name], "password": progress.passwords[name]} for name in names]
    return list(json.loads(talk(data, ["seeds", "signins"], json.dumps(wanted))))


def _tell_careers(data: Path) -> None:
    """What the HR feed does not say: échelons of before, guides, campaigns, requests. Done twice, it is the same."""
    with step(_("careers of the demo’s people, for I-Prof")):
        manage(data, "career", "import", str(CHECKOUT / "seeds" / "career.csv"))
        talk(data, ["seeds", "careers"], "")


def _told(progress: Progress) -> tuple[datetime, str, dict[str, str]]:
    # Told again after an interruption, the story must be the same one.
    progress.told_on = progress.told_on or datetime.now(UTC).isoformat()
    addresses = {account["identifier"]: account["address"] for account in progress.accounts}
    addresses |= {name: f"{local_part}@{academy().domain}" for name, local_part in BOXES.items()}
    return datetime.fromisoformat(progress.told_on), academy().domain, addresses


def _deliver(data: Path, instance: Instance, progress: Progress) -> None:
    mails = list(demo_mails(*_told(progress)))
    with step(_("{count} mails, through SMTP", count=len(mails))):
        for sender, recipients, content in mails[progress.mails :]:
            _send(instance, sender, recipients, content)
            progress.mails += 1
            _save(data, progress)


def _put_back_in_time(data: Path, instance: Instance, progress: Progress) -> None:
    """Delivered in one minute, told over weeks: each mailbox is put in the order that it would have."""
    with step(_("mails put back at the time they tell")):
        _settle_mails(data, instance, progress, progress.accounts)


def _settle_mails(data: Path, instance: Instance, progress: Progress, accounts: Iterable[dict[str, str]]) -> None:
    story = _told(progress)
    mails = list(demo_mails(*story))
    for account in accounts:
        if account["role"] == "newcomer":
            continue  # no mail program opens this mailbox before the first sign-in
        settle(
            instance.host, instance.ports.imaps, data / "tls" / "ca.pem", account["identifier"], account["password"],
            now=datetime.now(UTC),
            expected=sum(account["address"] in recipients for _sender, recipients, _content in mails),
            sent=sent_mails(*story, account["identifier"]),
        )  # fmt: skip


def _equip(data: Path, progress: Progress) -> None:
    """After the rest: from here on their mail programs need a password of their own. And keys to hand over."""
    if progress.equipped:
        return
    with step(_("second factors of the demo’s agents")):
        stock = CHECKOUT / "seeds" / "otp-stock"
        keys = ("otp", "import", f"{stock}.pskc.xml", "--key-file", f"{stock}.key", "--department", "80")
        manage(data, *keys)
        wanted = {"second_factor": WITH_A_FACTOR, "otp_key": OTP_KEYS}
        held = json.loads(talk(data, ["seeds", "factors"], json.dumps(wanted)))
        progress.accounts = [account | held.get(account["identifier"], {}) for account in progress.accounts]
        progress.equipped = True
    _save(data, progress)


def _register(data: Path, progress: Progress) -> None:
    if progress.applications:
        return
    with step(_("the applications of ARENA")):
        manage(data, "applications", "import", str(CHECKOUT / "seeds" / "applications.toml"))
    progress.applications = True
    _save(data, progress)


def _fill_boxes(data: Path, progress: Progress) -> None:
    """Also of a demo that was begun with an earlier version."""
    if progress.boxes:
        return
    with step(_("a week in the demo’s shared mailbox")):
        now, domain, addresses = _told(progress)
        talk(data, ["seeds", "box"], json.dumps([now.isoformat(), domain, addresses]))
        progress.boxes = True
    _save(data, progress)


def _send(instance: Instance, sender: str, recipients: list[str], content: bytes) -> None:
    """As another authority's server would; what comes from our own domain can only come from inside."""
    inside = sender.endswith(f"@{academy().domain}")
    port = instance.ports.reinject if inside else instance.ports.smtp
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as server:
        server.sendmail(sender, recipients, content)


def _password() -> str:
    # Two different ones: a word said twice counts as a common password.
    words = secrets.SystemRandom().sample(WORDS, 2)
    return "-".join([*words, "".join(secrets.choice(DIGITS) for _ in range(4))])


def _read(data: Path) -> Progress:
    file = data / "demo.json"
    return Progress(**json.loads(file.read_text())) if file.exists() else Progress()


def _save(data: Path, progress: Progress) -> None:
    write(data / "demo.json", json.dumps(asdict(progress), ensure_ascii=False, indent=1), mode=0o600)
