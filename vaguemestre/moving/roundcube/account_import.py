"""What Roundcube kept for its users, given to those who are found here: all of a person or nothing, each once."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import transaction

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.ports import signature_import
from vaguemestre.audit import journal
from vaguemestre.contacts import cards, file_import
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.sieve.managesieve import ScriptName, ScriptRefusedError
from vaguemestre.mailbox.values import InvalidValueError
from vaguemestre.moving.connection import open_scripts
from vaguemestre.moving.roundcube.user_matching import Owner

logger = logging.getLogger(__name__)
SCRIPT_LIMIT = 1024 * 1024
NAME = "roundcube-{}"


@dataclass(slots=True)
class AccountImport:
    """Of one owner. `signatures`, `scripts`: words of what became of each, counted."""

    owner: Owner
    new: int = 0
    completed: int = 0
    same: int = 0
    refused: int = 0
    problem: str = ""  # "full": the address book holds no more, and none of it was taken
    signatures: Counter[str] = field(default_factory=Counter)
    scripts: Counter[str] = field(default_factory=Counter)


def import_account(owner: Owner, scripts: Path | None, *, by: str, now: datetime, dry: bool) -> AccountImport:
    """`scripts`: the folder of Sieve scripts, one folder a user in it."""
    found = AccountImport(owner, refused=len(owner.contacts.refused))
    account = owner.account
    if account is None or account.state == Account.State.PURGED:
        return found
    plan = file_import.plan_of_report(account, owner.contacts)
    found.new, found.completed, found.same = len(plan.new), len(plan.completed), plan.same
    files = list(_scripts(scripts, owner)) if scripts else []
    if dry:
        found.signatures["read"] = len(owner.signatures)
        found.scripts["read"] = len(files)
        return found
    try:
        with transaction.atomic():
            if not plan.empty:
                file_import.import_report(account, owner.contacts, now=now)
            _signatures(account, owner, found, now)
            if found.new or found.completed or found.signatures["kept"]:
                journal.record(
                    by, "roundcube.brought", account.key, contacts=found.new + found.completed,
                    signatures=found.signatures["kept"],
                )  # fmt: skip
    except cards.BookFullError:
        found.new, found.completed, found.problem = 0, 0, "full"
        found.signatures.clear()
    if files:
        _put(account, files, found)
    return found


def _signatures(account: Account, owner: Owner, found: AccountImport, now: datetime) -> None:
    keep = signature_import.one()
    for one in owner.signatures:
        found.signatures[keep(account, one.name, one.text, one.html, now)] += 1


def _scripts(root: Path, owner: Owner) -> Iterator[tuple[str, Path]]:
    """`DIR/<user>/*.sieve`, as the former server had them. What leads out of the folder is not followed."""
    home = root / owner.username
    if "/" in owner.username or owner.username.startswith(".") or home.is_symlink() or not home.is_dir():
        return
    for place in sorted(home.glob("*.sieve")):
        if place.is_file() and not place.is_symlink() and place.stat().st_size <= SCRIPT_LIMIT:
            yield place.stem, place


def _put(account: Account, files: list[tuple[str, Path]], found: AccountImport) -> None:
    """Kept under names of their own, never active: the person's filters here continue as they are."""
    try:
        with open_scripts(account.key) as server:
            known = {script.name for script in server.scripts()}
            for stem, place in files:
                found.scripts[_put_one(server.put, known, stem, place)] += 1
    except MailboxError as error:
        logger.warning("scripts of %s: %s", account.key, type(error).__name__)
        found.scripts["away"] += len(files) - found.scripts.total()


def _put_one(put: Callable[[ScriptName, str], None], known: set[str], stem: str, place: Path) -> str:
    try:
        name = ScriptName(NAME.format(stem[:100]))
    except InvalidValueError:
        return "name"
    if name in known:
        return "known"
    try:
        put(name, place.read_text(encoding="utf-8", errors="replace"))
    except ScriptRefusedError:
        return "refused"
    return "kept"
