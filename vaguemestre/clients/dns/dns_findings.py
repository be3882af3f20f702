"""What stands wrong in the DNS for mail that leaves: others then file it as junk, or refuse it."""

import ipaddress
from collections.abc import Callable, Iterator
from datetime import datetime

import dns.name
import dns.reversename
from django.conf import settings
from django.utils.translation import gettext as _

from vaguemestre.clients.dns.checking import NoResolverError, Resolver, State, UnansweredError, judged
from vaguemestre.clients.dns.records import mail_host, sender_records
from vaguemestre.web.findings import Finding, Severity

SECONDS = 2.0  # of the resolver: whoever asks has other things to look at
# What a list answers to a resolver that it does not serve (Spamhaus and others) says nothing of the address.
NOT_SERVED = ipaddress.ip_network("127.255.255.0/24")


def _usual_resolver() -> Resolver:
    return Resolver(seconds=SECONDS)


def dns_findings(_now: datetime, resolver: Callable[[], Resolver] = _usual_resolver) -> Iterator[Finding]:
    """`web.findings.operator_findings`. Nothing is asked in a demo."""
    if settings.INSTANCE.mode != "production":
        return
    try:
        yield from _unpublished(resolver())
        if not settings.INSTANCE.relay:  # else it is not from here that others get mail
            yield from _listed(resolver())
    except NoResolverError:
        yield Finding(
            Severity.NOTE,
            _("The resolver does not answer: whether SPF, DKIM and DMARC are published is not known."),
            _("See /etc/resolv.conf and the network; then ask again: vaguemestre dns --check"),
        )


def _unpublished(resolver: Resolver) -> Iterator[Finding]:
    found = {name: judged(resolver, record).state for name, record in sender_records().items()}
    if wrong := [name for name, state in found.items() if state in (State.MISSING, State.DIFFERENT)]:
        yield Finding(
            Severity.NOTE,
            _("Not published as it should be: %(names)s. Others take our mail for junk, or refuse it.")
            % {"names": ", ".join(wrong)},
            _("Publish what “vaguemestre dns” prints; “vaguemestre dns --check” says what differs."),
        )


def _listed(resolver: Resolver) -> Iterator[Finding]:
    lists = settings.INSTANCE.block_lists
    try:
        addresses = resolver.addresses(mail_host()) if lists else []
    except UnansweredError:
        return
    for address in addresses:
        for zone in lists:
            if _is_on(resolver, address, zone):
                told = {"address": address, "list": zone}
                yield Finding(
                    Severity.ALARM,
                    _("%(address)s is on the block list %(list)s: other servers refuse our mail.") % told,
                    _("Its page says why. End the cause (an account that sends junk?), then ask to be taken off."),
                )


def _is_on(resolver: Resolver, address: str, zone: str) -> bool:
    origin = dns.name.from_text(zone)
    name = dns.reversename.from_address(address, v4_origin=origin, v6_origin=origin).to_text(omit_final_dot=True)
    try:
        answers = resolver.ask(name, "A")
    except UnansweredError:
        return False
    return any(ipaddress.ip_address(one) not in NOT_SERVED for one in answers)
