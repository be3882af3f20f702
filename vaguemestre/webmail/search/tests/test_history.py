"""Where Back leads from a search: out of it, at the first press."""

from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.search import URL


def test_what_was_found_while_one_typed_is_not_a_second_place_once_it_is_sent(desk: MailBrowser) -> None:
    here = {**HTMX, "HX-Current-URL": f"https://testserver{URL}?q=sort"}
    assert desk.get(f"{URL}?q=sort", **here)["HX-Replace-Url"] == f"{URL}?q=sort"
    assert "HX-Replace-Url" not in desk.get(f"{URL}?q=sortie", **here)
