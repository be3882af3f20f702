"""Its sender's side: the list, withdrawn and given back, prolonged; limits; what the clock sweeps; an account's end."""

import io
import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.handouts import chunked_upload, limits, link_lifetime, message_links, retention
from vaguemestre.handouts.models import Fetch, Handout
from vaguemestre.handouts.testing.uploads import LETTER, come, leave
from vaguemestre.testing import Cast
from vaguemestre.web.date_text import full_date

PAGE = "/fichiers/mes-fichiers/"
OCTETS = b"des octets"
MB = 1024 * 1024


@pytest.fixture
def browser(teacher: Account, client: Client) -> Client:
    sign_in(client, teacher)
    return client


def words(client: Client) -> str:
    text = client.get(PAGE).content.decode()
    return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))


def test_the_list_says_until_when_and_how_often(browser: Client, teacher: Account, now: datetime) -> None:
    assert "pas encore envoyé" in words(browser)
    html = browser.get(PAGE).content.decode()
    assert 'data-help="handouts"' in html
    assert 'id="aide"' in html  # where the help opens
    assert 'class="list-box"' not in html  # the name of a shared mailbox: this page is nobody's mailbox
    handout, _link = leave(teacher, OCTETS, now)
    page = words(browser)
    assert "récit.pdf" in page
    assert "jamais téléchargé" in page
    link_lifetime.note_download(handout, now)
    link_lifetime.note_download(handout, now)
    assert "téléchargé 2 fois" in words(browser)


def test_what_takes_room_and_was_not_sent_is_in_the_list_and_can_be_deleted(
    browser: Client, cast: Cast, now: datetime
) -> None:
    whole = come(cast.teacher, OCTETS, name="brouillon.pdf")
    broken = chunked_upload.begin_upload(cast.teacher, LETTER, "film.mp4", 5 * MB, "", now)
    chunked_upload.append_chunk(broken, 0, io.BytesIO(bytes(2 * MB)), now)
    other, sent = come(cast.head, OCTETS), leave(cast.teacher, OCTETS, now, letter="b" * 32)[0]
    page = words(browser)
    assert "brouillon.pdf</b> <span>10 octets, pas encore envoyé" in page
    assert "film.mp4</b> <span>5 Mo, incomplet : arrivé jusqu’à 2 Mo" in page
    for one in (whole, broken):
        assert "est supprimé" in browser.post(f"{PAGE}{one.key}/suppression/", follow=True).content.decode()
        assert not one.path.exists()
    assert [browser.post(f"{PAGE}{one.key}/suppression/").status_code for one in (other, sent)] == [404, 404]
    assert {one.pk for one in Handout.objects.all()} == {other.pk, sent.pk}


def test_what_is_over_says_since_when(browser: Client, teacher: Account, now: datetime) -> None:
    handout, _link = leave(teacher, OCTETS, now)
    Handout.objects.filter(pk=handout.pk).update(
        expires_at=message_links.end_of(timezone.localdate(now)) - timedelta(days=1)
    )
    day = full_date(timezone.localdate(now)).replace("\N{NO-BREAK SPACE}", " ")
    assert f"périmé depuis le {day}" in words(browser)


def test_withdrawn_and_given_back(browser: Client, teacher: Account, now: datetime) -> None:
    handout, link = leave(teacher, OCTETS, now)
    answer = browser.post(f"{PAGE}{handout.key}/retrait/", follow=True)
    assert "est retiré" in answer.content.decode()
    assert Client().get(link).status_code == 404
    found = re.search(r'name="fait" value="([^"]+)"', answer.content.decode())
    assert found
    browser.post(f"{PAGE}retour/", {"fait": found[1]})
    assert Client().get(link).status_code == 200
    acts = list(Entry.objects.filter(act__startswith="handout.").order_by("pk").values_list("act", flat=True))
    assert acts == ["handout.sent", "handout.withdrawn", "handout.given-back"]


def test_a_day_later_nothing_is_given_back_and_its_octets_are_gone(teacher: Account, now: datetime) -> None:
    handout, _link = leave(teacher, OCTETS, now)
    link_lifetime.withdraw_link(handout, by=teacher.key, now=now)
    retention.sweep("", now + timedelta(hours=23))
    assert handout.path.exists()
    retention.sweep("", now + timedelta(hours=25))
    assert not handout.path.exists()
    assert not link_lifetime.restore_link(handout, now=now + timedelta(hours=25))


def test_withdrawn_while_its_message_waits_it_goes_with_no_other(teacher: Account, now: datetime) -> None:
    come(teacher, OCTETS)
    message_links.new_links(teacher.key, LETTER)
    message_links.note_departure(teacher.key, LETTER, "<a@ac-amiens.fr>", now)
    link_lifetime.withdraw_link(Handout.objects.get(), by=teacher.key, now=now)
    message_links.note_refusal(teacher.key, LETTER)
    assert message_links.new_links(teacher.key, LETTER) == []


def test_what_an_operator_withdrew_its_sender_does_not_give_back(teacher: Account, now: datetime) -> None:
    handout, _link = leave(teacher, OCTETS, now)
    link_lifetime.withdraw_link(handout, by="operator:root", now=now)
    assert not link_lifetime.restore_link(handout, now=now)


def test_prolonged_up_to_the_most(browser: Client, teacher: Account, now: datetime) -> None:
    handout, _link = leave(teacher, OCTETS, now)
    days, most = academy().links.days, academy().links.days_at_most
    for wanted in (2 * days, 3 * days, most, most):
        browser.post(f"{PAGE}{handout.key}/prolongation/")
        handout.refresh_from_db()
        assert handout.expires_at == message_links.end_of(
            message_links.last_day(now) + timedelta(min(wanted, most) - days)
        )
    assert "Prolonger" not in words(browser)
    link_lifetime.withdraw_link(handout, by=teacher.key, now=now)
    assert not link_lifetime.prolong_link(handout, now=now)


def test_nobody_else_s(cast: Cast, client: Client, now: datetime) -> None:
    handout, link = leave(cast.teacher, OCTETS, now)
    sign_in(client, cast.head)
    for act in ("retrait", "prolongation"):
        assert client.post(f"{PAGE}{handout.key}/{act}/").status_code == 404
    assert "récit.pdf" not in client.get(PAGE).content.decode()
    assert Client().get(link).status_code == 200
    client.post(f"{PAGE}retour/", {"fait": "forged"})


@pytest.mark.parametrize(
    ("limit", "size", "said"),
    [("largest_mb", 2 * MB, "Trop lourd, même pour un lien"), ("of_person_mb", 2 * MB, "occupent déjà"),
     ("of_all_mb", 2 * MB, "n’a pas la place"), ("", 0, "Ce fichier est vide")],
)  # fmt: skip
def test_limits(
    teacher: Account, now: datetime, monkeypatch: pytest.MonkeyPatch, limit: str, size: int, said: str
) -> None:
    leave(teacher, OCTETS, now)
    facts = academy().model_copy(update={"links": academy().links.model_copy(update={limit: 1} if limit else {})})
    monkeypatch.setattr(limits, "academy", lambda: facts)
    with pytest.raises(limits.UploadRefusedError, match=said):
        chunked_upload.begin_upload(teacher, LETTER, "film.mp4", size, "", now)
    if size:
        chunked_upload.begin_upload(teacher, LETTER, "petit", MB - len(OCTETS), "", now)


def test_what_others_are_sending_already_has_its_room(
    teacher: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = limits.shutil.disk_usage("/")._replace(free=limits.LEFT_FREE + 10 * MB)  # type: ignore[attr-defined]
    monkeypatch.setattr("shutil.disk_usage", lambda _folder: usage)
    first = chunked_upload.begin_upload(teacher, LETTER, "a", 8 * MB, "", now)
    with pytest.raises(limits.UploadRefusedError, match="n’a pas la place"):
        chunked_upload.begin_upload(teacher, LETTER, "b", 3 * MB, "", now)
    chunked_upload.append_chunk(first, 0, io.BytesIO(bytes(8 * MB)), now)
    chunked_upload.begin_upload(teacher, LETTER, "b", 3 * MB, "", now)


def test_fifty_files_of_a_letter(teacher: Account, now: datetime) -> None:
    for number in range(limits.MOST_OF_A_LETTER):
        chunked_upload.begin_upload(teacher, LETTER, f"{number}", 5, "", now)
    with pytest.raises(limits.UploadRefusedError, match="archive"):
        chunked_upload.begin_upload(teacher, LETTER, "de trop", 5, "", now)
    chunked_upload.begin_upload(teacher, "b" * 32, "ailleurs", 5, "", now)


def test_the_clock_sweeps_what_is_over(teacher: Account, now: datetime) -> None:
    handout, _link = leave(teacher, OCTETS, now)
    broken = chunked_upload.begin_upload(teacher, "b" * 32, "coupé", 5 * MB, "", now)
    chunked_upload.append_chunk(broken, 0, io.BytesIO(bytes(MB)), now)
    whole = come(teacher, OCTETS, letter="c" * 32)
    stranger = handout.path.with_name("d" * 32)
    stranger.write_bytes(b"x")
    retention.sweep("", now + timedelta(minutes=5))
    assert handout.path.exists()
    assert stranger.exists()
    retention.sweep("", now + timedelta(days=8))
    assert not Handout.objects.filter(pk=broken.pk).exists()
    assert not broken.path.exists()
    assert not stranger.exists()
    assert (stranger.parent / "lost" / stranger.name).exists()
    retention.sweep("", now + timedelta(academy().links.days + 2))
    assert not handout.path.exists()
    assert whole.path.exists()  # its draft is still there
    handout.refresh_from_db()
    assert handout.swept_at
    retention.sweep("", now + timedelta(days=500))
    assert not Handout.objects.filter(pk=handout.pk).exists()


def test_after_an_older_database_was_restored_files_wait_for_the_newer_one(teacher: Account, now: datetime) -> None:
    handout, _link = leave(teacher, OCTETS, now)
    row, aside = Handout.objects.get(), handout.path.parent / "lost" / handout.key
    Handout.objects.all().delete()
    for days in (1, 4, 7):
        retention.sweep("", now + timedelta(days=days))
        assert not handout.path.exists()
        assert aside.exists()
    row.save(force_insert=True)
    retention.sweep("", now + timedelta(days=7, hours=1))
    assert b"".join(chunked_upload.read_range(handout, 0, len(OCTETS))) == OCTETS
    Handout.objects.all().delete()
    retention.sweep("", now + timedelta(days=8))
    retention.sweep("", now + timedelta(days=16))
    assert not aside.exists()


def test_a_file_of_which_nothing_came_keeps_its_room_an_hour(teacher: Account, now: datetime) -> None:
    handout = chunked_upload.begin_upload(teacher, LETTER, "film.mp4", 5 * MB, "", now, modified=7)
    retention.sweep("", now + timedelta(minutes=59))
    chunked_upload.begin_upload(
        teacher, LETTER, "film.mp4", 5 * MB, "", now + timedelta(minutes=59), modified=7
    )  # tried again
    retention.sweep("", now + timedelta(minutes=61))
    assert Handout.objects.filter(pk=handout.pk).exists()
    retention.sweep("", now + timedelta(hours=2))
    assert not Handout.objects.exists()


def test_begun_again_a_draft_that_was_thrown_away_keeps_its_files(teacher: Account, now: datetime) -> None:
    come(teacher, OCTETS)
    message_links.release_draft(teacher.key, LETTER, now)
    come(teacher, OCTETS, name="autre")
    retention.sweep("", now + timedelta(days=8))
    assert Handout.objects.count() == 2


def test_it_goes_with_its_account(cast: Cast, now: datetime) -> None:
    handout, link = leave(cast.teacher, OCTETS, now)
    other, _link = leave(cast.head, OCTETS, now, letter="b" * 32)
    link_lifetime.note_download(handout, now)
    retention.forget_account(cast.teacher.key, now)
    assert not handout.path.exists()
    assert other.path.exists()
    assert not Fetch.objects.exists()
    assert Client().get(link).status_code == 404


def test_what_is_counted_for_whoever_watches(teacher: Account, now: datetime) -> None:
    leave(teacher, OCTETS, now)
    told = {gauge.name: gauge.value for gauge in limits.handout_gauges(now)}
    assert (told["handouts"], told["handouts_bytes"]) == (1, len(OCTETS))
