"""Shared by tests: answers in a shared mailbox."""

from vaguemestre.shared_mailboxes.testing import Box
from vaguemestre.webmail.testing.boxes import inbox, place
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.pages import body

PARENT = "<absence@x.example>"


class Answer:
    """By one member to a message of the box, as its page sends it."""

    def __init__(self, browser: MailBrowser, box: Box, uid: int | None = 1) -> None:
        self.browser, self.box = browser, box
        html = body(browser.get(place(box, f"dossiers/{inbox(box)}/{uid}/reponse/")))
        self.key, self.form = key_of(html), fields(html)
        self.page = html

    def post(self, tail: str = "", **more: object) -> str:
        data = {**self.form, "a": "parent@x.example", "texte": "Bonjour, c’est noté.", **more}
        answer = self.browser.post(place(self.box, f"ecrire/{self.key}/{tail}"), data)
        if answer.status_code == 302:
            return ""
        self.form["revision"] = str(int(self.form.get("revision") or 0) + 1)
        return body(answer)

    def beat(self, **more: object) -> int:
        return self.browser.post(place(self.box, f"ecrire/{self.key}/presence/"), more).status_code
