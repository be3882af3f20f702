"""The holder's path through the real pages, from the request to the loss."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts.models import Account, OtpKey, OtpRequest
from vaguemestre.accounts.otp import key_lifecycle, otp_values, requests
from vaguemestre.accounts.otp.testing import PIN, Fob, hand, hold, make_key
from vaguemestre.accounts.sessions import sessions
from vaguemestre.accounts.signin import pending_signin
from vaguemestre.accounts.testing import PASSWORD, make_account, sign_in
from vaguemestre.testing import Cast


@pytest.fixture
def account(db: None) -> Account:
    return make_account("Hélène", "Carpentier")


def type_in(client: Client, account: Account, secret: str) -> str:
    """Where the sign-in leads; empty when it is refused."""
    answer = client.post(reverse("accounts:signin"), {"identifiant": account.identifier, "secret": secret})
    return answer.headers.get("Location", "")


def is_signed_in(client: Client) -> bool:
    return sessions.COOKIE in client.cookies and client.get(reverse("accounts:otp")).status_code == 200


def test_activated_at_the_sign_in(client: Client, account: Account) -> None:
    fob = hand(account, make_key())
    assert type_in(client, account, fob.press()) == reverse("accounts:otp-signin-pin")
    assert not is_signed_in(client)
    refused = client.post(reverse("accounts:otp-signin-pin"), {"pin": "1234", "encore": "1234"})
    assert refused.context["form"].errors["pin"]
    chosen = client.post(reverse("accounts:otp-signin-pin"), {"pin": PIN, "encore": PIN})
    assert chosen.headers["Location"] == reverse("accounts:otp-signin-proof")
    assert not is_signed_in(client)
    done = client.post(chosen.headers["Location"], {"code": fob.press()})
    assert done.status_code == 302
    assert is_signed_in(client)
    assert account.sessions.get().strong
    assert type_in(Client(), account, PIN + fob.press())
    assert not type_in(Client(), account, PASSWORD)


def test_the_first_code_alone_opens_nothing_in_another_browser(client: Client, account: Account) -> None:
    fob = hand(account, make_key())
    type_in(client, account, fob.press())
    stranger = Client()
    for name in ("otp-signin-pin", "otp-signin-proof", "otp-signin-next"):
        answer = stranger.post(reverse(f"accounts:{name}"), {"pin": PIN, "encore": PIN, "code": fob.press()})
        assert answer.headers["Location"].startswith(reverse("accounts:signin"))


def test_a_new_pin_is_chosen_at_the_sign_in_after_a_reset(client: Client, account: Account) -> None:
    fob = hold(account)
    key_lifecycle.reset_pin(fob.key, by="system", now=timezone.now())
    assert not type_in(Client(), account, PIN + fob.press())
    assert type_in(client, account, fob.press()) == reverse("accounts:otp-signin-pin")
    client.post(reverse("accounts:otp-signin-pin"), {"pin": "90216", "encore": "90216"})
    client.post(reverse("accounts:otp-signin-proof"), {"code": fob.press()})
    assert is_signed_in(client)
    assert not type_in(Client(), account, PIN + fob.press())
    assert type_in(Client(), account, "90216" + fob.press())


def test_out_of_step_at_the_sign_in(client: Client, account: Account) -> None:
    fob = hold(account)
    assert type_in(client, account, PIN + fob.press(60)) == reverse("accounts:otp-signin-next")
    wrong = client.post(reverse("accounts:otp-signin-next"), {"code": "000000"})
    assert wrong.context["form"].errors["code"]
    assert client.post(reverse("accounts:otp-signin-next"), {"code": fob.press()}).status_code == 302
    assert is_signed_in(client)


def test_the_step_ends_after_five_wrong_codes(client: Client, account: Account) -> None:
    fob = hold(account)
    type_in(client, account, PIN + fob.press(60))
    for number in range(pending_signin.TRIES):
        answer = client.post(reverse("accounts:otp-signin-next"), {"code": f"00000{number}"})
    assert answer.status_code in {302, 429}
    assert not is_signed_in(client)
    client.post(reverse("accounts:otp-signin-next"), {"code": fob.press()})
    assert not is_signed_in(client)


def test_activated_from_the_account(client: Client, account: Account) -> None:
    fob = hand(account, make_key())
    sign_in(client, account)
    page = reverse("accounts:otp-activation")
    assert client.post(page, {"code": "000000", "pin": PIN, "encore": PIN}).context["form"].errors["code"]
    assert client.post(page, {"code": fob.press(), "pin": PIN, "encore": "7306"}).context["form"].errors["encore"]
    answer = client.post(page, {"code": fob.press(), "pin": PIN, "encore": PIN})
    assert answer.headers["Location"] == reverse("accounts:otp-proof")
    assert client.post(reverse("accounts:otp-proof"), {"code": fob.press()}).status_code == 302
    fob.key.refresh_from_db()
    assert fob.key.state == OtpKey.State.ACTIVE


def test_guesses_in_the_account_are_slowed_like_those_at_the_door(client: Client, account: Account) -> None:
    fob = hand(account, make_key())
    sign_in(client, account)
    for number in range(6):
        client.post(reverse("accounts:otp-activation"), {"code": f"00000{number}", "pin": PIN, "encore": PIN})
    answer = client.post(reverse("accounts:otp-activation"), {"code": fob.press(), "pin": PIN, "encore": PIN})
    assert answer.status_code == 200
    fob.key.refresh_from_db()
    assert fob.key.next_pin is None


def test_put_right_and_lost_from_the_account(client: Client, account: Account) -> None:
    fob = hold(account)
    sign_in(client, account, strong=True)
    one, two = fob.press(otp_values.FAR_AHEAD + 50), fob.press()
    answer = client.post(reverse("accounts:otp-put-right"), {"premier": one, "second": two})
    assert answer.status_code == 302
    assert client.get(reverse("accounts:otp-loss")).status_code == 200
    fob.key.refresh_from_db()
    assert fob.key.state == OtpKey.State.ACTIVE, "looking does nothing"
    client.post(reverse("accounts:otp-loss"))
    fob.key.refresh_from_db()
    assert fob.key.state == OtpKey.State.LOST
    assert not type_in(Client(), account, PIN + fob.press())
    page = client.get(reverse("accounts:otp")).content.decode()
    assert "03 22 71 25 00".replace(" ", "\N{NO-BREAK SPACE}") in page, "whom to call for a way in"


def test_sensitive_pages_ask_for_a_recent_proof(client: Client, account: Account) -> None:
    hold(account)
    sign_in(client, account, now=timezone.now() - timedelta(minutes=30))
    for name in ("otp-put-right", "otp-loss"):
        assert reverse("accounts:confirmation") in client.post(reverse(f"accounts:{name}")).headers["Location"]


def test_without_a_key_there_is_no_page_to_act_on_one(client: Client, account: Account) -> None:
    sign_in(client, account)
    for name in ("otp-activation", "otp-proof", "otp-put-right", "otp-loss", "otp-telephone"):
        assert client.get(reverse(f"accounts:{name}")).status_code == 404


def test_asked_approved_and_seen(cast: Cast) -> None:
    person, head = Client(), Client()
    sign_in(person, cast.teacher)
    sign_in(head, cast.head)
    page = person.get(reverse("accounts:otp-request")).content.decode()
    assert cast.head.display_name in page
    asked = {"support": "fob", "motif": "first", "raison": "ONDE <b>depuis</b> la maison"}
    assert person.post(reverse("accounts:otp-request"), asked).status_code == 302
    waiting = OtpRequest.objects.get()
    shown = head.get(reverse("accounts:otp-decisions")).content.decode()
    assert "ONDE &lt;b&gt;depuis&lt;/b&gt; la maison" in shown
    decision = reverse("accounts:otp-decision", args=[waiting.pk])
    assert head.post(decision, {"accord": "non", "mot": ""}).status_code == 200, "a refusal says why"
    assert head.post(decision, {"accord": "oui", "mot": "Bien sûr."}).status_code == 302
    assert head.post(decision, {"accord": "non", "mot": "trop tard"}).status_code == 302
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by, waiting.word) == (OtpRequest.State.APPROVED, cast.head, "Bien sûr.")
    assert "Bien sûr." in person.get(reverse("accounts:otp")).content.decode()


def test_nobody_else_decides(cast: Cast) -> None:
    asked = requests.ask_for_key(
        cast.teacher, carrier=OtpKey.Carrier.FOB, motive=OtpRequest.Motive.FIRST, reason="ONDE", now=timezone.now(),
        today=timezone.localdate(),
    )  # fmt: skip
    for account in (cast.teacher, cast.stranger):
        client = Client()
        sign_in(client, account)
        assert client.get(reverse("accounts:otp-decisions")).status_code == 404
        assert client.post(reverse("accounts:otp-decision", args=[asked.pk]), {"accord": "oui"}).status_code == 404
    asked.refresh_from_db()
    assert asked.state == OtpRequest.State.ASKED


def test_withdrawn_by_whoever_asked(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    client.post(reverse("accounts:otp-request"), {"support": "fob", "motif": "first", "raison": "ONDE"})
    client.post(reverse("accounts:otp-request-withdrawal"))
    assert OtpRequest.objects.get().state == OtpRequest.State.WITHDRAWN


def test_a_telephone_from_its_picture(client: Client, account: Account) -> None:
    asked = requests.ask_for_key(
        account, carrier=OtpKey.Carrier.TELEPHONE, motive=OtpRequest.Motive.FIRST, reason="ONDE", now=timezone.now(),
        today=timezone.localdate(),
    )  # fmt: skip
    requests.decide_request(asked, approved=True, word="", by=make_account("Nadia", "Chef"), now=timezone.now())
    sign_in(client, account)
    page = client.get(reverse("accounts:otp-telephone"))
    drawn = page.content.decode()
    assert "<svg" in drawn
    assert "style=" not in drawn
    assert page.headers["Cache-Control"] == "no-store"
    key = OtpKey.objects.get(account=account)
    facts = {"pin": PIN, "encore": PIN, "code": Fob(key).show(timezone.now())}
    assert client.post(reverse("accounts:otp-telephone"), facts).status_code == 302
    assert client.get(reverse("accounts:otp-telephone")).status_code == 404, "the secret is shown no more"


def test_the_account_shows_the_key_in_every_state(client: Client, account: Account) -> None:
    sign_in(client, account)
    shown = {}

    def look(state: str) -> None:
        for name in ("accounts:account", "accounts:otp"):
            answer = client.get(reverse(name))
            assert answer.status_code == 200
            shown[state, name] = answer.content.decode()

    look("none")
    fob = hand(account, make_key(serial="4417"))
    look("handed")
    key_lifecycle.reset_pin(fob.key, by="system", now=timezone.now())
    OtpKey.objects.filter(pk=fob.key.pk).update(state=OtpKey.State.PIN_RESET)
    look("pin-reset")
    OtpKey.objects.filter(pk=fob.key.pk).update(state=OtpKey.State.BLOCKED)
    look("blocked")
    assert all("4417" in page for (state, _name), page in shown.items() if state != "none")
