"""All that a search finds: chosen at once over several folders, done with progress, put back."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.clock import due
from vaguemestre.mailbox.values import FLAGGED, SEEN, FolderName
from vaguemestre.testing import letter
from vaguemestre.webmail.actions import bulk_actions
from vaguemestre.webmail.models import BulkAct, Snoozed
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.bulk import fill, total
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.search import URL, look, rows
from vaguemestre.webmail.testing.search_whole import ACT

MANY, FEW = 150, 90  # in the inbox and in Sent; together more than are done while one waits
FOUND = "essai"  # the subject of what `fill` puts there


@pytest.fixture(autouse=True)
def patient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All is done in the request that asks, however slow the machine."""
    if "one_by_one" not in request.fixturenames:
        monkeypatch.setattr(bulk_actions, "AT_ONCE", 60.0)


@pytest.fixture
def two_folders(desk: MailBrowser) -> MailBrowser:
    fill(desk, MANY)
    fill(desk, FEW, "sent")
    return desk


def whole(desk: MailBrowser, text: str = FOUND, **more: object) -> dict[str, object]:
    """What the form says when all that is found are chosen."""
    page = look(desk, text)
    found = re.search(r'name="tout" value="([^"]+)" form="lot"', page)
    assert found
    assert f'name="q" value="{text}"' in page.replace("&quot;", '"').split('id="lot"')[1]
    return {"tout": found[1], "q": text, "retour": f"{URL}?q={quote(text)}", **more}


def flagged(desk: MailBrowser, flag: str, role: str) -> int:
    with desk.session() as session:
        return sum(flag in row.flags for row in session.page(desk.id(role), count=500).rows)


def undo(desk: MailBrowser, page: str) -> str:
    """By the notice of what was done in the background."""
    found = re.search(r'action="(/webmail/travaux/[0-9a-f]{32}/annulation/)"', page)
    assert found
    return body(desk.get(desk.post(found[1], {"retour": URL})["Location"]))


def said(desk: MailBrowser) -> str:
    return body(desk.get("/webmail/travaux/", **HTMX))


def test_all_that_is_found_is_moved_from_every_folder_and_put_back(two_folders: MailBrowser) -> None:
    desk = two_folders
    assert f"Choisir les {MANY + FEW} messages trouvés" in look(desk, FOUND)
    response = desk.post(f"{ACT}archivage/", whole(desk))
    assert response["Location"] == f"{URL}?q={FOUND}"
    assert (total(desk), total(desk, "sent"), total(desk, "archive")) == (0, 0, MANY + FEW)
    assert f"{MANY + FEW} messages déplacés vers Archives" in said(desk)
    assert said(desk).count('class="job"') == 1
    assert f"{MANY + FEW} messages remis" in undo(desk, said(desk))
    assert (total(desk), total(desk, "sent"), total(desk, "archive")) == (MANY, FEW, 0)
    act = BulkAct.objects.filter(undoes=None).first()
    assert act
    desk.post(f"/webmail/travaux/{act.key}/annulation/")
    assert BulkAct.objects.exclude(undoes=None).count() == 2


def test_what_comes_after_the_list_was_drawn_is_not_taken(two_folders: MailBrowser) -> None:
    chosen = whole(two_folders)
    late = two_folders.put(letter(two_folders.mail.address, subject="Essai"))
    two_folders.post(f"{ACT}suppression/", chosen)
    assert two_folders.uids() == [late]
    assert total(two_folders, "trash") == MANY + FEW


def test_the_first_are_done_at_once_the_rest_in_slices_until_it_is_stopped(
    two_folders: MailBrowser, one_by_one: Callable[[BulkAct], None]
) -> None:
    desk = two_folders
    desk.post(f"{ACT}archivage/", whole(desk))
    done = sum(BulkAct.objects.values_list("done", flat=True))
    assert 0 < done <= bulk_actions.FIRST
    notice = said(desk)
    assert f"Déplacement vers Archives\u00a0: {done} sur {MANY + FEW}" in notice
    assert f'max="{MANY + FEW}"' in notice
    stopped = re.search(r'action="(/webmail/travaux/[0-9a-f]{32}/arret/)"', notice)
    assert stopped
    desk.post(stopped[1])
    assert set(BulkAct.objects.values_list("state", flat=True)) == {"stopped"}
    assert "les autres sont restés" in said(desk)
    assert total(desk, "archive") == done
    undo(desk, said(desk))
    for act in BulkAct.objects.exclude(undoes=None):
        one_by_one(act)
    assert (total(desk), total(desk, "sent"), total(desk, "archive")) == (MANY, FEW, 0)


def test_a_folder_that_goes_meanwhile_keeps_nothing_back(
    desk: MailBrowser, one_by_one: Callable[[BulkAct], None]
) -> None:
    fill(desk, MANY)
    with desk.session() as session:
        made = session.create(FolderName("Sorties"))
        assert made.id
        raw = letter(desk.mail.address).as_bytes().replace(b"\n", b"\r\n")
        for _number in range(60):
            session.append(made.id, raw)
    desk.post(f"{ACT}archivage/", whole(desk))
    with desk.session() as session:
        session.remove(made.id)
    for act in BulkAct.objects.all():
        one_by_one(act)
    assert total(desk) == 0
    assert "Un dossier n’existe plus" in said(desk)
    undo(desk, said(desk))
    for act in BulkAct.objects.exclude(undoes=None):
        one_by_one(act)
    assert total(desk) >= MANY


def test_marks_are_taken_back_although_one_folder_has_gone(two_folders: MailBrowser) -> None:
    desk = two_folders
    with desk.session() as session:
        made = session.create(FolderName("Sorties"))
        assert made.id
        session.append(made.id, letter(desk.mail.address).as_bytes().replace(b"\n", b"\r\n"))
    desk.post(f"{ACT}suivi/", whole(desk))
    assert (flagged(desk, FLAGGED, "inbox"), flagged(desk, FLAGGED, "sent")) == (MANY, FEW)
    with desk.session() as session:
        session.remove(made.id)
    undo(desk, said(desk))
    assert (flagged(desk, FLAGGED, "inbox"), flagged(desk, FLAGGED, "sent")) == (0, 0)


def test_a_notice_of_several_folders_stays_whole_when_another_act_begins(two_folders: MailBrowser) -> None:
    desk, now = two_folders, timezone.now()
    more: dict[str, Any] = {
        "account": desk.mail.account,
        "batch": "b",
        "verb": "move",
        "target": str(desk.id("archive")),
    }
    for key, state, done in (("a", "done", 300), ("c", "running", 20)):
        folder: dict[str, Any] = {"source": str(desk.id()), "source_validity": 1, "todo": "", "total": 300}
        BulkAct.objects.create(key=key * 32, state=state, done=done, created_at=now, **folder, **more)
    desk.post(f"{ACT}lecture/", whole(desk))
    assert set(BulkAct.objects.filter(batch="b").values_list("shown", flat=True)) == {True}


@pytest.mark.parametrize(("tail", "flag"), [("lecture", SEEN), ("suivi", FLAGGED)])
def test_marks_of_all_and_back_just_those_that_were_changed(two_folders: MailBrowser, tail: str, flag: str) -> None:
    desk = two_folders
    so_already = desk.put(letter(desk.mail.address, subject="Essai"), "archive", flags=(flag,))
    desk.post(f"{ACT}{tail}/", whole(desk))
    assert (flagged(desk, flag, "inbox"), flagged(desk, flag, "sent")) == (MANY, FEW)
    undo(desk, said(desk))
    assert (flagged(desk, flag, "inbox"), flagged(desk, flag, "sent")) == (0, 0)
    assert flag in desk.flags(so_already, "archive")


def test_what_no_longer_matches_is_left_alone(two_folders: MailBrowser) -> None:
    desk = two_folders
    chosen = whole(desk, f"{FOUND} est:non-lu")
    with desk.session() as session:
        session.store(desk.id("sent"), session.matching(desk.id("sent")).uids, add=[SEEN])
    desk.post(f"{ACT}archivage/", chosen)
    assert (total(desk), total(desk, "sent"), total(desk, "archive")) == (0, FEW, MANY)


def test_a_label_on_all_off_all_and_back(two_folders: MailBrowser) -> None:
    desk = two_folders
    one = desk.put(letter(desk.mail.address, subject="Essai"), "archive", flags=("$label1",))
    desk.post(f"{ACT}etiquettes/?etiquette=$label1", whole(desk))
    assert (flagged(desk, "$label1", "inbox"), flagged(desk, "$label1", "sent")) == (MANY, FEW)
    assert re.search(rf"Étiquette «\u00a0[^»]+\u00a0» posée sur {MANY + FEW + 1} messages", said(desk))
    undo(desk, said(desk))
    assert (flagged(desk, "$label1", "inbox"), flagged(desk, "$label1", "sent")) == (0, 0)
    assert "$label1" in desk.flags(one, "archive")
    for _twice in range(2):
        desk.post(f"{ACT}etiquettes/?etiquette=$label1", whole(desk))
    assert flagged(desk, "$label1", "inbox") == flagged(desk, "$label1", "archive") == 0


def test_a_label_on_many_of_a_folder_goes_on_in_the_background(desk: MailBrowser) -> None:
    fill(desk, MANY + FEW)
    desk.post(desk.url(tail="etiquettes/?etiquette=$label2"), {"tout": 100_000})
    assert flagged(desk, "$label2", "inbox") == MANY + FEW
    undo(desk, said(desk))
    assert flagged(desk, "$label2", "inbox") == 0


def test_all_that_bear_a_label_are_chosen_in_its_list(two_folders: MailBrowser) -> None:
    desk = two_folders
    desk.post(f"{ACT}etiquettes/?etiquette=$label1", whole(desk))
    text = 'étiquette:"Important"'
    assert f"Choisir les {MANY + FEW} messages qui portent cette étiquette" in look(desk, text)
    desk.post(f"{ACT}archivage/", whole(desk, text))
    assert total(desk, "archive") == MANY + FEW


def test_all_are_put_off_but_what_one_has_sent_which_is_said(two_folders: MailBrowser) -> None:
    desk = two_folders
    fill(desk, FEW, "archive")
    until = (timezone.now() + timedelta(hours=20)).replace(microsecond=0)
    response = desk.post(f"{ACT}plus-tard/", whole(desk, jusqua=until.isoformat()))
    page = body(desk.get(response["Location"]))
    assert f"{FEW} messages restent à leur place" in page
    assert (total(desk), total(desk, "archive"), total(desk, "sent")) == (0, 0, FEW)
    assert Snoozed.objects.filter(account=desk.mail.account, until=until).count() == MANY + FEW
    assert f"{MANY + FEW} messages reviendront" in said(desk)
    undo(desk, said(desk))
    assert (total(desk), total(desk, "archive"), total(desk, "later")) == (MANY, FEW, 0)


def test_a_few_are_put_off_from_their_folders_come_back_there_and_may_be_taken_back(desk: MailBrowser) -> None:
    for role in ("inbox", "archive", "drafts"):
        desk.put(letter(desk.mail.address, subject="Sortie"), role)
    page = look(desk, "sortie")
    assert f'formaction="{ACT}plus-tard/"' in page
    until = (timezone.now() + timedelta(hours=20)).replace(microsecond=0)
    choice: dict[str, object] = {"choix": rows(page), "jusqua": until.isoformat(), "retour": f"{URL}?q=sortie"}
    page = body(desk.get(desk.post(f"{ACT}plus-tard/", choice)["Location"]))
    assert "2 messages reviendront" in page
    assert "1 message reste à sa place" in page
    assert (desk.uids(), desk.uids("archive"), len(desk.uids("later"))) == ([], [], 2)
    taken_back = re.search(r'name="fait" value="([^"]+)"', page)
    assert taken_back
    desk.post("/webmail/annulation/", {"fait": taken_back[1]})
    assert (len(desk.uids()), len(desk.uids("archive"))) == (1, 1)
    desk.post(f"{ACT}plus-tard/", {**choice, "choix": rows(look(desk, "sortie"))})
    due.run(until + timedelta(seconds=1))
    assert (len(desk.uids()), len(desk.uids("archive")), len(desk.uids("drafts"))) == (1, 1, 1)


def test_another_hour_and_back_at_once_from_the_results(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address, subject="Sortie"))
    for hours in (20, 40):
        until = (timezone.now() + timedelta(hours=hours)).replace(microsecond=0)
        desk.post(f"{ACT}plus-tard/", {"choix": rows(look(desk, "sortie")), "jusqua": until.isoformat()})
    assert list(Snoozed.objects.values_list("until", flat=True)) == [until]
    page = look(desk, 'sortie dans:"plus tard"')
    assert f'formaction="{ACT}plus-tard/retour/"' in page
    response = desk.post(f"{ACT}plus-tard/retour/", {"choix": rows(page)})
    assert "1 message est revenu" in body(desk.get(response["Location"]))
    assert len(desk.uids()) == 1


def test_an_hour_is_asked_for_and_all_of_them_stay_chosen(two_folders: MailBrowser) -> None:
    desk = two_folders
    chosen = whole(desk, f"{FOUND} dans:réception")
    page = body(desk.post(f"{ACT}plus-tard/", chosen))
    form = page.split('class="question"')[1].split("</form>")[0]
    assert f"ces {MANY} messages" in unescape(form)
    assert 'name="choix"' not in form
    assert f'name="tout" value="{chosen["tout"]}"' in form
    assert f'name="q" value="{FOUND} dans:réception"' in form
    assert total(desk) == MANY


def test_the_hour_of_a_whole_folder_is_asked_for_all_of_it(desk: MailBrowser) -> None:
    fill(desk, 60)
    page = body(desk.post(desk.url(tail="plus-tard/"), {"tout": 1000, "voir": "non-lus", "choix": desk.uids()[:2]}))
    form = page.split('class="question"')[1].split("</form>")[0]
    assert 'name="tout" value="1000"' in form
    assert 'name="voir" value="non-lus"' in form
    assert "ces 60 messages" in unescape(form)


def test_an_open_result_is_put_off_where_that_has_a_meaning(desk: MailBrowser) -> None:
    for role in ("inbox", "sent"):
        desk.put(letter(desk.mail.address, subject="Sortie"), role)
    links = [unescape(one) for one in re.findall(r'<a class="row-link" href="([^"]+)"', look(desk, "sortie"))]
    pages = {desk.id() in link: body(desk.get(link)).split('id="lecture"')[1].split('id="pile"')[0] for link in links}
    assert f'formaction="{ACT}plus-tard/"' in pages[True]
    assert f'formaction="{ACT}plus-tard/"' not in pages[False]


def test_all_of_the_bin_is_asked_about_and_deleted_in_the_background(desk: MailBrowser) -> None:
    fill(desk, MANY + FEW, "trash")
    fill(desk, 2)
    chosen = whole(desk, f"{FOUND} dans:corbeille")
    page = body(desk.post(f"{ACT}suppression/", chosen))
    form = page.split('class="question"')[1].split("</form>")[0]
    assert f"{MANY + FEW} messages sont déjà dans la corbeille" in form
    assert f'name="tout" value="{chosen["tout"]}"' in form
    assert total(desk, "trash") == MANY + FEW
    desk.post(f"{ACT}suppression/definitive/", chosen)
    assert (total(desk, "trash"), total(desk)) == (0, 2)


def test_nothing_outside_the_bin_is_deleted_for_good(two_folders: MailBrowser) -> None:
    two_folders.post(f"{ACT}suppression/definitive/", whole(two_folders))
    assert (total(two_folders), total(two_folders, "sent")) == (MANY, FEW)


def test_a_choice_of_all_that_is_small_is_done_as_ever(desk: MailBrowser) -> None:
    fill(desk, 40)
    fill(desk, 20, "sent")
    page = body(desk.get(desk.post(f"{ACT}archivage/", whole(desk))["Location"]))
    assert "60 messages déplacés vers Archives" in page
    assert not BulkAct.objects.exists()


def test_so_many_are_not_saved_in_one_file_nor_attached_to_one_letter(two_folders: MailBrowser) -> None:
    desk = two_folders
    response = desk.post(f"{ACT}enregistrement/", whole(desk))
    assert response["Content-Type"] == "application/zip"
    fill(desk, 300)
    response = desk.post(f"{ACT}enregistrement/", whole(desk))
    assert "500 messages au plus" in body(desk.get(response["Location"]))
    assert "50 premiers messages" in body(desk.post(f"{ACT}transfert/", whole(desk)))


def test_words_that_mean_something_else_by_now_do_nothing(desk: MailBrowser) -> None:
    """A folder or a label that is gone would be left out of the search: everything else would be taken."""
    fill(desk, 60)
    with desk.session() as session:
        made = session.create(FolderName("Voyages"))
        assert made.id
        raw = letter(desk.mail.address).as_bytes().replace(b"\n", b"\r\n")
        for _number in range(51):
            session.append(made.id, raw, ["$label3"])
    of_folder, of_label = whole(desk, f"{FOUND} dans:voyages"), whole(desk, f"{FOUND} étiquette:$label3")
    with desk.session() as session:
        session.remove(made.id)
    not_borne = {**of_label, "q": f"{FOUND} étiquette:$label4"}
    for chosen in (of_folder, not_borne, {**whole(desk), "q": "bonjour"}):
        response = desk.post(f"{ACT}archivage/", chosen, **HTMX)
        assert (response.status_code, response["HX-Retarget"]) == (409, "#panne")
        assert "Cette liste a changé" in body(response)
    assert desk.post(f"{ACT}archivage/", of_label).status_code in {302, 409}  # the index may know the label still
    assert desk.post(f"{ACT}archivage/", {**whole(desk), "q": ""}).status_code == 409
    for wrong in ("x", "1", "1-1", f"1-2-{'0' * 8}x"):
        assert desk.post(f"{ACT}archivage/", {"tout": wrong, "q": FOUND}).status_code in {404, 409}
    assert total(desk) == 60


def test_the_choice_of_somebody_else_touches_nothing_of_theirs(
    two_folders: MailBrowser, neighbour: MailBrowser
) -> None:
    """Refused, unless both mailboxes were made in one second: then it is a search of one's own."""
    assert neighbour.post(f"{ACT}archivage/", whole(two_folders)).status_code in {302, 409}
    assert (total(two_folders), total(two_folders, "archive")) == (MANY, 0)


def test_what_a_choice_of_all_costs(desk: MailBrowser, trips: list[int]) -> None:
    """The search, and where its messages lie; then in each folder what they bear, and the change, which waits until the
    folder was seen to be the same."""
    fill(desk, 40)
    fill(desk, 20, "sent")
    chosen = whole(desk)
    trips.clear()
    desk.post(f"{ACT}lecture/", chosen)
    assert trips == [2 + 2 * (1 + 2)]


@pytest.mark.parametrize("act", ["plus-tard", "plus-tard/retour"])
def test_putting_off_is_for_its_owner_and_posted(desk: MailBrowser, act: str) -> None:
    assert desk.get(f"{ACT}{act}/").status_code == (302 if act == "plus-tard" else 405)
    assert Client().post(f"{ACT}{act}/").status_code == 302
    assert Client(enforce_csrf_checks=True).post(f"{ACT}{act}/").status_code == 403
    for choice in (["x"], ["1"], [f"{'0' * 32}-1"], []):
        assert desk.post(f"{ACT}{act}/", {"choix": choice, "jusqua": "2000-01-01"}).status_code in {302, 404}
