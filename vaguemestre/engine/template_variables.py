"""What the templates may say: one name for each fact of this installation, as the daemons write it."""

import hashlib
import os
import pwd
import re
from pathlib import Path

from vaguemestre.academy.facts import academy
from vaguemestre.engine import copy_addresses, heartbeat_mailbox, tls_policy
from vaguemestre.engine.bulk_sender import bulk_sender
from vaguemestre.engine.daemon_folders import dkim_selector, require_data
from vaguemestre.engine.mailboxes import RECOVERABLE
from vaguemestre.instance import COURIER_ADDRESS, Instance, listen_addresses, own_door


def facts(instance: Instance, config: Path) -> dict[str, str]:
    data = require_data(instance)
    authority, ports = academy(), instance.ports
    return {
        **_paths(data, config),
        **_tls(data),
        **_doors(instance),
        **_world(instance),
        **_words(data),
        **{f"{name}_port": str(port) for name, port in ports.model_dump(exclude_none=True).items()},
        "domain": authority.domain,
        "postmaster": f"postmaster@{authority.domain}",
        "bulk_sender": bulk_sender(),
        "copy_domain": copy_addresses.DOMAIN,
        "copy_folder": copy_addresses.FOLDER,
        "heartbeat": heartbeat_mailbox.KEY,
        "heartbeat_source": door_and_source(instance.listen)[1],
        "own_message_id": f"<{'?' * 32}@{authority.domain}>",  # as the webmail and the courier write it; for :matches
        "origin": instance.origin,
        "mail_host": mail_host(instance),
        "mail_host_pattern": re.escape(mail_host(instance)),
        "message_limit": str(authority.mail.message_limit_mb * 1024 * 1024),
        "recipients": str(authority.mail.recipients_per_message),
        "recipients_per_hour": str(authority.mail.recipients_per_hour),
        "recipients_at_once": str(authority.mail.recipients_at_once),
        "quota_grace_mb": str(2 * authority.mail.message_limit_mb),  # one, with lines that end in CRLF
        "quota_mb": str(authority.mail.quota_mb),
        "recoverable": RECOVERABLE if authority.mail.recover_days else "",
        "vmail_uid": str(pwd.getpwnam("vmail").pw_uid),
        "unmatched_hash": f"{{ARGON2ID}}{authority.passwords.argon2.unmatched_hash}",
        "failure_delay": "0" if instance.mode == "test" else "2 secs",
        "retry_delay": "2s" if instance.mode == "test" else "60s",
        "xclient_hosts": "127.0.0.1" if instance.mode == "test" else "",
        "auth_workers": str(max(4, 2 * (os.cpu_count() or 1))),
        "index_workers": str(max(2, (os.cpu_count() or 1) // 2)),
    }


def mail_host(instance: Instance) -> str:
    """The name the mail servers call themselves: the canonical host, or a likely one while that is only `localhost`."""
    return instance.host if "." in instance.host else f"messagerie.{academy().domain}"


def door_and_source(listen: str) -> tuple[str, str]:
    """Where this machine's port 25 is, and the address from which trial messages come there: the courier's, of which
    Rspamd thinks nothing; of IPv6 there is no second one."""
    door = own_door(listen)
    return door, door if ":" in door else COURIER_ADDRESS


def _paths(data: Path, config: Path) -> dict[str, str]:
    return {
        "data": str(data),
        "config": str(config),
        "run": str(data / "run"),
        "log": str(data / "log"),
        "mail_file": str(data / "db" / "mail.sqlite3"),
    }


def _tls(data: Path) -> dict[str, str]:
    (certificate, key), *more = tls_policy.certificates(data)
    other_certificate, other_key = more[0] if more else ("", "")
    return {
        "tls_ciphers": ":".join(tls_policy.CIPHERS),
        "tls_groups": ":".join(tls_policy.GROUPS),
        "tls_certificate": str(certificate),
        "tls_key": str(key),
        "tls_alt_certificate": str(other_certificate),
        "tls_alt_key": str(other_key),
        "tls_chain": ", ".join(f"{key}, {certificate}" for certificate, key in tls_policy.certificates(data)),
    }


def _doors(instance: Instance) -> dict[str, str]:
    run = require_data(instance) / "run"
    rspamd = f"unix:{run}/rspamd/milter.sock" if instance.rspamd else ""
    sendercheck = f"unix:{run}/sendercheck.sock"
    return {
        "postfix_listen": _postfix_listen(instance),
        "dovecot_listen": ", ".join(listen_addresses(instance.listen)),
        "milters": rspamd,
        "courier_address": COURIER_ADDRESS,
        "courier_milters": f"inline:{{ {{ {COURIER_ADDRESS} = {rspamd} }} }}" if rspamd else "",
        "submission_milters": f"{sendercheck}, {rspamd}" if rspamd else sendercheck,
    }


def _postfix_listen(instance: Instance) -> str:
    """What stands before a port in master.cf. Nothing: on all addresses of `inet_protocols`."""
    addresses = listen_addresses(instance.listen)
    if len(addresses) > 1:
        return ""
    return f"[{addresses[0]}]:" if ":" in addresses[0] else f"{addresses[0]}:"


def _world(instance: Instance) -> dict[str, str]:
    """Only production may reach the outside, and only it may wait for a resolver."""
    if instance.mode != "production":
        sink = (
            f"default_transport = smtp:[127.0.0.1]:{instance.ports.sink}\nrelayhost = [127.0.0.1]:{instance.ports.sink}"
        )
        return {"relay_lines": sink, "peername_lookup": "no", "nameservers": '"127.0.0.1:53:1"'}
    relay = f"relayhost = {instance.relay}" if instance.relay else "relayhost ="
    return {"relay_lines": relay, "peername_lookup": "yes", "nameservers": _resolvers()}


def _resolvers() -> str:
    lines = Path("/etc/resolv.conf").read_text(encoding="utf-8").splitlines()
    servers = [words[1] for words in map(str.split, lines) if len(words) > 1 and words[0] == "nameserver"]
    return ", ".join(f'"{server}"' for server in servers) or '"127.0.0.1"'


def _words(data: Path) -> dict[str, str]:
    policy = (data / "secrets" / "policy.key").read_text(encoding="ascii").strip()
    return {
        "policy_word": policy,
        "policy_nonce": hashlib.sha256(f"nonce {policy}".encode()).hexdigest()[:32],
        "push_word": (data / "secrets" / "push.key").read_text(encoding="ascii").strip(),
        "dkim_selector": dkim_selector(data) or "none",
    }
