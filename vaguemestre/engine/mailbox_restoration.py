"""Messages of a copy of a mailbox brought back into the living one: by root, with Dovecot's own tool. No Django.

The copy is a home as it was in `mail/`: a folder that holds `sdbox`, and belongs to the mail user. Only what the
mailbox no longer holds anywhere is brought back, so that the same done twice makes no doubles. Flags and days are kept;
nothing that is there is touched.
"""

import re
import subprocess
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

COMMAND_SECONDS = 1800
TRIES = 3
LONGEST_SET = 50_000  # letters of one argument; the kernel takes 131,071
KEY = re.compile(r"[ab][0-9]{7,12}")
GRACE = 64 * 1024  # of the room that is left: what the store adds to messages
# In no list, hence named: where Dovecot lays aside what was taken out as dangerous. It counts as there.
WITHDRAWN = "~withdrawn/*"
# On the wire these names are English; inside another folder no program translates them.
FRENCH = {
    "INBOX": "Réception", "Drafts": "Brouillons", "Sent": "Envoyés", "Archive": "Archives", "Junk": "Indésirables",
    "Trash": "Corbeille",
}  # fmt: skip
_NOTHING_THERE = {68}  # doveadm's word for: no such folder
_THERE_ALREADY = {65}


class RestorationError(Exception):
    """Why not, in a word that the product has a sentence for."""

    def __init__(self, word: str, detail: str = "") -> None:
        super().__init__(f"{word}: {detail}" if detail else word)
        self.word = word


@dataclass(frozen=True, slots=True)
class CopiedFolder:
    """`missing`: the numbers of the messages that the living mailbox no longer holds; `octets` is their size."""

    name: str
    guid: str
    messages: int
    missing: tuple[int, ...]
    octets: int


@dataclass(frozen=True, slots=True)
class _Message:
    folder: str
    folder_guid: str
    uid: int
    guid: str
    octets: int


class MailboxCopy:
    """`data`: the folder of this installation. `home`: of the copy."""

    def __init__(self, data: Path, key: str, home: Path) -> None:
        if not KEY.fullmatch(key):
            raise RestorationError("key")
        self._config = data / "engine" / "dovecot" / "dovecot.conf"
        self._key, self._home = key, home

    @property
    def exists(self) -> bool:
        return self._home.is_dir()

    def mend(self) -> None:
        """Before anything else. A copy made while mail came in may hold a file that the index does not know, or the
        reverse. On a busy machine Dovecot's tool was seen to abort half-way: once more, then."""
        for lock in self._home.rglob("*.lock"):  # of a process on the machine of the copy
            lock.unlink()
        for tries_left in reversed(range(TRIES)):
            try:
                self._doveadm("force-resync", "-u", self._key, "*", copied=True)
            except RestorationError:
                if not tries_left:
                    raise
            else:
                return

    def folders(self, message_id: str = "") -> list[CopiedFolder]:
        """Those that hold a message, the inbox first. `message_id`: count this one message alone."""
        there = {message.guid for message in self._messages("ALL")}
        there |= {message.guid for message in self._messages("mailbox", WITHDRAWN)}
        copied = self._copied()
        if message_id:
            copied = self._messages("header", "Message-ID", message_id, copied=True)
        held: dict[str, list[_Message]] = defaultdict(list)
        for message in copied:
            held[message.folder].append(message)
        return [_counted(name, held[name], there) for name in sorted(held, key=lambda name: (name != "INBOX", name))]

    def bring_back(self, folder: CopiedFolder, target: str) -> None:
        """What is missing of that folder, into a folder of its name inside `target`, which is made and subscribed. By
        its GUID: a name may hold "*", which would stand for others."""
        for uids in uid_sets(folder.missing):
            source = ("mailbox-guid", folder.guid, "uid", uids)
            self._forget_list()
            self._doveadm("import", "-u", self._key, "-s", f"sdbox:{self._home}/sdbox", target, *source)
        if folder.name in FRENCH:
            self._rename(f"{target}/{folder.name}", f"{target}/{FRENCH[folder.name]}")

    def room(self) -> int | None:
        """Bytes that still go into the mailbox. None: it has no limit."""
        for line in self._doveadm("-f", "tab", "quota", "get", "-u", self._key).splitlines()[1:]:
            _root, kind, value, limit, *_percent = line.split("\t")
            if kind == "STORAGE" and limit.isdecimal():
                return max(0, int(limit) - int(value)) * 1024
        return None

    def _copied(self) -> list[_Message]:
        """Every message of the copy. Seen on a busy machine: after a look Dovecot finds none where the files are; made
        again, its index has them."""
        files = sum(1 for _file in self._home.glob("sdbox/mailboxes/**/u.*"))
        found = self._messages("ALL", copied=True)
        for _ in range(TRIES):
            if len(found) >= files:
                return found
            self.mend()
            found = self._messages("ALL", copied=True)
        if not found:
            raise RestorationError("refused", f"{files} files, no message")
        return found

    def _rename(self, former: str, name: str) -> None:
        """Into the folder of that name where there is one already, of a restoration before."""
        self._doveadm("mailbox", "create", "-u", self._key, "-s", name, accepted=_THERE_ALREADY)
        self._doveadm("move", "-u", self._key, name, "mailbox", former, "ALL")
        self._doveadm("mailbox", "delete", "-u", self._key, "-s", former)

    def _messages(self, *query: str, copied: bool = False) -> list[_Message]:
        said = self._doveadm(
            "-f", "tab", "fetch", "-u", self._key, "uid guid size.physical mailbox-guid mailbox", *query, copied=copied
        )
        rows = (line.split("\t", 4) for line in said.splitlines()[1:])
        return [_Message(folder, place, int(uid), guid, int(octets)) for uid, guid, octets, place, folder in rows]

    def _forget_list(self) -> None:
        """The copy's index of its folders, which was that of another place: read here and there within a second,
        Dovecot takes it for new and finds no folder. It makes it again from the folders themselves."""
        for file in self._home.glob("sdbox/dovecot.list.index*"):
            file.unlink()

    def _doveadm(self, *words: str, copied: bool = False, accepted: Container[int] = _NOTHING_THERE) -> str:
        place: list[str] = []
        if copied:
            self._forget_list()
            place = ["-o", f"mail_home={self._home}", "-o", f"mail_path={self._home}/sdbox"]
        command = ["doveadm", "-c", str(self._config), *place, *words]
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=COMMAND_SECONDS, check=False, stdin=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired as error:
            raise RestorationError("slow") from error
        said = done.stderr.decode("utf-8", "replace")
        if done.returncode and done.returncode not in accepted:
            raise RestorationError("room" if "quota" in said.lower() else "refused", said[-300:])
        return done.stdout.decode("utf-8", "replace")


def uid_sets(numbers: Iterable[int]) -> list[str]:
    """1,2,3,7 as "1:3,7", in as many sets as the length of an argument asks for."""
    sets = [""]
    spans: list[list[int]] = []
    for number in sorted(set(numbers)):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    for first, last in spans:
        span = str(first) if first == last else f"{first}:{last}"
        if len(sets[-1]) + len(span) >= LONGEST_SET:
            sets.append("")
        sets[-1] += f",{span}" if sets[-1] else span
    return [one for one in sets if one]


def _counted(name: str, messages: Sequence[_Message], there: set[str]) -> CopiedFolder:
    missing = [message for message in messages if message.guid not in there]
    octets = sum(message.octets for message in missing)
    return CopiedFolder(name, messages[0].folder_guid, len(messages), tuple(message.uid for message in missing), octets)
