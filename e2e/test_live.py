"""An open page hears of its mail: over the end of a ticket, and no longer than its session."""

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.post import act, deliver
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
STREAM, RENEWAL = "**/evenements/*", "**/session/ecoute/"
LAST_MINUTE = "retry: 600000\nevent: renew\ndata: 1\n\n"


def test_told_that_its_ticket_ends_the_page_listens_on_with_another(new_visitor: NewVisitor, demo: Demo) -> None:
    name = f"En direct {uuid.uuid4().hex[:6]}"
    visitor = new_visitor()
    page, desk = visitor.page, Desk(visitor.page)

    def at_its_end(route: Route) -> None:
        route.fulfill(status=200, content_type="text/event-stream", body=LAST_MINUTE)

    page.route(STREAM, at_its_end, times=1)
    visitor.go("/webmail/")
    with page.expect_response(RENEWAL) as renewed:
        visitor.sign_in(demo.account("teacher"))
    assert renewed.value.status == 204
    assert renewed.value.request.headers["x-background-refresh"] == "1"
    desk.wait()
    deliver(demo, to=demo.account("teacher")["address"], subject=name)
    desk.wait_for(name)


def test_a_session_closed_elsewhere_hears_nothing_more_and_says_so(
    at_the_desk: Callable[..., tuple[Visitor, Desk]],
) -> None:
    (open_page, _desk), (other, _other_desk) = at_the_desk("administrator"), at_the_desk("administrator")
    other.go("/mon-compte/")
    with open_page.forgiving("401|403|Failed to load"):
        other.page.get_by_role("button", name="Fermer toutes les autres").click()
        expect(open_page.page.get_by_role("dialog", name="Votre session est terminée")).to_be_visible(timeout=60_000)


def test_what_another_program_does_shows_by_itself(
    at_the_desk: Callable[..., tuple[Visitor, Desk]], demo: Demo
) -> None:
    teacher, name = demo.account("teacher"), f"Ailleurs {uuid.uuid4().hex[:6]}"
    deliver(demo, to=teacher["address"], subject=name)
    _visitor, desk = at_the_desk()
    desk.wait_for(name)
    row, count = desk.row(name), desk.folder("Réception").locator(".count")
    before = int(count.inner_text().split()[0])
    act(demo, teacher, name, "STORE", "+FLAGS", "\\Flagged")
    expect(row.locator(".row-marks .starred")).to_be_visible()
    act(demo, teacher, name, "STORE", "+FLAGS", "\\Seen")
    expect(row).not_to_have_attribute("data-unread", "")
    if before > 1:
        expect(count).to_contain_text(str(before - 1))
    act(demo, teacher, name, "MOVE", "Archive")
    expect(row).to_have_count(0)
