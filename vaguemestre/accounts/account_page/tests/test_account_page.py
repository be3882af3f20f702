import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.mail_access import app_passwords, portal_clients
from vaguemestre.accounts.models import Account, Notice, RescueContact
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.password_change import live_check
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.testing import PASSWORD, cheap_hash, make_account, sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.courier.models import Parcel
from vaguemestre.people.numen import Numen

pytestmark = pytest.mark.django_db
URL = "/mon-compte/"
NUMEN = "20E9501234ABC"
NEW = "Quatre chênes, 9 nids !"


@pytest.fixture
def account(client: Client) -> Account:
    numen = Numen(NUMEN)
    account = make_account("Éloïse", "de La Tour-Maubourg", numen_cipher=numen.encrypted(), numen_lookup=numen.lookup)
    sign_in(client, account)
    return account


def aged(account: Account, minutes: int = 60) -> None:
    account.sessions.update(proved_at=timezone.now() - timedelta(minutes=minutes))


def test_identity_with_the_numen_masked(client: Client, account: Account) -> None:
    page = client.get(URL).content.decode()
    assert account.identifier in page
    assert account.address in page
    assert "20E••••••••BC" in page
    assert NUMEN not in page
    assert "Pas encore de contact de secours" in page
    assert 'href="/charte/"' in page


def test_every_part_is_reached_from_the_list_of_parts(client: Client, account: Account) -> None:
    page = client.get(URL).content.decode()
    anchors = re.findall(r'<li><a href="#([\w-]+)">', page)
    assert {"identite", "connexion", "secours", "courrier"} <= set(anchors)
    for anchor in anchors:
        assert f'id="{anchor}"' in page


def test_the_masthead_leads_here(client: Client, account: Account) -> None:
    page = client.get("/portail/").content.decode()
    assert page.count(f'href="{URL}"') >= 2


def test_own_numen_after_a_fresh_proof_for_thirty_seconds_and_in_the_journal(client: Client, account: Account) -> None:
    aged(account)
    assert client.post(f"{URL}numen/").headers["Location"].startswith("/session/confirmation/")
    aged(account, 0)
    response = client.post(f"{URL}numen/")
    assert NUMEN in response.content.decode()
    assert response.headers["Refresh"] == f"30; url={URL}"
    assert response.headers["Cache-Control"] == "no-store"
    entry = Entry.objects.get(act="numen.shown")
    assert (entry.actor, entry.subject) == (account.key, account.key)
    assert NUMEN not in str(entry.details)
    assert client.get(f"{URL}numen/").status_code == 405


def test_without_numen_there_is_nothing_to_show(client: Client) -> None:
    sign_in(client, make_account())
    assert "il vient avec votre première nomination" in client.get(URL).content.decode()
    assert client.post(f"{URL}numen/").status_code == 404


class TestPassword:
    def change(self, client: Client, new: str = NEW, again: str | None = None, **more: str) -> str:
        facts = {"neuf": new, "encore": again or new, **more}
        return client.post(f"{URL}mot-de-passe/", facts, follow=True).content.decode()

    def test_changed_this_session_stays_the_others_end(self, client: Client, account: Account) -> None:
        elsewhere = Client()
        sign_in(elsewhere, account)
        page = self.change(client)
        assert "Votre mot de passe est changé. Vos autres sessions sont fermées." in page
        account.refresh_from_db()
        assert passwords.verify_password(account, NEW)
        assert client.get("/portail/").status_code == 200
        assert elsewhere.get("/portail/").status_code == 302

    def test_told_by_a_notice_and_a_mail(self, client: Client, account: Account) -> None:
        page = self.change(client)
        assert "Votre mot de passe a été changé sur la page Mon compte." in page
        parcel = Parcel.objects.get()
        assert parcel.to == account.address
        assert NEW not in parcel.text
        assert Notice.objects.get().kind == Notice.Kind.PASSWORD

    def test_told_outside_the_mailbox_too(self, client: Client, account: Account) -> None:
        """Whoever changes it reads the mailbox, and could remove the mail."""
        RescueContact.objects.create(account=account, email="agathe@maison.example", confirmed_at=timezone.now())
        self.change(client)
        assert set(Parcel.objects.values_list("to", flat=True)) == {account.address, "agathe@maison.example"}

    def test_it_asks_for_a_fresh_proof(self, client: Client, account: Account) -> None:
        aged(account)
        assert client.get(f"{URL}mot-de-passe/").headers["Location"].startswith("/session/confirmation/")
        client.post(f"{URL}mot-de-passe/", {"neuf": NEW, "encore": NEW})
        account.refresh_from_db()
        assert passwords.verify_password(account, PASSWORD)

    def test_refused_in_words(self, client: Client, account: Account) -> None:
        assert "Ce mot de passe est trop courant." in self.change(client, "motdepasse")
        assert "Les deux mots de passe sont différents." in self.change(client, NEW, NEW + "!")
        assert "votre nom, votre adresse ou votre date de naissance" in self.change(client, "Maubourg, 9 nids bleus !")
        assert "votre NUMEN" in self.change(client, f"a {NUMEN} !")
        account.refresh_from_db()
        assert passwords.verify_password(account, PASSWORD)

    def test_programs_keep_theirs_unless_asked(self, client: Client, account: Account) -> None:
        app_passwords.make_app_password(account, "Thunderbird", "both", timezone.now())
        assert "Retirer aussi les mots de passe d’application" in client.get(f"{URL}mot-de-passe/").content.decode()
        self.change(client)
        assert app_passwords.living_app_passwords(account).count() == 1
        self.change(client, "Cinq hêtres, 3 pics !", programmes="on")
        assert app_passwords.living_app_passwords(account).count() == 0

    def test_a_holder_of_a_key_has_none_to_change(self, client: Client, account: Account) -> None:
        Account.objects.filter(pk=account.pk).update(method=Account.Method.OTP_KEY)
        assert client.get(f"{URL}mot-de-passe/").headers["Location"] == URL
        assert f'href="{URL}mot-de-passe/"' not in client.get(URL).content.decode()


class TestPrograms:
    def test_one_that_was_let_in_on_the_portal_is_listed_and_cut_off(self, client: Client, account: Account) -> None:
        program = portal_clients.admit_program(account, "Thunderbird, bureau", now=timezone.now())
        page = client.get(URL).content.decode()
        assert "Thunderbird, bureau" in page
        assert "autorisé sur le portail, sans mot de passe" in page
        said = client.post(f"{URL}mots-de-passe-application/{program.pk}/retrait/", follow=True).content.decode()
        assert "L’accès est retiré" in said
        assert "Le logiciel de messagerie «\u00a0Thunderbird, bureau\u00a0» n’ouvre plus votre boîte" in said
        program.refresh_from_db()
        assert program.withdrawn_at is not None


class TestNotices:
    def test_unread_first_then_seen(self, client: Client, account: Account) -> None:
        notice = notices.tell_owner(account, Notice.Kind.PASSWORD, now=timezone.now(), change="changed")
        page = client.get(URL).content.decode()
        assert ">1 avis à lire</a>" in page
        assert "dites\u00a0: compte volé" in page
        response = client.post(f"{URL}avis/{notice.pk}/lecture/")
        assert response.headers["Location"] == f"{URL}#avis"
        page = client.get(URL).content.decode()
        assert "avis à lire" not in page
        assert "Déjà vus" in page

    def test_all_that_is_shown_is_put_away_at_once_and_nothing_newer(self, client: Client, account: Account) -> None:
        _first, second, later = (
            notices.tell_owner(account, Notice.Kind.PASSWORD, now=timezone.now(), change="changed") for _ in range(3)
        )
        other = notices.tell_owner(make_account("Bruno"), Notice.Kind.PASSWORD, now=timezone.now(), change="changed")
        assert f'value="{later.pk}"' in client.get(URL).content.decode()
        assert client.post(f"{URL}avis/lecture/", {"jusque": str(second.pk)}).status_code == 302
        unread = Notice.objects.filter(read_at=None)
        assert set(unread.values_list("pk", flat=True)) == {later.pk, other.pk}
        assert "avis/lecture/" not in client.get(URL).content.decode(), "one alone has its own button"

    @pytest.mark.parametrize("wrong", ["", "x", "-1", "9" * 40])
    def test_what_is_no_number_puts_nothing_away(self, client: Client, account: Account, wrong: str) -> None:
        notices.tell_owner(account, Notice.Kind.PASSWORD, now=timezone.now(), change="changed")
        assert client.post(f"{URL}avis/lecture/", {"jusque": wrong}).status_code == 404
        assert Notice.objects.get().read_at is None

    @pytest.mark.usefixtures("account")
    def test_another_persons_notice_does_not_exist(self, client: Client) -> None:
        other = notices.tell_owner(make_account("Bruno"), Notice.Kind.PASSWORD, now=timezone.now(), change="changed")
        assert client.post(f"{URL}avis/{other.pk}/lecture/").status_code == 404
        other.refresh_from_db()
        assert other.read_at is None

    def test_what_somebody_typed_is_text(self, client: Client, account: Account) -> None:
        notices.tell_owner(account, Notice.Kind.APP_PASSWORD, now=timezone.now(), change="made", name="<b>x</b>")
        page = client.get(URL).content.decode()
        assert "<b>x</b>" not in page
        assert "&lt;b&gt;x&lt;/b&gt;" in page


def test_the_address_makes_the_page_say_nothing_of_its_own(client: Client, account: Account) -> None:
    page = client.get(URL, {"fait": "Votre compte est clos"}).content.decode()
    assert "Votre compte est clos" not in page


class TestRulesWhileTyping:
    RULES = f"{URL}mot-de-passe/regles/"

    def unmet(self, client: Client, typed: str) -> list[str]:
        return self.verdict(client, typed)["unmet"]

    def verdict(self, client: Client, typed: str) -> dict[str, list[str]]:
        said: dict[str, list[str]] = client.post(self.RULES, {"neuf": typed}).json()
        return said

    @pytest.mark.usefixtures("account")
    def test_what_only_the_server_can_judge(self, client: Client) -> None:
        assert self.unmet(client, NEW) == []
        assert "personal" in self.unmet(client, "Maubourg, 9 nids bleus !")
        assert "numen" in self.unmet(client, f"a {NUMEN} !")
        assert "common" in self.unmet(client, "Azerty-2026")

    def test_also_before_the_first_one_is_chosen(self, client: Client, account: Account) -> None:
        Account.objects.filter(pk=account.pk).update(password_kind=Account.PasswordKind.PROVISIONAL)
        assert self.unmet(client, NEW) == []

    def test_former_passwords_once_all_else_is_well(self, client: Client, account: Account) -> None:
        passwords.set_password(account, NEW, now=timezone.now())
        sign_in(client, account)
        assert self.verdict(client, NEW) == {"unmet": ["former"], "unknown": []}
        assert self.verdict(client, "Cinq hêtres, 3 pics !") == {"unmet": [], "unknown": []}
        assert self.verdict(client, "cinq hêtres, 3 pics !") == {"unmet": ["upper"], "unknown": ["former"]}

    def test_the_provisional_one_too(self, client: Client, account: Account) -> None:
        passwords.set_provisional(account, cheap_hash("k7mr-w4pz-9nhb"), now=timezone.now())
        sign_in(client, account)
        assert self.unmet(client, "K7mr-w4pz-9nhb") == ["former"]

    def test_a_stranger_at_an_open_screen_guesses_nothing(self, client: Client, account: Account) -> None:
        passwords.set_password(account, NEW, now=timezone.now())
        sign_in(client, account)
        aged(account)
        for typed in (NEW, "Cinq hêtres, 3 pics !"):
            assert self.verdict(client, typed) == {"unmet": [], "unknown": ["former"]}

    def test_nor_whoever_asks_without_end(
        self, client: Client, account: Account, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So many verifications of Argon2 an hour, whatever is asked."""
        passwords.set_password(account, NEW, now=timezone.now())
        sign_in(client, account)
        monkeypatch.setattr(live_check, "FORMER_AN_HOUR", 2)
        monkeypatch.setattr(live_check, "AN_HOUR", timedelta(days=3650))  # no test ends between two of them
        said = [self.verdict(client, NEW) for _turn in range(3)]
        assert said == [{"unmet": ["former"], "unknown": []}] * 2 + [{"unmet": [], "unknown": ["former"]}]

    def test_two_different_ones_tell_nothing_either(self, client: Client, account: Account) -> None:
        """A guess that is not a former password becomes the password: nobody makes two."""
        passwords.set_password(account, NEW, now=timezone.now())
        sign_in(client, account)
        page = client.post(f"{URL}mot-de-passe/", {"neuf": NEW, "encore": NEW + "!"}).content.decode()
        used = "Ce mot de passe a déjà servi ici. Choisissez-en un autre.</p>"
        assert "Les deux mots de passe sont différents." in page
        assert used not in page
        assert used in client.post(f"{URL}mot-de-passe/", {"neuf": NEW, "encore": NEW}).content.decode()

    @pytest.mark.usefixtures("account")
    def test_each_rule_that_the_page_shows_is_judged_by_somebody(self, client: Client) -> None:
        page = client.get(f"{URL}mot-de-passe/").content.decode()
        judged = set(re.findall(r'data-rule="([a-z]+)" data-judged data-advice="[^"]+"', page))
        assert judged == {"personal", "numen", "common", "former"}
        assert f'data-judge="{self.RULES}"' in page

    def test_a_stranger_learns_nothing(self, client: Client) -> None:
        assert client.post(self.RULES, {"neuf": NEW}).headers["Location"] == "/session/"
        assert client.get(self.RULES).status_code == 405
