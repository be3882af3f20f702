"""Who gives what to the rooms below, and which processes load it."""

import json
import subprocess
import sys

from vaguemestre.web.ports import Port, load_wiring

SHOW = """
import json, sys
{code}
print(json.dumps([name for name in sys.modules if name.startswith("vaguemestre.")]))
"""


def test_who_provides_what_in_which_order() -> None:
    load_wiring()
    ports = {
        one.name: one
        for module in list(sys.modules.values())
        if module.__name__.startswith("vaguemestre.")
        for one in vars(module).values()
        if type(one) is Port
    }
    assert {name: " ".join(_room(one) for one in port.all()) for name, port in ports.items()} == {
        "accounts.absence_list": "webmail",
        "accounts.account_followers": "shared_mailboxes webmail directory",
        "accounts.account_projector": "engine",
        # What works for the account, what waits on its way, its mailbox, its drafts, then rows in any order.
        "accounts.account_purgers": "backup exports moving engine webmail withdrawals engine engine webmail"
        " shared_mailboxes lists contacts sso sso handouts helpdesk career circulars",
        "accounts.forwarding_list": "webmail",
        "accounts.heard_boxes": "shared_mailboxes",
        "accounts.mail_holders": "engine webmail webmail",
        "accounts.mail_memories": "webmail",
        "accounts.purge_holders": "exports",
        "accounts.report_followers": "withdrawals",
        "accounts.rules_rollback": "webmail",
        "accounts.screen_preferences": "webmail",
        "accounts.sent_list": "webmail",
        "accounts.session_followers": "sso career",
        "accounts.settings_entries": "webmail",
        "accounts.signature_import": "webmail",
        "accounts.waiting_list": "webmail",
        "contacts.correspondent_sources": "webmail",
        "handouts.kept_files": "circulars",
        "handouts.living_letters": "webmail",
        "maintenance.lets_in": "portal",
        "people.feed_followers": "accounts shared_mailboxes sso directory career",
        "shared_mailboxes.right_followers": "webmail webmail webmail",
        "web.cleaner_trial": "mailbox",
        "web.service_facts": "web maintenance letters engine arrivals backup",
        "web.gauge_sources": "web web web maintenance maintenance accounts shared_mailboxes letters engine engine"
        " engine engine engine sso handouts arrivals backup",
        "web.heartbeat_trouble": "engine",
        # In the order of the first row; then the rooms of a role.
        "web.house_rooms": "portal webmail portal career directory lists helpdesk career circulars operations",
        "web.operator_findings": "web web maintenance maintenance maintenance shared_mailboxes letters engine engine"
        " engine arrivals arrivals backup clients",
        "web.pending_decisions": "accounts portal webmail helpdesk career circulars",
        "web.timed_pages": "webmail",
    }


def test_a_command_loads_no_more_than_the_tables() -> None:
    assert [name for name in _loaded("import django; django.setup()") if name.endswith(".wiring")] == []


def test_the_gate_and_the_events_start_without_the_webmail() -> None:
    """Of the webmail the gate knows the tables, as Django does of every room."""
    tables = {name for name in _loaded("import django; django.setup()") if ".webmail" in name}
    assert {name for name in _loaded("import vaguemestre.gate") if ".webmail" in name} == tables
    assert [name for name in _loaded("import vaguemestre.events") if ".webmail" in name or ".wiring" in name] == []


def _room(provided: object) -> str:
    """A job is named by its room, a function lies in it."""
    name: str = getattr(provided, "name", "") or provided.__module__.removeprefix("vaguemestre.")
    return name.split(".")[0]


def _loaded(code: str) -> list[str]:
    command = [sys.executable, "-P", "-c", SHOW.format(code=code)]
    names: list[str] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return names
