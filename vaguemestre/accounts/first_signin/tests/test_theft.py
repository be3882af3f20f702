"""Nobody at an open screen takes an account by the steps of the first sign-in; who had a password hears of the next."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts.compromise import account_shutdown
from vaguemestre.accounts.first_signin.path import PathStep
from vaguemestre.accounts.models import Account, Code, Notice, RescueContact, Session
from vaguemestre.accounts.passwords import passwords, temporary_password
from vaguemestre.accounts.rescue.contact import confirmed_email, contact_of
from vaguemestre.accounts.sessions import page_owner
from vaguemestre.accounts.testing import cheap_hash, make_account, sign_in
from vaguemestre.accounts.testing.codes import sent_to
from vaguemestre.accounts.testing.first_signin import CODE, LATER, LETTER, MINE, RESCUE, THIEF, choose, walk_to
from vaguemestre.courier.models import Parcel
from vaguemestre.web.htmx import WHOSE

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    account = make_account("Éloïse", "de La Tour-Maubourg", password=None)
    passwords.set_provisional(account, cheap_hash(LETTER), now=timezone.now())
    return account


class TestThiefAtAnOpenScreen:
    """The last steps may wait for ever, and so the path stays open: it is no way round the page My account."""

    @pytest.fixture
    def half_way(self, client: Client, account: Account) -> Account:
        """Stopped after the rescue contact, hours ago."""
        sign_in(client, account)
        walk_to(client, PathStep.RESCUE)
        client.post(RESCUE, {"adresse": MINE})
        client.post(CODE, {"code": sent_to(MINE)})
        Parcel.objects.all().delete()
        Code.objects.update(sent_at=timezone.now() - timedelta(hours=5))
        Session.objects.update(proved_at=timezone.now() - timedelta(hours=5))
        return account

    @pytest.mark.usefixtures("half_way")
    @pytest.mark.parametrize("method", ["get", "post"])
    @pytest.mark.parametrize("page", [RESCUE, CODE])
    def test_a_fresh_proof_is_asked_for(self, client: Client, page: str, method: str) -> None:
        answer = getattr(client, method)(page, {"adresse": THIEF, "code": "123456"})
        assert answer.headers["Location"].startswith("/session/confirmation/")
        assert client.post(f"{RESCUE}renvoi/").headers["Location"].startswith("/session/confirmation/")
        assert not Parcel.objects.exists()

    def test_also_where_none_was_given_yet(self, client: Client, account: Account) -> None:
        sign_in(client, account)
        walk_to(client, PathStep.RESCUE)
        Session.objects.update(proved_at=timezone.now() - timedelta(hours=5))
        assert client.post(RESCUE, {"adresse": THIEF}).headers["Location"].startswith("/session/confirmation/")
        assert not Parcel.objects.exists()

    def test_another_contact_is_told_to_the_one_it_replaces(self, client: Client, half_way: Account) -> None:
        Session.objects.update(proved_at=timezone.now())
        client.post(RESCUE, {"adresse": THIEF})
        client.post(CODE, {"code": sent_to(THIEF)})
        assert confirmed_email(half_way) == THIEF
        assert Notice.objects.get().kind == Notice.Kind.RESCUE_CONTACT
        told = Parcel.objects.exclude(to=THIEF)
        assert set(told.values_list("to", flat=True)) == {half_way.address, MINE}

    @pytest.mark.usefixtures("half_way")
    def test_another_number_as_well(self, client: Client) -> None:
        Session.objects.update(proved_at=timezone.now())
        client.post(RESCUE, {"adresse": MINE, "telephone": "0612345678"})
        assert Notice.objects.get().details["change"] == "phone"


class TestWhoeverHadAPasswordIsToldOfTheNextOne:
    @pytest.mark.parametrize("given", ["temporary", "shutdown", "letter"])
    def test_in_the_mailbox_and_at_the_rescue_contact(self, client: Client, given: str) -> None:
        account, now = make_account(), timezone.now()
        RescueContact.objects.create(account=account, email=MINE, confirmed_at=now - timedelta(days=400))
        match given:
            case "temporary":
                temporary_password.give_temporary(account, by="a0000009", now=now)
            case "letter":
                passwords.set_provisional(account, cheap_hash(LETTER), now=now)
            case "shutdown":
                account_shutdown.shut_account_down(account, by="a0000009", office="DSDEN", reason="essai", now=now)
                account.refresh_from_db()
                temporary_password.give_temporary(account, by="a0000009", now=now)
        Parcel.objects.all().delete()
        sign_in(client, account)
        choose(client, "Quatre chênes, 9 nids !")
        notice = Notice.objects.latest("id")
        assert (notice.kind, notice.details) == (Notice.Kind.PASSWORD, {"change": "chosen"})
        assert set(Parcel.objects.values_list("to", flat=True)) == {account.address, MINE}
        assert "à la place de celui qui vous avait été donné" in Parcel.objects.latest("id").text

    def test_also_before_the_end_of_the_path(self, client: Client, account: Account) -> None:
        """The last steps wait for ever, a temporary password comes meanwhile."""
        sign_in(client, account)
        walk_to(client, PathStep.RESCUE)
        account.refresh_from_db()
        temporary_password.give_temporary(account, by="a0000009", now=timezone.now())
        sign_in(client, account)
        choose(client, "Quatre chênes, 9 nids !")
        assert Notice.objects.get().details == {"change": "chosen"}


class TestSameDoorsAsEveryPage:
    def test_an_open_page_never_answers_to_somebody_else(self, client: Client, account: Account) -> None:
        sign_in(client, account)
        walk_to(client, PathStep.RESCUE)
        theirs = {WHOSE: page_owner.owner_mark(make_account("Bruno"))}
        assert client.post(LATER, headers=theirs).status_code == 401
        assert contact_of(account).put_off_at is None
        assert Client().post(LATER, headers=theirs).status_code == 401, "nor to nobody"

    def test_a_leaver_has_one_page(self, client: Client) -> None:
        account = make_account()
        Account.objects.filter(pk=account.pk).update(welcomed_at=None, closes_on=timezone.localdate())
        sign_in(client, account)
        assert client.post(LATER).headers["Location"] == reverse("exports:leaving")

    def test_the_second_factor_of_a_role_comes_first(self, client: Client, account: Account) -> None:
        sign_in(client, account)
        walk_to(client, PathStep.RESCUE)
        Session.objects.update(factor_due=True)
        assert client.get(RESCUE).headers["Location"].startswith(reverse("accounts:factors-required"))
