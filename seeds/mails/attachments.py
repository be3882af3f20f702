"""The files that the demo mails carry, made by code so that the repository holds no binary."""

import json
import struct
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time as clock_time, timedelta
from functools import partial
from io import BytesIO
from uuid import NAMESPACE_URL, uuid5
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import typst

PARIS = ZoneInfo("Europe/Paris")

# Data reaches typst as text through sys.inputs, never as markup.
_SHEET = """
#let it = json(bytes(sys.inputs.sheet))
#set document(title: it.title)
#set page(paper: "a4", margin: 2.5cm)
#set text(lang: "fr", size: 11pt)
#text(size: 18pt, weight: "bold", it.title)
#v(1cm)
#for line in it.lines [#line #parbreak()]
"""
_PICTURE = """
#let it = json(bytes(sys.inputs.sheet))
#set page(width: 480pt, height: 320pt, margin: 0pt, fill: gradient.linear(rgb("#9dbfe3"), rgb("#fbf0da"), angle: 90deg))
#place(bottom, rect(width: 100%, height: 28%, fill: rgb("#2f6b45")))
#for i in range(13) {
  place(bottom + left, dx: 12pt + i * 37pt, dy: -70pt + calc.rem(i * 7, 11) * 2pt,
    circle(radius: 9pt, fill: if calc.odd(i) { rgb("#a23a2c") } else { rgb("#2b4a6b") }))
}
#place(top + center, dy: 40pt, text(size: 30pt, weight: "bold", fill: rgb("#1d2530"), it.title))
#place(top + center, dy: 90pt, text(size: 16pt, fill: rgb("#1d2530"), it.lines.join(", ")))
"""
_BANNER = """
#let it = json(bytes(sys.inputs.sheet))
#set page(width: 600pt, height: 110pt, margin: 0pt, fill: rgb("#2b4a6b"))
#place(top, rect(width: 100%, height: 10pt, fill: rgb("#a23a2c")))
#place(left + horizon, dx: 26pt, text(size: 32pt, weight: "bold", fill: white, it.title))
#place(right + horizon, dx: -26pt, text(size: 16pt, fill: white, it.lines.join(" ")))
"""


def _typeset(source: str, title: str, lines: Sequence[str], *, picture: bool) -> bytes:
    sheet = json.dumps({"title": title, "lines": list(lines)})
    made = typst.compile(
        source.encode(), format="png" if picture else "pdf", ppi=96.0 if picture else None, sys_inputs={"sheet": sheet}
    )
    if not isinstance(made, bytes):
        raise TypeError("one page was expected")
    return made


def _zip(members: dict[str, str], *, stored_first: str | None = None) -> bytes:
    """An office file: `stored_first` comes first and uncompressed, as OpenDocument wants its `mimetype`."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            how = zipfile.ZIP_STORED if name == stored_first else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name, (2026, 9, 1, 8, 0, 0)), content, how)
    return out.getvalue()


def odt(title: str, lines: Sequence[str]) -> bytes:
    names = "urn:oasis:names:tc:opendocument:xmlns"
    kind = "application/vnd.oasis.opendocument.text"
    body = f'<text:h text:outline-level="1">{escape(title)}</text:h>'
    body += "".join(f"<text:p>{escape(line)}</text:p>" for line in lines)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{names}:office:1.0" '
        f'xmlns:text="{names}:text:1.0" office:version="1.3"><office:body><office:text>{body}</office:text>'
        "</office:body></office:document-content>"
    )
    entry = '<manifest:file-entry manifest:full-path="{}" manifest:media-type="{}"/>'
    manifest = (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{names}:manifest:1.0" '
        f'manifest:version="1.3">{entry.format("/", kind)}{entry.format("content.xml", "text/xml")}</manifest:manifest>'
    )
    files = {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}
    return _zip(files, stored_first="mimetype")


def docx(title: str, lines: Sequence[str]) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    packages = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    paragraphs = [f"<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>{escape(title)}</w:t></w:r></w:p>"]
    paragraphs += [f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines]
    return _zip(
        {
            "[Content_Types].xml": f'{head}<Types xmlns="{packages}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>',
            "_rels/.rels": f'{head}<Relationships xmlns="{packages}/relationships">'
            f'<Relationship Id="rId1" Type="{office}" Target="word/document.xml"/></Relationships>',
            "word/document.xml": f'{head}<w:document xmlns:w="{word}"><w:body>{"".join(paragraphs)}</w:body>'
            "</w:document>",
        }
    )


def winmail(title: str, lines: Sequence[str]) -> bytes:
    """A `winmail.dat` as Outlook sends it to the unwary: TNEF with the subject and one file (name, then content)."""

    def attribute(level: int, ident: int, data: bytes) -> bytes:
        return struct.pack("<BII", level, ident, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

    name, content = lines[0], "\r\n".join(lines[1:])
    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(1, 0x00089006, struct.pack("<I", 0x00010000))  # version of the format
        + attribute(1, 0x00078008, b"IPM.Microsoft Mail.Note\0")  # message class
        + attribute(1, 0x00018004, title.encode("cp1252") + b"\0")  # subject
        + attribute(2, 0x00069002, struct.pack("<HIIIH", 1, 0xFFFFFFFF, 0, 0, 0))  # an attachment begins
        + attribute(2, 0x00018010, name.encode("cp1252") + b"\0")  # its title
        + attribute(2, 0x0006800F, content.encode("cp1252"))  # its data
    )


def ics(title: str, lines: Sequence[str], *, day: date, organizer: str, attendee: str) -> bytes:
    """An invitation. `lines`: beginning and end (Paris time), place."""
    begins, ends, place = lines
    start, end = (
        datetime.combine(day, clock_time.fromisoformat(hour), tzinfo=PARIS).astimezone(ZoneInfo("UTC"))
        for hour in (begins, ends)
    )
    stamp = "%Y%m%dT%H%M%SZ"
    rows = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Vaguemestre//demo//FR",
        "METHOD:REQUEST",
        "BEGIN:VEVENT",
        f"UID:{uuid5(NAMESPACE_URL, title)}",
        f"DTSTAMP:{datetime.combine(day - timedelta(days=30), clock_time(7)):{stamp}}",
        f"DTSTART:{start:{stamp}}",
        f"DTEND:{end:{stamp}}",
        f"SUMMARY:{title}",
        "LOCATION:" + place.replace(",", "\\,"),
        f"ORGANIZER:mailto:{organizer}",
        f"ATTENDEE;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:{attendee}",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(rows).encode()


def table(title: str, lines: Sequence[str]) -> bytes:
    """A spreadsheet's CSV as a French Excel writes it: a mark of UTF-8 first, semicolons."""
    return "\r\n".join([title, *lines, ""]).encode("utf-8-sig")


def text(title: str, lines: Sequence[str]) -> bytes:
    return "\r\n".join([title, "", *lines, ""]).encode()


MAKERS: dict[str, tuple[str, Callable[[str, Sequence[str]], bytes]]] = {
    "pdf": ("application/pdf", partial(_typeset, _SHEET, picture=False)),
    "picture": ("image/png", partial(_typeset, _PICTURE, picture=True)),
    "banner": ("image/png", partial(_typeset, _BANNER, picture=True)),
    "odt": ("application/vnd.oasis.opendocument.text", odt),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx),
    "csv": ("text/csv", table),
    "text": ("text/plain", text),
    "winmail": ("application/ms-tnef", winmail),
}
