"""Which addresses of the webmail exist in a shared mailbox too (`/webmail/boites/<local part>/…`), and for whom."""

ROOT = "/webmail/"
# One's own whatever mailbox is shown: how pages look, what one hears of new mail, mailings, and settings that a shared
# mailbox does not have.
_OF_THE_PERSON = frozenset({
    "keyboard", "tip", "no-tips", "unread-tile", "settings-welcome", "settings-tile", "identities",
    "sending", "receipts", "list-mode", "display", "share",
    "reading", "folders-width", "suspects", "suspect-addition", "suspect-removal", "images", "image-trust-contacts",
    "image-trust-removal", "arrival", "mailing-new", "mailings", "mailing", "mailing-table", "mailing-body",
    "mailing-send", "mailing-stop", "mailing-resume", "mailing-undo", "mailing-again", "news", "manifest", "notices",
    "recent-searches", "recent-searches-removal", "boxes-unread", "text-kept",
})  # fmt: skip
# What an owner of a box decides for all its members.
OWNERS = frozenset({
    "signature", "signature-reset", "signature-use", "signature-new", "signature-images", "signature-image",
    "signature-other", "signature-removal", "absence", "absence-dates", "absence-end", "filters", "filter-new",
    "filter-like", "filter-restore", "filter", "filter-removal", "filter-switch", "filter-order", "filter-application",
    "block", "block-undo", "box-members", "box-member-removal",
    "box-member-return", "redirection", "redirection-code",
    "redirection-removal",
})  # fmt: skip
# Who only reads opens these, and does what is theirs alone: what they have read, folded, or want shown.
READING = frozenset({
    "home", "folder", "message", "body", "ahead", "image", "source", "source-file", "printed", "thumbnail",
    "attachment", "viewer", "converted", "redrawn", "piece-body", "bundle", "search", "found-message", "unfolded",
    "remote-image", "link", "download", "underway", "resume", "image-trust",
})  # fmt: skip
SEEN = frozenset({
    "opening", "read", "unread", "found-read", "found-unread", "marks-undo", "folder-fold", "image-trust",
    "held-removal", "save-chosen", "found-save-chosen", "card-addition", "note-new", "note", "note-withdrawal",
})  # fmt: skip


def box_url(local_part: str) -> str:
    return f"{ROOT}boites/{local_part}/"


def is_in_a_box(name: str) -> bool:
    return name not in _OF_THE_PERSON
