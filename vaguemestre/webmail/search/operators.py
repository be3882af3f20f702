"""The words that narrow a search, French and English, without case and accents."""

from vaguemestre.mailbox.messages import Role

OPERATORS: dict[str, str] = {
    name: meaning
    for meaning, names in {
        "from": "de from", "to": "a to", "cc": "cc copie en-copie",
        "subject": "objet sujet subject", "before": "avant before older",
        "after": "apres after depuis since newer", "during": "le on pendant during date",
        "file": "pj piece file filename", "folder": "dans in dossier folder", "label": "etiquette label",
        "size": "taille size", "larger": "plus-grand plus-gros larger bigger", "smaller": "plus-petit smaller",
        "is": "est is", "has": "has avec",
    }.items()
    for name in names.split()
}  # fmt: skip
# What looks like an operator in a copied line, and is none.
ORDINARY = {"re", "tr", "fw", "fwd", "http", "https", "mailto", "ftp", "rv", "aw", "nb", "ps"}
STATES: dict[str, tuple[str, bool]] = {
    name: state
    for state, names in {
        ("unseen", True): "non-lu non-lus non-lue non-lues unread unseen",
        ("unseen", False): "lu lus lue lues read seen",
        ("flagged", True): "suivi suivis suivie suivies starred flagged",
        ("awaiting", True): "sans-reponse unanswered",
        ("attachment", True): "pj piece-jointe pieces-jointes attachment attachments",
    }.items()
    for name in names.split()
}
ALONE = {"non-lu", "non-lus", "sans-reponse"}  # words that nobody looks for in a mail
ME = {"moi", "moi-meme", "me", "myself"}  # who searches, by any of their addresses
YES, NO = {"", "oui", "yes", "attachment"}, {"non", "no"}
# The five that Thunderbird has from the start.
LABELS = {
    "important": "$label1", "travail": "$label2", "work": "$label2", "personnel": "$label3", "personal": "$label3",
    "a faire": "$label4", "todo": "$label4", "plus tard": "$label5", "later": "$label5",
}  # fmt: skip
ROLE_WORDS: dict[Role, str] = {
    "inbox": "inbox reception", "sent": "sent envoyes envoye", "drafts": "drafts brouillon",
    "archive": "archive", "junk": "junk spam indesirable", "trash": "trash bin corbeille",
    "later": "later snoozed", "receipts": "receipts",
}  # fmt: skip
