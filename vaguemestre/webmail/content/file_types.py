"""What a file is to a person, how it is shown, and under which type it may leave. The sender's word decides no type:
what is served is on our own list, and its first bytes agree."""

from typing import Literal

from django.utils.translation import gettext as _

from vaguemestre.mailbox.containers.nested_parts import MESSAGE, SIGNED, container_kind
from vaguemestre.mailbox.messages import Part
from vaguemestre.mailbox.mime import file_signatures
from vaguemestre.mailbox.sandbox import converter
from vaguemestre.mailbox.sandbox.converter import thumbnail_client
from vaguemestre.mailbox.sandbox.converter.office_formats import is_plain_table, true_format

Way = Literal[
    "image", "pdf", "text", "table", "sound", "film", "message", "tnef", "archive", "calendar", "card", "office", ""
]

IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"})
PHOTOGRAPHS = frozenset({"image/jpeg", "image/jpg", "image/pjpeg", "image/heic", "image/heif"})
TAKEN = ("jpg", "jpeg", "heic", "heif")
SOUNDS = frozenset({"audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/flac", "audio/aac", "audio/webm"})
FILMS = frozenset({"video/mp4", "video/webm", "video/ogg"})
PDF = "application/pdf"
# Where an unknown type does not lead to the name: texts are shown as text, pictures are none, messages are no files.
OF_A_FAMILY = ("text/", "image/", "message/", "multipart/")

BY_TYPE: dict[str, Way] = {
    PDF: "pdf", "application/x-pdf": "pdf", "text/csv": "table", "text/tab-separated-values": "table",
    "text/calendar": "calendar", "application/ics": "calendar", "text/vcard": "card", "text/x-vcard": "card",
    "text/directory": "card", "application/zip": "archive", "application/x-zip-compressed": "archive",
    "application/json": "text", "application/xml": "text", "application/xhtml+xml": "text", "image/svg+xml": "text",
"application/javascript": "text", "application/x-sh": "text", "application/sql": "text",
    "video/quicktime": "film", "video/x-m4v": "film", "audio/mp3": "sound", "audio/x-wav": "sound",
    "audio/x-m4a": "sound", "image/jpg": "image", "image/pjpeg": "image", "image/x-png": "image",
    **dict.fromkeys(
        ("image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence", "image/tiff", "image/x-tiff",
         "image/x-icon", "image/vnd.microsoft.icon", "image/ico", "image/x-ms-bmp", "image/x-bmp"),
        "image",
    ),
}  # fmt: skip
BY_EXTENSION: dict[str, Way] = {
    **dict.fromkeys(("png", "jpg", "jpeg", "gif", "webp", "avif", "bmp"), "image"),
    **dict.fromkeys(("heic", "heif", "hif", "tif", "tiff", "ico"), "image"),  # drawn again: `converted_images`
    **dict.fromkeys(("mp3", "m4a", "ogg", "oga", "wav", "flac", "aac", "opus"), "sound"),
    **dict.fromkeys(("mp4", "m4v", "webm", "ogv", "mov"), "film"),
    **dict.fromkeys(
        ("txt", "log", "md", "json", "xml", "html", "htm", "xhtml", "svg", "css", "js", "ts", "py", "sql", "tex", "ini",
         "cfg", "conf", "yml", "yaml", "sh", "bat", "ps1", "java", "c", "h", "cpp", "php", "rb", "r"),
        "text",
    ),
    **dict.fromkeys(converter.FORMATS, "office"),
    "pdf": "pdf", "csv": "table", "tsv": "table", "ics": "calendar", "vcf": "card", "zip": "archive",
}  # fmt: skip
OFFICE_TYPES = {
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/rtf": "rtf",
    "text/rtf": "rtf",
}
TABLES = ("csv", "tsv")  # which programs that open them with Excel call Excel's
# What a person is told, by what the office program makes of it.
OFFICE_KINDS = {
    **dict.fromkeys(("ods", "xlsx", "xlsm", "xls", "xlshtml", "xlsxml"), "table"),
    **dict.fromkeys(("odp", "pptx", "pptm", "ppt"), "slides"),
}
KINDS: dict[Way, str] = {
    "image": "image", "pdf": "pdf", "text": "text", "table": "table", "sound": "sound", "film": "film",
    "message": "message", "tnef": "archive", "archive": "archive", "calendar": "calendar", "card": "contact",
}  # fmt: skip


def display_way(part: Part) -> Way:
    """How it is shown; "" when it is only saved."""
    found = _way(part)
    return "" if found == "office" and not converter.is_installed() else found


def _way(part: Part) -> Way:
    """By its type; where that says nothing to us, by its name. The bytes have the last word (`served_type`)."""
    held = container_kind(part)
    if held == SIGNED:  # one that does not say so may be encrypted
        return "message" if "smime-type" in part.parameters else ""
    if held:
        return "message" if held == MESSAGE else "tnef"
    declared = part.type.lower()
    if declared in OFFICE_TYPES:
        return "table" if extension(part.download_name) in TABLES else "office"
    if declared in BY_TYPE:
        return BY_TYPE[declared]
    if declared in IMAGES:
        return "image"
    if declared in SOUNDS:
        return "sound"
    if declared in FILMS:
        return "film"
    if declared.startswith(OF_A_FAMILY):
        return "text" if declared.startswith("text/") else ""
    return BY_EXTENSION.get(extension(part.download_name), "")


def may_have_thumbnail(part: Part) -> bool:
    """A picture of a kind that is made small; whether it can be, its bytes say."""
    unread = part.type.lower() == "image/avif" or extension(part.download_name) == "avif"
    return display_way(part) == "image" and not unread and 0 < part.decoded_size <= thumbnail_client.INPUT_LIMIT


def is_photograph(part: Part) -> bool:
    """A picture as cameras and phones make them, which a row of a list may show."""
    return may_have_thumbnail(part) and (part.type.lower() in PHOTOGRAPHS or extension(part.download_name) in TAKEN)


def is_pdf(part: Part) -> bool:
    return display_way(part) == "pdf" and 0 < part.decoded_size <= thumbnail_client.INPUT_LIMIT


def file_kind(part: Part) -> str:
    """The word for its picture and its description, also of what is only saved."""
    way = _way(part)
    if way == "office":
        return OFFICE_KINDS.get(office_extension(part), "document")
    if way:
        return KINDS[way]
    family, ending = part.type.lower().partition("/")[0], extension(part.download_name)
    if family in {"image", "audio", "video"}:
        return {"image": "image", "audio": "sound", "video": "film"}[family]
    return "archive" if ending in {"7z", "rar", "tar", "gz", "tgz"} else "other"


def kind_text(kind: str) -> str:
    return {
        "image": _("Image"), "pdf": _("PDF"), "table": _("Spreadsheet"), "slides": _("Slides"),
        "document": _("Document"), "archive": _("Archive file"), "sound": _("Sound"), "film": _("Video"),
        "message": _("Message"), "calendar": _("Calendar event"), "contact": _("Visiting card"), "text": _("Text"),
        "other": _("File"),
    }[kind]  # fmt: skip


def served_type(part: Part, content: bytes) -> str:
    """The type under which it may be opened apart from our pages, or "" when it is only saved."""
    way, true = display_way(part), file_signatures.true_type(content[: file_signatures.HEAD])
    if way in {"image", "pdf"}:
        return true if (true in IMAGES if way == "image" else true == PDF) else ""
    if way in {"sound", "film"}:
        return _as_medium(true, way)
    harmless = part.type in {"text/plain", "text/markdown", "text/x-log"} or way in {"table", "calendar", "card"}
    return "text/plain; charset=utf-8" if harmless or (way == "text" and extension(part.filename) == "txt") else ""


def shown_way(part: Part, content: bytes) -> Way:
    """As `display_way`; its bytes decide between a table and a document of an office program."""
    way = display_way(part)
    if way == "table" and converter.is_installed() and content.startswith((converter.ZIP, converter.OLE)):
        return "office"
    if way == "office" and office_extension(part, content) in {"xls", "xlsx"} and is_plain_table(content):
        return "table"
    return way


def office_extension(part: Part, content: bytes | None = None) -> str:
    """By its type or its name; with `content`, by that where it is of another office format."""
    said = OFFICE_TYPES.get(part.type.lower()) or extension(part.download_name)
    return said if content is None else true_format(content, said)


def extension(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _as_medium(true: str, way: Way) -> str:
    """Some wrappings hold sounds as well as films."""
    if way == "sound" and true in {"video/mp4", "video/webm"}:
        return true.replace("video", "audio")
    if way == "film" and true == "audio/ogg":
        return "video/ogg"
    return true if true in SOUNDS or true in FILMS else ""
