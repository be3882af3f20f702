"""What IMAP and SMTP say to somebody who has given a right password that opens nothing, or not this.

Protocol answers are ASCII unless the client asked otherwise, and mail programs show them raw: no accents, one line.
"""

from collections.abc import Iterator

from anyascii import anyascii

from vaguemestre.academy.facts import Office, academy

# Of the rectorat's own staff, of those whose department is none of this académie's, and of whom nobody knows it.
NO_DEPARTMENT = ""
FRENCH = {
    "locked": "Compte bloque. Assistance : {office}, {phone}.",
    "closed": "Compte ferme : vos fonctions ont pris fin. Assistance : {office}, {phone}.",
    "pending": "Compte pas encore ouvert : il s'ouvre le jour de votre prise de fonctions.",
    "first-signin": "Passez d'abord par le portail, avec le mot de passe recu : choisir le votre, puis la charte.",
    "blocked": "Boite fermee pour un temps, par securite. Voyez le portail. Assistance : {office}, {phone}.",
    "frozen": "Envoi suspendu, par securite : rien ne part de ce compte. Assistance : {office}, {phone}.",
    "app-password": "Ce compte a un second facteur : creez un mot de passe d'application sur le portail, Mon compte.",
    "app-scope": "Ce mot de passe d'application ne sert pas a cela : creez-en un autre sur le portail, Mon compte.",
    "app-withdrawn": "Ce mot de passe d'application a ete retire : creez-en un autre sur le portail, Mon compte.",
    "program-ended": "Ce logiciel n'a plus acces a la boite : autorisez-le de nouveau, ou retirez-le de l'appareil.",
    "token": "Ce jeton n'ouvre pas cette boite.",
}
ENGLISH = {
    "locked": "This account is locked. Help desk: {office}, {phone}.",
    "closed": "This account is closed: your duty has ended. Help desk: {office}, {phone}.",
    "pending": "This account is not open yet: it opens on your first day of duty.",
    "first-signin": "First sign in on the portal with the password you were given: choose your own, then the charter.",
    "blocked": "This mailbox is shut for a time, for safety. See the portal. Help desk: {office}, {phone}.",
    "frozen": "Sending is suspended, for safety: nothing leaves this account. Help desk: {office}, {phone}.",
    "app-password": "This account has a second factor: make an application password on the portal, My account.",
    "app-scope": "This application password is not for this: make another one on the portal, My account.",
    "app-withdrawn": "This application password was withdrawn: make another one on the portal, My account.",
    "program-ended": "This program no longer has access to the mailbox: let it in again, or take the account off it.",
    "token": "This token does not open this mailbox.",
}


def texts() -> Iterator[tuple[str, str, str, str]]:
    """Whoever has no text for their department reads the rectorat's, so that a refusal never lacks its words."""
    for department, office in _offices():
        for language, sentences in (("fr", FRENCH), ("en", ENGLISH)):
            for code, sentence in sentences.items():
                told = sentence.format(office=anyascii(office.name), phone=office.phone)
                yield code, language, department, told


def _offices() -> Iterator[tuple[str, Office]]:
    yield NO_DEPARTMENT, academy().rectorat
    yield from ((department.code, department.office) for department in academy().departments)
