"""What production must be told, asked one by one, or given as options: `vaguemestre init --host … --yes`."""

import argparse
import re
import socket
import sys
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.texts import _
from vaguemestre.launcher.tls import pairs

NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
RELAY = re.compile(r"(\[[A-Za-z0-9.:-]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?")
NONE = "-"


@dataclass(frozen=True)
class Answers:
    domain: str
    host: str
    database: str  # empty: SQLite
    certificate: str  # empty: the local authority signs one
    key: str
    relay: str  # empty: straight to the servers of other domains


@dataclass(frozen=True)
class Question:
    option: str
    text: str
    default: Callable[[dict[str, str]], str]  # of the answers before it
    refusal: Callable[[str], str | None]  # why an answer will not do


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "vaguemestre init", description=_("Makes this machine the mail service: asks, installs, starts.")
    )
    parser.add_argument("--domain", help=_("what stands behind the @ of addresses"))
    parser.add_argument("--host", help=_("the name of this machine for browsers and mail programs"))
    parser.add_argument("--database", help=_("postgresql://…; “-”: SQLite, in the data folder"))
    parser.add_argument("--certificate", help=_("file of the certificate, whole chain (PEM); “-”: a local one"))
    parser.add_argument("--key", help=_("file of its key (PEM)"))
    parser.add_argument("--relay", help=_("server that takes mail for other domains; “-”: none"))
    parser.add_argument(
        "--daemons-only", action="store_true", help=_("before a restore: install the mail servers, start nothing")
    )
    parser.add_argument("--yes", action="store_true", help=_("ask nothing: what is not given has its default"))
    return parser.parse_args(arguments)


def ask(options: argparse.Namespace, academy: Path) -> Answers:
    """What will not do is asked again, and nothing else: who types it is here now, and may put it right meanwhile."""
    answers: dict[str, str] = {}
    domain, host, database, certificate, key, relay = _questions(academy)
    for question in (domain, host, database):
        _answer(question, options, answers)
    while refusal := _pair_refusal(certificate, key, options, answers):
        if options.yes or options.certificate is not None:
            raise LauncherError(f"--{certificate.option}, --{key.option}: {refusal}")
        print(f"  {refusal}")
    _answer(relay, options, answers)
    return Answers(**answers)


def _pair_refusal(
    certificate: Question, key: Question, options: argparse.Namespace, answers: dict[str, str]
) -> str | None:
    """Asks for both: either may be the wrong one."""
    _answer(certificate, options, answers)
    answers["key"] = ""
    if not answers["certificate"]:
        return None
    _answer(key, options, answers)
    files = Path(answers["certificate"]), Path(answers["key"])
    try:
        pairs.require_usable(pairs.read_pair(*files), *files, answers["host"], datetime.now(UTC))
    except LauncherError as error:
        return str(error)
    return None


def _questions(academy: Path) -> list[Question]:
    def host(answers: dict[str, str]) -> str:
        own = socket.getfqdn().lower()
        return own if own.endswith(f".{answers['domain']}") else f"messagerie.{answers['domain']}"

    def certificate(answers: dict[str, str]) -> str:
        found = Path("/etc/letsencrypt/live", answers["host"], "fullchain.pem")
        return str(found) if found.exists() else ""

    def key(answers: dict[str, str]) -> str:
        return str(Path(answers["certificate"]).with_name("privkey.pem"))

    def nothing(_answers: dict[str, str]) -> str:
        return ""

    return [
        Question("domain", _("Domain of the addresses"), lambda _a: domain_of(academy), _no_name),
        Question("host", _("Name of this machine"), host, _no_host),
        Question("database", _("Database (postgresql://…; “-”: SQLite)"), nothing, _no_database),
        Question("certificate", _("Certificate (a file; “-”: made here)"), certificate, _no_file),
        Question("key", _("Key of the certificate (a file)"), key, _no_file),
        Question("relay", _("Relay for other domains (“-”: none)"), nothing, _no_relay),
    ]


def _answer(question: Question, options: argparse.Namespace, answers: dict[str, str]) -> None:
    """An option that will not do ends it; a typed answer is asked for again."""
    given, default = getattr(options, question.option), question.default(answers)
    asked = given is None and not options.yes
    while True:
        text = _typed(question, default) if asked else default if given is None else given
        answer = "" if text == NONE else text.strip()
        refusal = question.refusal(answer)
        if not refusal:
            answers[question.option] = answer
            return
        if not asked:
            raise LauncherError(f"--{question.option}: {refusal}")
        print(f"  {refusal}")


def _typed(question: Question, default: str) -> str:
    if not sys.stdin.isatty():
        raise LauncherError(_("Nobody can be asked here: give the answers as options, with --yes."))
    return input(f"{question.text} [{default or NONE}] : ").strip() or default


def domain_of(academy: Path) -> str:
    return str(tomllib.loads(academy.read_text("utf-8"))["domain"])


def _no_name(text: str) -> str | None:
    return None if NAME.fullmatch(text) else _("“{name}” is no name like messagerie.ac-exemple.fr", name=text)


def _no_host(text: str) -> str | None:
    return _no_name(text) or unresolved(text)


def unresolved(host: str) -> str | None:
    """Nothing is ready before the service reaches its own mail servers by this name: a start would wait in vain."""
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        return _("{host} leads nowhere from this machine: put it in the DNS, or in /etc/hosts meanwhile.", host=host)
    return None


def _no_database(text: str) -> str | None:
    if not text:
        return None
    try:
        parts = conninfo_to_dict(text)
    except psycopg.ProgrammingError as error:
        return _("this is no address of a database. Its program says: “{words}”", words=str(error).strip())
    if not text.startswith(("postgresql://", "postgres://")) or not parts.get("dbname"):
        return _("an address is written postgresql://user@/name?host=/run/postgresql")
    return None


def _no_file(text: str) -> str | None:
    return None if not text or Path(text).is_file() else _("there is no file {file}", file=text)


def _no_relay(text: str) -> str | None:
    return None if not text or RELAY.fullmatch(text) else _("a relay is written [smtp.exemple.fr]:587")
