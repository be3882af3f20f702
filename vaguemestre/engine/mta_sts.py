"""MTA-STS (RFC 8461): other servers learn over HTTPS that mail for the domain is handed over by TLS, and to whom."""

import hashlib

from vaguemestre.academy.facts import academy

PATH = "/.well-known/mta-sts.txt"
WEEK = 604_800  # how long they remember it; renewed each time that they look


def host() -> str:
    """The name is fixed by the standard."""
    return f"mta-sts.{academy().domain}"


def policy(mail_host: str) -> str:
    """Changed, it has another `number` in the DNS, which is how others know that they must read it again."""
    lines = ["version: STSv1", f"mode: {academy().mail.mta_sts}", f"mx: {mail_host}", f"max_age: {WEEK}"]
    return "".join(f"{line}\r\n" for line in lines)


def number(mail_host: str) -> str:
    return hashlib.sha256(policy(mail_host).encode()).hexdigest()[:20]
