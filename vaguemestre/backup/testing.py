"""A restorer in place of root's, for tests of screens: what it is asked, and what it answers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

from vaguemestre.backup.mailbox import mailbox_restorations
from vaguemestre.engine.root_socket import NoAnswerError

INBOX, CLASS = "a" * 32, "b" * 32
RUN_AT = datetime(2026, 11, 12, 1, 30, tzinfo=UTC)
PLACE = "Restauration 2026-11-12"


@dataclass
class StandInRestorer:
    """Two backups; of the newer one 3 messages are missing in the inbox, none in "Classe". `slow`: so many looks find
    it at work."""

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)
    slow: int = 0
    away: bool = False

    def __post_init__(self) -> None:
        runs = [{"run": "nuit-12", "at": RUN_AT.timestamp()}, {"run": "nuit-1", "at": RUN_AT.timestamp() - 950_400}]
        inbox = {"guid": INBOX, "name": "INBOX", "messages": 40, "missing": 3, "octets": 5000}
        classroom = {"guid": CLASS, "name": "Classe/6ème", "messages": 7, "missing": 0, "octets": 0}
        usual: dict[str, dict[str, Any]] = {
            "runs": {"runs": runs},
            "look": {"folders": [inbox, classroom], "room": 1_000_000},
            "restore": {"messages": 3, "place": PLACE},
            "wipe": {"wiped": True},
        }
        self.answers = usual | self.answers

    def ask(self, path: Path, question: dict[str, Any], patience: float) -> dict[str, Any]:  # noqa: ARG002 - as `ask`
        if self.away:
            raise NoAnswerError("restorer: away")
        self.asked.append(question)
        if question["act"] in ("look", "restore") and self.slow:
            self.slow -= 1
            return {"working": True}
        return self.answers[question["act"]]


@contextmanager
def stand_in_restorer() -> Iterator[StandInRestorer]:
    """On an installation whose backup is set up."""
    made = StandInRestorer()
    with (
        mock.patch.object(mailbox_restorations, "ask", made.ask),
        mock.patch.object(mailbox_restorations, "is_configured", return_value=True),
    ):
        yield made
