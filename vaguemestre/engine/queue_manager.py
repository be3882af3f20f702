"""The hand on Postfix's queue: `python -m vaguemestre.engine.queue_manager SOCKET CONFIG LOG`.

Only root may hold a message of the queue, let it go or delete it, and the product is not root. This process is, and
does nothing else, for given senders (`root_socket`). No Django.
It also counts, for `/metrics/`: what waits, and, from the log, deliveries and refusals. It asks the programs whose
sockets the product may not open whether they answer (`liveness_probes`), and has Dovecot reload after the clock was set
back (`clock_steps`).
"""

import json
import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from vaguemestre.engine import liveness_probes
from vaguemestre.engine.clock_steps import ClockSteps
from vaguemestre.engine.copy_addresses import is_copy_address
from vaguemestre.engine.postfix_log import PostfixLog
from vaguemestre.engine.root_socket import serve

COMMAND_SECONDS = 120  # a queue of some ten thousand messages is read in seconds
NAMED = 20  # recipients named of one message; the others are counted
FLAGS = {"hold": "-h", "release": "-H", "delete": "-d"}
NEAR_SECONDS = 900  # between the queue's hour of a message and that of its copy in Sent
OPENED = 40  # messages of one person, come at about the same hour, whose header is looked at
_MESSAGE_ID = re.compile(r"^message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_QUEUE_ID = re.compile(r"[0-9A-Za-z]{6,40}")  # never "ALL" nor an option
QUEUES = ("maildrop", "incoming", "active", "deferred", "hold", "corrupt")
_DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"  # Postfix's own, of a long queue id
_MICROSECONDS = 4  # digits


class QueueUnreadable(RuntimeError):
    """Postfix's own word for why not."""


def answer(config: str, asked: dict[str, Any]) -> dict[str, Any]:
    """`hold` and `list` answer what is on hold; `release` and `delete` the numbers that no longer are."""
    senders = {plain(sender) for sender in asked["senders"]}
    act = asked["act"]
    if act == "underway":
        return {"messages": underway(config, senders, asked["message_id"], asked["since"])}
    if act == "list":
        return {"messages": on_hold(config, senders)}
    if act == "hold":
        waiting = [found["queue_id"] for found in _queued(config, senders) if found["queue_name"] != "hold"]
        _super(config, act, waiting)
        return {"messages": on_hold(config, senders)}
    wanted = {number for number in asked["ids"] if _QUEUE_ID.fullmatch(number)}
    theirs = sorted(wanted & {found["id"] for found in on_hold(config, senders)})
    _super(config, act, theirs)
    left = {found["id"] for found in on_hold(config, senders)}
    done = [number for number in theirs if number not in left]
    if act == "release" and done:
        _run("postqueue", config, "-f")  # now, rather than at the next round
    return {"ids": done}


def on_hold(config: str, senders: set[str]) -> list[dict[str, Any]]:
    """The oldest first."""
    held = [found for found in _queued(config, senders) if found["queue_name"] == "hold"]
    return [
        {
            "id": found["queue_id"],
            "at": found["arrival_time"],
            "size": found["message_size"],
            "recipients": [to["address"] for to in found["recipients"][:NAMED]],
            "count": len(found["recipients"]),
        }
        for found in sorted(held, key=lambda found: (found["arrival_time"], found["queue_id"]))
    ]


def underway(config: str, senders: set[str], message_id: str, since: float) -> list[dict[str, Any]]:
    """What of this message has not left, though nobody holds it: for whom, why by Postfix's last word (empty: it is
    tried now), and when it is tried again. Only what came into the queue about `since` is opened."""
    near = [
        found for found in _queued(config, senders)
        if found["queue_name"] != "hold" and abs(found["arrival_time"] - since) < NEAR_SECONDS
    ]  # fmt: skip
    mine = (found for found in near[:OPENED] if _message_id(config, found["queue_id"]) == message_id)
    return [
        {
            "at": found["arrival_time"],
            "again_at": _tried_again(config, found["queue_id"]) if found["queue_name"] == "deferred" else None,
            "recipients": [[to["address"], to.get("delay_reason", "")] for to in found["recipients"][:NAMED]],
        }
        for found in mine
    ]


def outcomes(config: str, log: PostfixLog, numbers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """For each message who still waits and why, and the outcome of the others. The queue
    first: who has left it by then is in the log."""
    wanted = set(numbers)
    lines = (json.loads(line) for line in _run("postqueue", config, "-j").splitlines() if line)
    waiting = {
        found["queue_id"]: {to["address"]: to.get("delay_reason", "") for to in found["recipients"]}
        for found in lines if found["queue_id"] in wanted
    }  # fmt: skip
    log.read()
    return {one: {"waiting": waiting.get(one, {}), "done": log.outcomes.get(one, {})} for one in numbers}


def _message_id(config: str, number: str) -> str:
    """Empty once it has left."""
    try:
        header = _run("postcat", config, "-h", "-q", number)
    except QueueUnreadable:
        return ""
    found = _MESSAGE_ID.search(header)
    return found[1] if found else ""


def _tried_again(config: str, number: str) -> float | None:
    """Postfix keeps that hour as the date of the file."""
    file = next((path for path in (_queue_folder(config) / "deferred").rglob(number) if path.is_file()), None)
    try:
        return file.stat().st_mtime if file else None
    except FileNotFoundError:
        return None


def queue_state(config: str, now: float) -> dict[str, dict[str, float]]:
    """Of each queue how many messages, and the age of the oldest in seconds. By the names of the files alone: those of
    a queue of tens of thousands are not opened."""
    return {name: _size_and_age(_queue_folder(config) / name, now) for name in QUEUES}


def _size_and_age(folder: Path, now: float) -> dict[str, float]:
    """What is tried again comes into `active` with the id of its arrival: there the age is since that moment."""
    count, oldest = 0, now
    for entry in _files(str(folder)):
        if folder.name != "corrupt" and not _is_message(entry):
            continue
        count += 1
        since = _entered(entry) if folder.name == "active" else arrival_time(entry.name)
        oldest = min(oldest, since or now)
    return {"count": count, "age": max(0.0, now - oldest)}


def _is_message(entry: os.DirEntry[str]) -> bool:
    """Postfix's own judgement (mail_open_ok.c): its owner may execute the file once all of it is written. One that is
    still coming in, or of which a power cut left the name alone, is none."""
    try:
        mode = entry.stat(follow_symlinks=False).st_mode
    except FileNotFoundError:
        return False
    return stat.S_ISREG(mode) and mode & stat.S_IRWXU == stat.S_IRWXU


def _entered(entry: os.DirEntry[str]) -> float | None:
    try:
        return entry.stat().st_ctime
    except FileNotFoundError:
        return None


def _files(folder: str) -> Iterator[os.DirEntry[str]]:
    """Postfix moves files all the time: what is gone is in another folder."""
    try:
        found = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in found:
        if len(entry.name) == 1:  # Postfix's own folders below, by the first digit
            yield from _files(entry.path)
        else:
            yield entry


def arrival_time(queue_id: str) -> float | None:
    """A long queue id begins with the second of its making; None for any other name."""
    digits = queue_id[: max(0, queue_id.rfind("z") - _MICROSECONDS)]
    if not digits or not set(digits) <= set(_DIGITS):
        return None
    second = 0
    for digit in digits:
        second = second * len(_DIGITS) + _DIGITS.index(digit)
    return float(second)


@cache
def _queue_folder(config: str) -> Path:
    return Path(_run("postconf", config, "-h", "queue_directory").strip())


def plain(address: str) -> str:
    """One person's addresses are told apart by neither dots, case nor a +suffix."""
    local, _at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def _queued(config: str, senders: set[str]) -> list[dict[str, Any]]:
    """Without copies for Sent: those have no reader, and continue while an account is held."""
    found = [json.loads(line) for line in _run("postqueue", config, "-j").splitlines() if line]
    for message in found:
        message["recipients"] = [to for to in message["recipients"] if not is_copy_address(to["address"])]
    return [message for message in found if message["recipients"] and plain(message["sender"]) in senders]


def _super(config: str, act: str, numbers: Sequence[str]) -> None:
    if numbers:
        where = [] if act == "hold" else ["hold"]
        _run("postsuper", config, FLAGS[act], "-", *where, typed="\n".join(numbers) + "\n")


def _run(command: str, config: str, *options: str, typed: str = "") -> str:
    words = [command, "-c", config, *options]
    done = subprocess.run(
        words, input=typed, capture_output=True, text=True, errors="replace", timeout=COMMAND_SECONDS, check=False
    )
    if done.returncode:
        raise QueueUnreadable(done.stderr.strip()[-300:])
    return done.stdout


def answer_or_count(run: Path, config: str, log: PostfixLog, asked: dict[str, Any]) -> dict[str, Any]:
    if asked["act"] == "probe":
        return {"answers": liveness_probes.answers_root(run, asked["program"])}
    if asked["act"] == "outcomes":
        return {"messages": outcomes(config, log, asked["ids"])}
    if asked["act"] != "state":
        return answer(config, asked)
    log.read()
    return {
        "queues": queue_state(config, time.time()),
        "deliveries": [[*labels, count] for labels, count in log.deliveries.items()],
        "refusals": [[*labels, count] for labels, count in log.refusals.items()],
    }


def run(path: Path, config: str, log: PostfixLog) -> None:
    """Between two questions it reads the log on, so that little is lost when that is emptied in place."""
    steps = ClockSteps(path.parent / "dovecot")

    def in_between() -> None:
        log.read()
        steps.look()

    serve(path, partial(answer_or_count, path.parent, config, log), in_between=in_between)


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2], PostfixLog(Path(sys.argv[3])))
