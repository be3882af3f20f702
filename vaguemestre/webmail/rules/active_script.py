"""What filters a person's mail at this moment, as Dovecot tells it: other programs may have changed it since."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.errors import MailboxError
from vaguemestre.mailbox.sieve.managesieve import ScriptServer
from vaguemestre.webmail.connection import open_scripts
from vaguemestre.webmail.preferences import lookup
from vaguemestre.webmail.rules import sieve_script, sieve_sync

SHOWN = 5  # scripts whose text is fetched for a page


class ScriptState(StrEnum):
    AS_CHOSEN = "chosen"
    FOREIGN = "foreign"  # another program's is in force
    CHANGED = "changed"  # ours is, with another program's words in it
    STOPPED = "stopped"  # none is, though something was chosen here
    UNKNOWN = "unknown"  # nobody answers


@dataclass(frozen=True, slots=True)
class ScriptText:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class ActiveScript:
    """`idle`: whether nothing was chosen here. `beside`: another program's, that ours includes. `aside`: what has no
    effect."""

    state: ScriptState
    idle: bool = True
    now: ScriptText | None = None
    beside: ScriptText | None = None
    aside: list[ScriptText] = field(default_factory=list)


def find_active_script(account: Account, now: datetime) -> ActiveScript:
    """A conversation with the server of scripts, which may be away: then it is not known."""
    chosen = lookup.load_preferences(account)
    idle = not sieve_sync.sieve_settings(chosen, now).need_a_script
    try:
        with open_scripts(account.key) as server:
            name, text = sieve_sync.fetch_active_script(server)
            beside = chosen.included_script if name == sieve_script.NAME else ""
            others = [one.name for one in server.scripts() if one.name not in {name, beside, sieve_script.NAME}]
            return ActiveScript(
                _state(name, text, chosen.script_mark, idle=idle), idle, ScriptText(name, text) if name else None,
                _text(server, beside), [ScriptText(other, server.get(other)) for other in sorted(others)[-SHOWN:]],
            )  # fmt: skip
    except MailboxError:
        return ActiveScript(ScriptState.UNKNOWN, idle)


def _state(name: str, text: str, known: str, *, idle: bool) -> ScriptState:
    if not name:
        return ScriptState.AS_CHOSEN if idle else ScriptState.STOPPED
    if name != sieve_script.NAME:
        return ScriptState.FOREIGN
    return ScriptState.AS_CHOSEN if sieve_script.is_ours(text, known) else ScriptState.CHANGED


def _text(server: ScriptServer, name: str) -> ScriptText | None:
    """One that was deleted since is skipped by the server, too."""
    there = name and any(one.name == name for one in server.scripts())
    return ScriptText(name, server.get(name)) if there else None
