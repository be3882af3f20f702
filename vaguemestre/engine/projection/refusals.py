"""What IMAP and SMTP say to the owner of a shut account, who has given the right password.

Protocol answers are ASCII unless the client asked otherwise, and mail programs show them raw: no accents, one line.
"""

from collections.abc import Iterator

from vaguemestre.academy.facts import academy

FRENCH = {
    "locked": "Compte bloque. Appelez l'assistance au {phone}.",
    "closed": "Compte ferme : vos fonctions ont pris fin. Assistance au {phone}.",
    "pending": "Compte pas encore ouvert : il s'ouvre le jour de votre prise de fonctions.",
    "first-signin": "Choisissez d'abord votre mot de passe sur le portail, avec la lettre que vous avez recue.",
}
ENGLISH = {
    "locked": "This account is locked. Call the help desk at {phone}.",
    "closed": "This account is closed: your duty has ended. Help desk: {phone}.",
    "pending": "This account is not open yet: it opens on your first day of duty.",
    "first-signin": "First choose your password on the portal, with the letter you received.",
}


def texts() -> Iterator[tuple[str, str, str]]:
    phone = academy().rectorat.phone
    for language, sentences in (("fr", FRENCH), ("en", ENGLISH)):
        for code, sentence in sentences.items():
            yield code, language, sentence.format(phone=phone)
