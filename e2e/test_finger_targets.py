"""On a phone, whatever is pressed is 44 px wide and high, but a link in a line of text: on each page, each role. In the
mail no character is below 14 px either."""

import uuid
from typing import Any

import pytest
from playwright.sync_api import expect

from e2e.conftest import NewVisitor
from e2e.desk import Desk
from e2e.post import put, put_with_file
from e2e.visitor import Visitor
from vaguemestre.launcher.testing import Demo

pytestmark = pytest.mark.browser
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# What is smaller, even with the label around it, and where a finger 22 px beside its middle meets something else.
SMALL = """() => {
  const least = 44, slack = .5;
  const large = ({ width, height }) => width >= least - slack && height >= least - slack;
  const length = (one) => one.textContent.replace(/\\s+/g, "").length;
  const inLine = (link) => {
    if (!link.matches("a") || getComputedStyle(link).display !== "inline") return false;
    let around = link.parentElement;
    while (getComputedStyle(around).display === "inline") around = around.parentElement;
    const pressed = [...around.querySelectorAll("a, button")].reduce((sum, one) => sum + length(one), 0);
    return length(around) > pressed + 3; // words beside it, not only a comma
  };
  const meets = (one, x, y) => {
    const met = document.elementFromPoint(x, y);
    return Boolean(met) && (one.contains(met) || met.closest("label")?.control === one);
  };
  const inSight = (one) => one.checkVisibility({ visibilityProperty: true })
    && !one.closest(".visually-hidden, [inert], [aria-hidden=true]");
  const small = [];
  const pressed = "a[href], button:enabled, summary, select, textarea, input:not([type=hidden]):enabled, [role=button]";
  for (const one of [...document.querySelectorAll(pressed)].filter(inSight)) {
    const first = one.getBoundingClientRect();
    const covered = getComputedStyle(one, "::after").position === "absolute" ? one.offsetParent : null; // by its press
    const label = (one.closest("label") ?? covered)?.getBoundingClientRect() ?? first;
    if (first.width <= 1 || first.bottom <= 0 || large(first) || large(label) || inLine(one)) continue;
    one.scrollIntoView({ block: "center", inline: "nearest" });
    const box = one.getBoundingClientRect();
    const [x, y, half] = [box.x + box.width / 2, box.y + box.height / 2, least / 2 - 1];
    if (!meets(one, x, y)) continue; // something lies over it
    const around = [[0, -half, box.height], [0, half, box.height], [-half, 0, box.width], [half, 0, box.width]];
    const missed = around.some(([right, down, side]) => side < least - slack && !meets(one, x + right, y + down));
    const words = (one.getAttribute("aria-label") ?? one.textContent).trim().replace(/\\s+/g, " ").slice(0, 40);
    const size = `${Math.round(box.width)} x ${Math.round(box.height)}`;
    if (missed) small.push(`${one.localName}.${one.className} ${size}: ${words}`);
  }
  return small;
}"""
LEAST = 14  # px of a letter
# How many characters are shown in which size, and some of the words in each.
CHARACTERS = """() => {
  const sizes = {}, place = document.createRange();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, around = text.parentElement, words = text.textContent.trim();
    if (!words || around.closest(".visually-hidden, script, style, noscript")) continue;
    if (!around.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    place.selectNodeContents(text);
    if (!place.getBoundingClientRect().width) continue;
    const size = sizes[parseFloat(getComputedStyle(around).fontSize)] ??= { count: 0, words: [] };
    size.count += words.length;
    size.words.push(words.slice(0, 20));
  }
  return Object.entries(sizes).map(([size, { count, words }]) => [Number(size), count, words.slice(0, 8)]);
}"""
PAGES: dict[str, tuple[str, ...]] = {
    "": (
        "/portail/", "/session/", "/session/premiere-connexion/", "/session/preuve/", "/intranet/", "/bv/",
        "/bv/aide/", "/bv/aide/chercher-mieux/", "/bv/logiciels/", "/bv/logiciels/outlook/", "/bv/numen/",
        "/bv/mot-de-passe/", "/bv/mot-de-passe/demande/AAAA-2345/", "/bv/connexion/", "/bv/connexion/choisi/",
        "/bv/connexion/pin/?departement=80", "/etat/", "/donnees-personnelles/", "/accessibilite/", "/plan/",
    ),
    "teacher": (
        "/portail/", "/intranet/outils/", "/bv/", "/plan/", "/annuaire/", "/annuaire/?q=mar",
        "/annuaire/departements/80/", "/mon-compte/", "/mon-compte/mot-de-passe/", "/mon-compte/applications/",
        "/contacts/", "/contacts/nouveau/", "/contacts/recueillis/", "/contacts/import/", "/import/",
        "/fichiers/mes-fichiers/", "/iprof/", "/iprof/cv/", "/iprof/guides/", "/iprof/services/", "/iprof/courrier/",
        "/webmail/clavier/", "/webmail/en-attente/", "/webmail/recuperation/", "/webmail/publipostage/",
        "/webmail/recherche/?q=conseil", "/webmail/dossiers/gestion/", "/webmail/dossiers/gestion/nouveau/",
    ),
    "settings": tuple(
        f"/webmail/reglages/{page}"
        for page in (
            "", "signature/", "absence/", "identites/", "envoi/", "accuses/", "redirection/", "affichage/", "liste/",
            "etiquettes/", "images/", "place/", "arrivee/", "modeles/", "modeles/nouveau/", "filtres/",
            "filtres/nouveau/",
        )
    ),
    "hr-officer": tuple(
        f"/iprof/gestion/{page}"
        for page in ("", "demandes/", "nouvelles/", "campagnes/", "campagnes/nouvelle/", "guides/", "guides/nouveau/")
    ),
    "help-desk": tuple(
        f"/assistance/{page}"
        for page in ("", "?q=martin", "demandes/", "rentree/", "rentree/80/", "lettres/", "redirections/", "journal/")
    ),
    "administrator": ("/boites-de-service/", "/retraits/", "/retraits/nouveau/", "/etat/"),
    "college-head": tuple(f"/webmail/boites/ce.0809901c/{page}" for page in ("", "membres/", "reglages/", "ecrire/")),
}  # fmt: skip
SAME = {"settings": "teacher"}


def reachable(visitor: Visitor, where: str) -> None:
    small = visitor.page.evaluate(SMALL)
    assert not small, f"{where}: {len(small)} are smaller than a finger\n" + "\n".join(small)


def small_print(visitor: Visitor, where: str) -> None:
    """No character is smaller than 14 px."""
    shown = visitor.page.evaluate(CHARACTERS)
    total, small = sum(count for _size, count, _words in shown), [one for one in shown if one[0] < LEAST]
    share = sum(count for _size, count, _words in small) / total
    assert not share, f"{where}: {share:.0%} of {total} characters are below {LEAST} px: {small}"


@pytest.mark.parametrize("role", PAGES)
def test_whatever_is_pressed_is_as_large_as_a_finger(new_visitor: NewVisitor, demo: Demo, role: str) -> None:
    visitor, (first, *others) = new_visitor(**PHONE), PAGES[role]
    if role:
        visitor.come_in(demo.account(SAME.get(role, role)), first)
    else:
        visitor.go(first)
    small = {first: visitor.page.evaluate(SMALL)}
    for path in others:
        visitor.go(path)
        small[path] = visitor.page.evaluate(SMALL)
    assert not any(small.values()), "\n".join(f"{path}: {one}" for path, ones in small.items() for one in ones)


def test_so_is_a_large_message(new_visitor: NewVisitor, demo: Demo) -> None:
    """Where one makes room: its link is all that names it."""
    teacher, subject = demo.account("teacher"), f"Lourd {uuid.uuid4().hex[:6]}"
    head = f"From: Anne <anne@x.example>\r\nSubject: {subject}\r\n\r\n"
    put(demo, teacher, [(head + 2000 * ("x" * 98 + "\r\n")).encode()], '"Lourds"')
    visitor = new_visitor(**PHONE)
    visitor.come_in(teacher, "/webmail/reglages/place/")
    expect(visitor.page.locator(".heavy").get_by_role("link", name=subject)).to_be_visible()
    reachable(visitor, "large messages")


def large(visitor: Visitor, where: str) -> None:
    reachable(visitor, where)
    small_print(visitor, where)


def test_so_are_lists_messages_menus_and_letters(new_visitor: NewVisitor, demo: Demo) -> None:
    """A kind of file is a word, too."""
    name = f"En toutes lettres {uuid.uuid4().hex[:6]}"
    put_with_file(demo, demo.account("teacher"), name, "Notes.csv", "text/csv")
    visitor = new_visitor(**PHONE)
    visitor.come_in(demo.account("teacher"), "/webmail/")
    page, desk = visitor.page, Desk(visitor.page)
    expect(desk.row(name).locator(".row-kind")).to_contain_text("Tableau")
    large(visitor, "list")
    page.locator("#q").focus()
    large(visitor, "search")
    page.locator("#q").blur()
    page.locator("#liste .list-tools summary").click()
    large(visitor, "order of the list")
    page.get_by_role("button", name="Choisir", exact=True).click()
    page.locator(".row").first.tap()
    large(visitor, "chosen messages")
    page.locator(".chosen-acts > .menu > summary").last.click()
    large(visitor, "acts on chosen messages")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Terminer").click()
    page.locator("#liste").get_by_role("button", name="Dossiers").click()
    large(visitor, "folders")
    page.keyboard.press("Escape")
    desk.open("Re: Devis 1187")
    large(visitor, "conversation")
    desk.unfold_all()
    large(visitor, "its messages")
    desk.message_acts()
    large(visitor, "menu of a message")
    page.keyboard.press("Escape")
    for menu in page.locator("#lecture .toolbar > .menu > summary:visible").all():
        menu.click()
        large(visitor, "menu of the tools")
        page.keyboard.press("Escape")
    desk.answer_all()
    large(visitor, "answer")
    desk.sheet.locator(".composer-who").click()
    expect(desk.sheet.locator(".composer-rows")).to_be_visible()
    large(visitor, "its head")
    desk.sheet.locator(".composer-who").click()
    desk.options()
    large(visitor, "its options")
    desk.sheet.get_by_role("button", name="Fermer", exact=True).click()
    desk.tools()
    large(visitor, "its tools")
