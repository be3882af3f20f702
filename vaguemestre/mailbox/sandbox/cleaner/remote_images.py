"""Remote images: which of them only tell that a mail was opened, and how the others travel to whoever shows them."""

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

# Addresses whose only use is to be asked for: what the senders of newsletters put into each mail.
_SPIES = re.compile(
    r"""(?ix)^(?:https?:)?//(?:[^/?#]*\.)?(?:
      list-manage\.com/track/open | mandrillapp\.com/track/open | sendgrid\.net/wf/open | mailtrack\.io/trace
      | google-analytics\.com/ | doubleclick\.net/ | facebook\.com/tr\b | bat\.bing\.com/ | mailfoogae\.appspot\.com/
      | (?:sendibt\d|sendib[lmt]\d?|brevo)\.(?:com|net)/mk/op/ | mjt\.lu/oo/ | mailjet\.com/oo/ | awstrack\.me/[^?]*/o/
      | hubspotemail\.net/e2t/o/ | getnotify\.com/ | yesware\.com/t/ | bananatag\.com/ | streak\.com/
    )"""
)
_SMALL = re.compile(r"\s*0*[01](?:\.\d+)?\s*(?:px)?\s*")
_HIDDEN = re.compile(r"(?i)display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)")
_STYLED_SMALL = re.compile(r"(?i)(?:^|;)\s*(?:max-)?(width|height)\s*:\s*[01](?:px)?\s*(?:!important\s*)?(?=;|$)")


def find_invisible(tree: LexborHTMLParser) -> frozenset[str]:
    """The addresses of pictures of one point, of hidden ones, and of known trackers."""
    return frozenset(address for node in tree.css("img[src]") if (address := _address(node)) and _is_spy(node, address))


def marked_address(mark: str, way: str, address: str) -> str | None:
    """A web address written as hexadecimal digits under the mark, which its reader turns into one of ours."""
    address = re.sub(r"[\t\r\n]", "", address).strip().replace("\\", "/")
    if address.startswith("//"):
        address = f"https:{address}"
    if not re.match(r"(?i)https?://", address):
        return None
    return f"https://{mark}.invalid/{way}/{address.encode('utf-8', 'replace').hex()}"


def _address(node: LexborNode) -> str:
    return (node.attributes.get("src") or "").strip()


def _is_spy(node: LexborNode, address: str) -> bool:
    given = node.attributes
    style = given.get("style") or ""
    if _SPIES.match(address) or _HIDDEN.search(style):
        return True
    small = {name for name in ("width", "height") if _SMALL.fullmatch(given.get(name) or "")}
    return small | {found.lower() for found in _STYLED_SMALL.findall(style)} == {"width", "height"}
