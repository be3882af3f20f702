"""The formatted text of a letter: what comes from the editor's form made harmless, what the editor is given, and what
travels. Kept, its pictures stand as `cid:`; in the editor they have an address of ours.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from html import escape, unescape
from itertools import groupby

from django.conf import settings
from django.http import QueryDict
from django.urls import Resolver404, resolve

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.mailbox.errors import CleanerError
from vaguemestre.mailbox.sandbox.cleaner import Written, html_text, write
from vaguemestre.mailbox.values import InvalidValueError, PartPath, PiecePath
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.compose import signature_images
from vaguemestre.webmail.compose.access import outgoing_or_none
from vaguemestre.webmail.compose.draft_content import DraftContent, parse_draft_form
from vaguemestre.webmail.content.plain_text import LINK, SIGNATURE, TRAILING
from vaguemestre.webmail.models import OutgoingFile

LIMIT = 900 * 1024  # bytes of HTML; the cleaner takes no more than a mebioctet
BLANK = "<div><br></div>"
_TAG = re.compile(r'<[a-z][a-z0-9]*(?: [a-z-]+="[^"]*")*>')  # what the allow-list writes, and nothing in a text
_SOURCE = re.compile(r' src="cid:([^"]*)"')
_BODY = (
    '<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head>'
    '<body style="font-family:Arial,Helvetica,sans-serif;font-size:15px;line-height:1.5">\n{}\n</body></html>\n'
)
_FRAMED = "html{background:white}body{margin:0}@media(prefers-color-scheme:dark){body{padding:8px}}"
_QUOTE = '<blockquote type="cite" style="margin:0 0 0 8px;padding-left:12px;border-left:2px solid #b0b0b0">'


def parse_content(data: QueryDict, account: Account, key: str) -> DraftContent:
    """The letter of a form. Without a script the words come beside their formatting: it stays while nobody touched
    them."""
    letter = parse_draft_form(data)
    if not letter.html:
        return letter
    made = clean_content(letter, account, key)
    if "texte" in data and (made.unkept or _bare(letter.text) != _bare(made.text)):
        return replace(letter, html="")
    return made


def clean_content(letter: DraftContent, account: Account, key: str) -> DraftContent:
    """Its HTML made harmless, and its words made from it. What cannot be vouched for is kept as words alone
    (`unkept`): the sheet still has it, and brings it again."""
    outgoing = outgoing_or_none(account, key)
    files = list(outgoing.files.all()) if outgoing else []
    wanted: list[PartPath] = []
    try:
        if len(letter.html.encode()) > LIMIT:
            raise CleanerError("size")
        made = clean_html(letter.html, lambda address: _picture(address, letter, account, key, files, wanted))
    except CleanerError:
        words = html_text(letter.html, socket=settings.MAIL["cleaner"])
        return replace(letter, html="", text=words, unkept=letter.html)
    return replace(letter, html=made.html, text=made.text, pictures=tuple(dict.fromkeys(wanted)))


def clean_html(html: str, picture: Callable[[str], str] = lambda _address: "") -> Written:
    return write(html, socket=settings.MAIL["cleaner"], image=picture)


def editor_html(letter: DraftContent, key: str, files: Iterable[OutgoingFile]) -> str:
    """Pictures by an address of ours, styles where the content policy of our pages lets the editor see them."""
    addresses = {file.content_id: reverse("webmail:compose-image", args=[key, file.pk]) for file in files}

    def source(match: re.Match[str]) -> str:
        content_id = unescape(match[1])
        ours = addresses.get(content_id) or signature_images.image_url(content_id)
        address = ours or _in_source(content_id, letter)
        return f' src="{escape(address)}"'

    def tag(match: re.Match[str]) -> str:
        return _SOURCE.sub(source, match[0].replace(' style="', ' data-style="', 1))

    return _TAG.sub(tag, letter.html)


def frame_html(letter: DraftContent, key: str, files: Iterable[OutgoingFile]) -> str:
    """The document as it travels, its pictures by an address of ours: for a frame with a policy of its own."""
    shown = _TAG.sub(lambda tag: tag[0].replace(' data-style="', ' style="', 1), editor_html(letter, key, files))
    return sent_html(shown).replace("</head>", f"<style>{_FRAMED}</style></head>", 1)


def editor_snippet(html: str) -> str:
    """A signature or a template, with its own pictures."""

    def source(match: re.Match[str]) -> str:
        return f' src="{escape(signature_images.image_url(unescape(match[1])))}"'

    return _TAG.sub(lambda tag: _SOURCE.sub(source, tag[0].replace(' style="', ' data-style="', 1)), html)


def signature_pictures(account: Account) -> Callable[[str], str]:
    """For `clean_html`: the pictures of their signatures and templates, and no other one."""

    def picture(address: str) -> str:
        try:
            found = resolve(re.sub(r"^https?://[^/]+", "", address).partition("?")[0])
        except Resolver404:
            return ""
        named = found.view_name == "webmail:signature-image"
        known = signature_images.content_id(account, found.kwargs["picture_id"]) if named else ""
        return f"cid:{known}" if known else ""

    return picture


def sent_html(html: str) -> str:
    """A whole document: small, its quotations drawn as every program draws them."""
    return _BODY.format(re.sub(r'<blockquote(?: type="cite")?>', _QUOTE, html))


def shown_pictures(html: str, files: Iterable[OutgoingFile]) -> list[OutgoingFile]:
    """The pictures that the text still shows, each once; one taken out may come back while the letter is open."""
    shown = {unescape(found) for tag in _TAG.findall(html) for found in _SOURCE.findall(tag)}
    return list({file.content_id: file for file in files if file.content_id in shown}.values())


def content_id_of(path: PartPath, key: str) -> str:
    """Of a picture that comes from the message quoted: known before it is fetched."""
    return f"{path}-{key}@{academy().domain}"


def html_of_text(text: str) -> str:
    """The same words formatted, losing nothing: lines, empty lines, runs of spaces, quotations, signature, links."""
    body, line, below = text.partition(f"\n{SIGNATURE}\n")
    html = "".join(_runs(body.split("\n")))
    return f'{html}<div class="signature">{"".join(_runs(below.split(chr(10))))}</div>' if line else html


def quote_html(html: str) -> str:
    return f'<blockquote type="cite">{html}</blockquote>'


def _runs(lines: list[str]) -> Iterable[str]:
    for quoted, run in groupby(lines, lambda line: line.startswith(">")):
        if quoted:
            inner = "".join(_runs([re.sub(r"^> ?", "", line) for line in run]))
            yield f'<blockquote type="cite">{inner}</blockquote>'
        else:
            yield from (f"<div>{_line(line)}</div>" if line.strip() else BLANK for line in run)


def _line(text: str) -> str:
    """Spaces that a browser would not show become no-break ones."""
    pieces, place = [], 0
    for match in LINK.finditer(text):
        found = match.group().rstrip(TRAILING)
        address = f"mailto:{found}" if match.lastgroup == "mail" else found
        pieces.append(escape(text[place : match.start()], quote=False))
        pieces.append(f'<a href="{escape(address)}">{escape(found, quote=False)}</a>')
        place = match.start() + len(found)
    pieces.append(escape(text[place:], quote=False).replace("\t", "    "))
    html = re.sub(r"^ +", lambda run: "&nbsp;" * len(run[0]), "".join(pieces))
    return re.sub(r"(?<= ) ", "&nbsp;", re.sub(r" $", "&nbsp;", html)) if "  " in html or html.endswith(" ") else html


def _picture(
    address: str,
    letter: DraftContent,
    account: Account,
    key: str,
    files: Iterable[OutgoingFile],
    wanted: list[PartPath],
) -> str:
    """Only what we serve ourselves: a picture of this letter, of a signature of theirs, or of the message quoted."""
    try:
        found = resolve(re.sub(r"^https?://[^/]+", "", address).partition("?")[0])
    except Resolver404:
        return ""
    given = found.kwargs
    if found.view_name == "webmail:compose-image" and given["key"] == key:
        return next((f"cid:{file.content_id}" for file in files if file.pk == given["file_id"] and file.content_id), "")
    if found.view_name == "webmail:signature-image":
        return signature_pictures(account)(address)
    source = letter.source
    if (
        found.view_name == "webmail:image"
        and source
        and (given["folder_id"], given["uid"]) == (source.folder, source.uid)
    ):
        wanted.append(given["part"])
        return f"cid:{content_id_of(given['part'], key)}"
    return ""


def _in_source(content_id: str, letter: DraftContent) -> str:
    """Not taken yet: it is still where the message quoted has it."""
    try:
        path = PiecePath(content_id.partition("@")[0].rpartition("-")[0])
    except InvalidValueError:
        return ""
    return reverse("webmail:image", args=[letter.source.folder, letter.source.uid, path]) if letter.source else ""


def _bare(text: str) -> list[str]:
    return text.replace("\xa0", " ").split()
