"""The hand on Postfix's queue: `python -m vaguemestre.engine.queue_manager SOCKET CONFIG`.

Only root may hold a message of the queue, let it go or delete it, and the product is not root. This process is, and
does nothing else, for the senders it is told (`root_socket`). No Django.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from vaguemestre.engine.root_socket import serve

COMMAND_SECONDS = 120  # a queue of some ten thousand messages is read in seconds
NAMED = 20  # recipients named of one message; the others are counted
FLAGS = {"hold": "-h", "release": "-H", "delete": "-d"}
NEAR_SECONDS = 900  # between the queue's hour of a message and that of its copy in Sent
OPENED = 40  # messages of one person, come at about the same hour, whose header is looked at
_MESSAGE_ID = re.compile(r"^message-id:\s*(<[^<>\s]+>)", re.IGNORECASE | re.MULTILINE)
_QUEUE_ID = re.compile(r"[0-9A-Za-z]{6,40}")  # never "ALL" nor an option


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
    folder = Path(_run("postconf", config, "-h", "queue_directory").strip()) / "deferred"
    file = next((path for path in folder.rglob(number) if path.is_file()), None)
    try:
        return file.stat().st_mtime if file else None
    except FileNotFoundError:
        return None


def plain(address: str) -> str:
    """One person's addresses are told apart by neither dots, case nor a +suffix."""
    local, _at, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0].replace('.', '')}@{domain}"


def _queued(config: str, senders: set[str]) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in _run("postqueue", config, "-j").splitlines() if line]
    return [message for message in found if plain(message["sender"]) in senders]


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


if __name__ == "__main__":
    serve(Path(sys.argv[1]), partial(answer, sys.argv[2]))
