"""Automatic checks of a circular before a person approves it."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _, ngettext

from vaguemestre.circulars.models import Circular, Dispatch
from vaguemestre.handouts.sealed_files import is_whole
from vaguemestre.web.number_text import number_text

_ANNOUNCED = re.compile(r"\b(ci-joint|pi[èe]ces? jointes?|en annexe|joint(?:e|s|es)?)\b", re.IGNORECASE)
_LINK = re.compile(r"\bhttps?://([^\s/<>\"]+)[^\s<>\"]*")


@dataclass(frozen=True, slots=True)
class Check:
    text: str
    good: bool = True


def checks_of(circular: Circular, left_out: int) -> list[Check]:
    """`left_out`: people of the list without a mailbox."""
    first = circular.mailings.get(kind=Dispatch.Kind.FIRST)
    count = first.deliveries.count()
    found = [Check(ngettext("%s person receives it", "%s people receive it", count) % number_text(count))]
    if left_out:
        words = ngettext("%s person has no mailbox yet", "%s people have no mailbox yet", left_out)
        found.append(Check(words % number_text(left_out), good=False))
    return [*found, *_files(circular), *_links(circular.text)]


def _files(circular: Circular) -> list[Check]:
    files = list(circular.files.all())
    found = [
        Check(_("%s opens") % one.name) if is_whole(one.sealed) else Check(_("%s does not open") % one.name, good=False)
        for one in files
    ]
    if not files and _ANNOUNCED.search(circular.text):
        found.append(Check(_("The text speaks of an attached file: there is none"), good=False))
    return found


def _links(text: str) -> list[Check]:
    hosts = sorted({one[1].lower() for one in _LINK.finditer(text)})
    plain = sorted({one[1].lower() for one in _LINK.finditer(text) if one[0].lower().startswith("http:")})
    found = [Check(_("Links lead to %s") % ", ".join(hosts))] if hosts else []
    return [*found, *(Check(_("The link to %s is not encrypted") % host, good=False) for host in plain)]
