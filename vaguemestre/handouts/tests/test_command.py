"""The operator's side."""

import io
from datetime import datetime

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from vaguemestre.audit.models import Entry
from vaguemestre.handouts.models import Handout
from vaguemestre.handouts.testing.uploads import come, leave
from vaguemestre.testing import Cast


def said(*arguments: str) -> str:
    out = io.StringIO()
    call_command("handouts", *arguments, stdout=out)
    return out.getvalue()


def test_those_whose_link_works_are_listed(cast: Cast, now: datetime) -> None:
    handout, _link = leave(cast.teacher, b"octets", now)
    leave(cast.head, b"octets", now, letter="b" * 32)
    come(cast.head, b"octets", name="brouillon", letter="c" * 32)
    assert handout.key[:12] in said("list")
    assert "brouillon" not in said("list")
    assert cast.head.identifier not in said("list", "--of", cast.teacher.identifier)


def test_withdrawn_by_its_key_or_by_the_link_that_somebody_reports(cast: Cast, now: datetime) -> None:
    one, first = leave(cast.teacher, b"octets", now)
    _two, second = leave(cast.head, b"octets", now, letter="b" * 32)
    assert "récit.pdf" in said("withdraw", one.key[:12])
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    said("withdraw", f"{settings.ORIGIN}{second}")
    assert Client().get(second).status_code == 404
    line = Entry.objects.filter(act="handout.withdrawn").first()
    assert line is not None
    assert line.actor.startswith("operator:")
    assert "récit.pdf" not in said("list")


def test_all_of_one_person(cast: Cast, now: datetime) -> None:
    _one, first = leave(cast.teacher, b"octets", now)
    _two, second = leave(cast.head, b"octets", now, letter="b" * 32)
    said("withdraw", "--of", cast.teacher.identifier)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


@pytest.mark.parametrize("arguments", [(), ("inconnu-du-tout",), ("court",), ("", "--of", "personne")])
def test_nothing_is_withdrawn_by_mistake(cast: Cast, now: datetime, arguments: tuple[str, ...]) -> None:
    leave(cast.teacher, b"octets", now)
    with pytest.raises(CommandError):
        said("withdraw", *arguments)
    assert not Handout.objects.exclude(withdrawn_at=None).exists()
