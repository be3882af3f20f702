"""What is read, by the types that senders give it. Which reader takes it is said by its first bytes, not by the type:
Word documents go about as `application/msword` whatever they are."""

PDF, ZIP, RTF, COMPOUND = b"%PDF-", b"PK\x03\x04", b"{\\rtf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENVELOPE = b"0"  # what any structure of certificates begins with
SIGNS = (PDF, ZIP, RTF, COMPOUND, ENVELOPE)
_OOXML, _ODF = "application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument"
_MACROS = "macroenabled.12"
TYPES: dict[str, tuple[str, ...]] = {
    "application/pdf": ("pdf",),
    "application/x-pdf": ("pdf",),
    f"{_OOXML}.wordprocessingml.document": ("docx",),
    f"{_OOXML}.wordprocessingml.template": ("dotx",),
    f"{_OOXML}.spreadsheetml.sheet": ("xlsx",),
    f"{_OOXML}.spreadsheetml.template": ("xltx",),
    f"{_OOXML}.presentationml.presentation": ("pptx",),
    f"{_OOXML}.presentationml.slideshow": ("ppsx",),
    f"{_OOXML}.presentationml.template": ("potx",),
    f"application/vnd.ms-word.document.{_MACROS}": ("docm",),
    f"application/vnd.ms-excel.sheet.{_MACROS}": ("xlsm",),
    f"application/vnd.ms-powerpoint.presentation.{_MACROS}": ("pptm",),
    "application/msword": ("doc", "dot"),
    "application/rtf": ("rtf",),
    "text/rtf": ("rtf",),
    "application/vnd.ms-excel": ("xls", "xlt"),
    "application/vnd.ms-powerpoint": ("ppt", "pps", "pot"),
    f"{_ODF}.text": ("odt",),
    f"{_ODF}.text-template": ("ott",),
    f"{_ODF}.spreadsheet": ("ods",),
    f"{_ODF}.spreadsheet-template": ("ots",),
    f"{_ODF}.presentation": ("odp",),
    f"{_ODF}.presentation-template": ("otp",),
    f"{_ODF}.graphics": ("odg",),
    "application/pkcs7-mime": ("p7m",),
    "application/x-pkcs7-mime": ("p7m",),
}


def listed() -> bytes:
    """As Dovecot asks for it: a line for each type, then an empty one."""
    return "".join(f"{kind} {' '.join(endings)}\n" for kind, endings in TYPES.items()).encode() + b"\n"
