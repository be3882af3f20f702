"""Which program a mail connection is, as it says itself by IMAP's ID, before it signs in or after.

The gate is one process that writes its lines in turn, so its memory is enough: what a restart loses is a name.
A stranger may say anything here: names are cut short, and only what can be printed is kept.
"""

from datetime import datetime, timedelta

from vaguemestre.accounts.attempts import attempt_log
from vaguemestre.accounts.models import SignIn

MOST = 5000
SAID_WITHIN = timedelta(minutes=1)  # a port of the other side may soon be another program's
LONGEST_NAME, LONGEST_VERSION = 60, 30
BETWEEN = " – "


class ClientName:
    """What was said and what was written, by connection, until the one has found the other."""

    def __init__(self) -> None:
        self._programs: dict[str, tuple[datetime, str]] = {}
        self._lines: dict[str, tuple[datetime, int, str]] = {}

    def wrote(self, connection: str, line: SignIn, named: str, now: datetime) -> None:
        """A good sign-in. `named`: the application password that it showed, by its owner's name for it."""
        if connection:
            _keep(self._lines, connection, (now, line.pk, named))
            self._name(connection, now)

    def says(self, connection: str, program: str, now: datetime) -> None:
        if connection and program:
            _keep(self._programs, connection, (now, program))
            self._name(connection, now)

    def _name(self, connection: str, now: datetime) -> None:
        """Once both are known, and of one time: never of a connection that had the same port before."""
        written, number, named = self._lines.get(connection, (None, 0, ""))
        said, program = self._programs.get(connection, (None, ""))
        if written and said and min(written, said) > now - SAID_WITHIN:
            del self._lines[connection]
            attempt_log.set_program(number, client_text(program, named), now=now)


saying = ClientName()


def connection_name(address: str, port: str) -> str:
    return f"{address} {port}" if address and port else ""


def program_text(name: str, version: str) -> str:
    """“Thunderbird 153.7.0”; empty for one that has no name."""
    name = _printable(name)[:LONGEST_NAME].strip()
    return f"{name} {_printable(version)[:LONGEST_VERSION]}".strip() if name else ""


def client_text(program: str, named: str) -> str:
    """With the name that its owner gave to its password, where there is one that says more."""
    if program.startswith(named):
        return program
    return BETWEEN.join(filter(None, (program, named)))


def _printable(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())


def _keep[T](kept: dict[str, T], connection: str, what: T) -> None:
    kept.pop(connection, None)
    kept[connection] = what
    if len(kept) > MOST:
        del kept[next(iter(kept))]
