import pytest
from django.test import RequestFactory

from vaguemestre.web.htmx import go_to, is_htmx, shown_page


@pytest.mark.parametrize(
    ("headers", "partial"),
    [
        ({}, False),
        ({"HX-Request": "true", "HX-Request-Type": "partial"}, True),
        ({"HX-Request": "true", "HX-Request-Type": "full"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_a_fragment_only_for_what_is_placed_in_a_page(headers: dict[str, str], partial: bool) -> None:
    assert is_htmx(RequestFactory().get("/", headers=headers)) is partial


@pytest.mark.parametrize(
    ("headers", "page"),
    [
        ({}, ""),
        (
            {"HX-Current-URL": "https://localhost/webmail/?page=2#l1", "Referer": "https://localhost/"},
            "/webmail/?page=2",
        ),
        ({"Referer": "https://localhost/webmail/"}, "/webmail/"),
        ({"HX-Current-URL": "https://[x/webmail/"}, ""),
        ({"Referer": "https://[::1/webmail/"}, ""),
    ],
)
def test_the_page_that_asks_is_what_a_browser_says_or_none(headers: dict[str, str], page: str) -> None:
    assert shown_page(RequestFactory().get("/", headers=headers)) == page


def test_it_never_sends_anybody_to_another_site() -> None:
    assert go_to("/session/").headers["HX-Redirect"] == "/session/"
    with pytest.raises(ValueError, match="path of this site"):
        go_to("https://elsewhere.example/")
