"""The hand that brings messages back from a backup: `python -m vaguemestre.backup.mailbox.mailbox_restorer SOCKET`.

Root alone reads the repository and its password; the product is not root, and never sees them. It asks this process, by
one of four verbs, an account's key, a run's name and folders' identities, nothing else: no path, no command, no word
that reaches a mailbox. What is brought back goes into "Restauration <day of the backup>" of that very mailbox.

The work takes its time: an ask that is not done yet is answered with "working", and asked again. A copy of a mailbox
lies here for half an hour at most; a process that was killed leaves none, for it begins with an empty folder.
"""

import logging
import os
import pwd
import re
import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from vaguemestre.backup.errors import BackupError, NoBackupError
from vaguemestre.backup.places.configuration import configured
from vaguemestre.backup.places.repository import Repository
from vaguemestre.backup.places.runs import complete_runs, mail_repository, mailbox_path, run_named
from vaguemestre.engine import daemon_folders
from vaguemestre.engine.mailbox_restoration import GRACE, KEY, CopiedFolder, MailboxCopy, RestorationError
from vaguemestre.engine.root_socket import serve

FOLDER = "restored"  # in the data folder; emptied at each start
MAIL_USER = "vmail"
KEPT_SECONDS = 1800.0
RUNS_KNOWN_SECONDS = 60.0  # before they are asked for again
LEFT_FREE = 1024**3  # of the disk, for the mail that arrives
_RUNS = ("runs",)
_RUN = re.compile(r"[0-9A-Za-z._-]{1,64}")
_GUID = re.compile(r"[0-9a-f]{32}")
_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f]{1,500}>")

logger = logging.getLogger("restorer")

type Done = dict[str, Any]


@dataclass
class _Copy:
    run: str
    day: str
    mailbox: MailboxCopy
    used_at: float


class MailboxRestorer:
    def __init__(self, data: Path, repository: Callable[[], Repository]) -> None:
        self._data, self._repository = data, repository
        self._place = data / FOLDER
        self._worker = ThreadPoolExecutor(max_workers=1)  # one at a time: a disk is no faster for two
        self._lister = ThreadPoolExecutor(max_workers=1)
        self._asked: dict[tuple[Any, ...], Future[Done]] = {}
        self._copies: dict[str, _Copy] = {}
        self._known_runs: Done = {}
        self._runs_known_at = 0.0
        self._empty()

    def answer(self, asked: dict[str, Any]) -> Done:
        """Raises ValueError for anything that is not one of the verbs in its very form."""
        act, more = asked["act"], {name: value for name, value in asked.items() if name != "act"}
        if act == "runs" and not more:
            return self._list()
        key = _matching(KEY, more.pop("key"))
        if act == "wipe" and not more:
            self._forget(key)
            return {"wiped": True}
        run = _matching(_RUN, more.pop("run"))
        message_id = _matching(_MESSAGE_ID, more.pop("message_id")) if "message_id" in more else ""
        if act == "look" and not more:
            return self._progress((act, key, run, message_id), partial(self._look, key, run, message_id))
        guids = tuple(sorted(_matching(_GUID, guid) for guid in more.pop("folders")))
        if act == "restore" and not more:
            task = partial(self._restore, key, run, guids, message_id)
            return self._progress((act, key, run, guids, message_id), task)
        raise ValueError(act)

    def forget_old(self) -> None:
        """What nobody came back for: copies, and answers that nobody fetched."""
        now, at_work = time.monotonic(), {name[1:2] for name, future in self._asked.items() if not future.done()}
        for key, copy in list(self._copies.items()):
            if now - copy.used_at > KEPT_SECONDS and (key,) not in at_work:
                self._forget(key)
        reading = self._asked.get(_RUNS)
        if reading and reading.done() and not reading.exception():
            del self._asked[_RUNS]

    def _list(self) -> Done:
        """The former list is told while a new one is read: a form that somebody fills in outlives a minute."""
        age = time.monotonic() - self._runs_known_at
        if self._known_runs and age <= RUNS_KNOWN_SECONDS:
            return self._known_runs
        said = self._progress(_RUNS, self._runs)
        return self._known_runs if self._known_runs and "working" in said and age <= KEPT_SECONDS else said

    def _progress(self, name: tuple[Any, ...], work: Callable[[], Done]) -> Done:
        """Begins it, or says what came of it: to whoever asks, until that mailbox is wiped, since the clock and pages
        ask side by side. A failure is told once, so that the same can be tried again."""
        worker = self._lister if name == _RUNS else self._worker
        if name not in self._asked:
            self._asked[name] = worker.submit(work)
        future = self._asked[name]
        if not future.done():
            return {"working": True}
        if name == _RUNS or future.exception():
            del self._asked[name]
        return _result(future, name)

    def _forget(self, key: str) -> None:
        self._copies.pop(key, None)
        for name in [name for name in self._asked if name[1:2] == (key,)]:
            self._asked.pop(name).cancel()
        self._worker.submit(self._wipe, key)

    # What follows is done by the workers, each one after the other.

    def _runs(self) -> Done:
        runs = complete_runs(self._repository().snapshots())
        self._known_runs = {"runs": [{"run": run.id, "at": run.at.timestamp()} for run in reversed(runs)]}
        self._runs_known_at = time.monotonic()
        return self._known_runs

    def _look(self, key: str, run: str, message_id: str) -> Done:
        copy = self._fetched(key, run)
        room = copy.mailbox.room()
        found = {"folders": [_shown(folder) for folder in copy.mailbox.folders(message_id)], "room": room}
        copy.used_at = time.monotonic()
        return found

    def _restore(self, key: str, run: str, guids: tuple[str, ...], message_id: str) -> Done:
        copy = self._fetched(key, run)
        wanted = [folder for folder in copy.mailbox.folders(message_id) if not guids or folder.guid in guids]
        room, needed = copy.mailbox.room(), sum(folder.octets for folder in wanted)
        if needed and room is not None and needed + GRACE > room:
            raise RestorationError("room", f"{needed} of {room}")
        target = f"Restauration {copy.day}"
        for folder in wanted:
            copy.mailbox.bring_back(folder, target)
        copy.used_at = time.monotonic()
        return {"messages": sum(len(folder.missing) for folder in wanted), "place": target}

    def _wipe(self, key: str) -> None:
        shutil.rmtree(self._place / key, ignore_errors=True)

    def _fetched(self, key: str, run: str) -> _Copy:
        copy = self._copies.get(key)
        if copy is None or copy.run != run or not copy.mailbox.exists:
            self._wipe(key)
            copy = self._copies[key] = self._fetch(key, run)
        copy.used_at = time.monotonic()
        return copy

    def _fetch(self, key: str, run: str) -> _Copy:
        repository = self._repository()
        found = run_named(repository.snapshots(), run)
        path = mailbox_path(key)
        part = found.parts["mail"].id
        needed = sum(octets for _path, octets in repository.files(part, path))
        if not needed:
            raise NoBackupError(path)
        if needed + LEFT_FREE > shutil.disk_usage(self._place).free:
            raise RestorationError("disk", f"{needed} octets")
        place = self._place / key
        place.mkdir(mode=0o700)
        mailbox = MailboxCopy(self._data, key, place / path)
        try:
            repository.restore(part, [path], place)
            _give(place)
            mailbox.mend()
        except BaseException:
            self._wipe(key)
            raise
        return _Copy(run, timezone.localtime(found.at).date().isoformat(), mailbox, time.monotonic())

    def _empty(self) -> None:
        daemon_folders.lay(self._data, FOLDER, "root", MAIL_USER, 0o710)
        for left in self._place.iterdir():
            shutil.rmtree(left)


def _result(future: "Future[Done]", name: tuple[Any, ...]) -> Done:
    error = future.exception()
    if error is None:
        return future.result()
    logger.warning("%s: %s: %s", " ".join(map(str, name[:3])), type(error).__name__, error)
    if isinstance(error, BackupError):
        return {"error": error.code}
    return {"error": error.word if isinstance(error, RestorationError) else "failed"}


def _matching(form: re.Pattern[str], word: object) -> str:
    if not isinstance(word, str) or not form.fullmatch(word):
        raise ValueError(form.pattern)
    return word


def _shown(folder: CopiedFolder) -> Done:
    missing = len(folder.missing)
    return {
        "guid": folder.guid, "name": folder.name, "messages": folder.messages, "missing": missing,
        "octets": folder.octets,
    }  # fmt: skip


def _give(place: Path) -> None:
    """To the mail user, whatever its number was on the machine of the backup. The top goes last: until then nobody but
    root can enter, and lay a link where this walk will pass."""
    user = pwd.getpwnam(MAIL_USER)
    for folder, folders, files in os.walk(place, topdown=False):
        for name in (*folders, *files):
            os.chown(Path(folder) / name, user.pw_uid, user.pw_gid, follow_symlinks=False)
    os.chown(place, user.pw_uid, user.pw_gid, follow_symlinks=False)


def main(path: Path) -> None:
    """Where no backup is set up, each ask is answered so."""
    if settings.DATA is None:
        raise SystemExit("no data folder")
    restorer = MailboxRestorer(settings.DATA, lambda: replace(mail_repository(configured()), locks=False))
    serve(path, restorer.answer, in_between=restorer.forget_old)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
