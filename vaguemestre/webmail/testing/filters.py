"""Shared by tests: filters."""

from vaguemestre.mailbox.values import FolderName
from vaguemestre.webmail.connection import open_scripts
from vaguemestre.webmail.rules.filters import store
from vaguemestre.webmail.testing.browser import MailBrowser

PAGE, NEW = "/webmail/reglages/filtres/", "/webmail/reglages/filtres/nouveau/"
BASE: dict[str, object] = {"quoi": ["de-contient", "objet-contient"], "valeur": ["librairie", ""], "lu": "1"}


def active(desk: MailBrowser) -> tuple[str, str]:
    with open_scripts(desk.mail.key) as server:
        name = next((found.name for found in server.scripts() if found.active), "")
        return name, server.get(name) if name else ""


def make(desk: MailBrowser, name: str, **more: object) -> int:
    assert desk.post(NEW, {**BASE, "nom": name, **more}).status_code == 302
    return store.load_filters(desk.mail.key)[-1].id


def folder(desk: MailBrowser, name: str) -> str:
    with desk.session() as session:
        return str(session.create(FolderName(name)).id)
