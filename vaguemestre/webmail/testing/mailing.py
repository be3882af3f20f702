"""Shared by tests: mailing."""

import html as entities

from vaguemestre.webmail.models import MergedMessage, new_key
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

TEXT = "Bonjour {{prénom}},\nvotre classe est la {{classe}}.\n{{mon prénom}}"


def page(desk: MailBrowser, key: str, query: str = "") -> str:
    return entities.unescape(body(desk.get(f"/webmail/publipostage/{key}/{query}")))


def begin(desk: MailBrowser, *lines: str, head: str = "prénom;courriel;classe", key: str = "", **more: object) -> str:
    """Its key: the letter is written, the table pasted."""
    key = key or new_key()
    data = {"objet": "Classe de {{prénom}}", "texte": TEXT, **more}
    assert desk.write(key, "publipostage/", **data).status_code == 302
    typed = "\n".join((head, *lines))
    desk.post(f"/webmail/publipostage/{key}/tableau/", {"tableau": typed})
    return key


def act(desk: MailBrowser, key: str, name: str, **data: object) -> None:
    assert desk.post(f"/webmail/publipostage/{key}/{name}/", data).status_code == 302


def states(key: str) -> list[str]:
    return list(MergedMessage.objects.filter(mailing=key).values_list("state", flat=True))


def crowd(count: int) -> list[str]:
    return [f"P{number};p{number}@x.example;6e" for number in range(count)]
