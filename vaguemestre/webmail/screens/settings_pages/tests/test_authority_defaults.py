"""What the authority says of preferences: for whoever has not chosen, and what nobody changes."""

import re
from types import NoneType
from typing import get_args

import pytest
from django.utils import timezone

from vaguemestre.academy.facts import Preferences as Said, Preset
from vaguemestre.accounts.models import Account
from vaguemestre.contacts.models import Contact, ContactAddress
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.preferences import lookup, summary
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.presets import Saying
from vaguemestre.webmail.trust import remote_images

S = "/webmail/reglages/"


def test_each_name_and_value_is_one_of_the_preferences() -> None:
    for name, field in Said.model_fields.items():
        [preset] = [one for one in get_args(field.annotation) if one is not NoneType]
        [value] = preset.__pydantic_generic_metadata__["args"]
        choices = getattr(Preferences._meta.get_field(name), "choices", None)
        if choices:
            assert set(get_args(value)) == {word for word, _label in choices}, name
        assert issubclass(preset, Preset)


# What the authority has nothing to say about, and why: docs/decisions/identities-and-presets.md.
PERSONAL = {
    "account", "changed_at", "chosen", "tips",  # what is known of the row itself, and of what was said
    "signature", "signature_html", "signatures", "begins_with", "answers_with",  # `[signature]` has its own words
    "writes_from", "identities",  # addresses of one person
    "notifies_in", "folded", "hidden", "pinned_in",  # folders of one mailbox, by their ids
    "absence_on", "absence_starts", "absence_ends", "absence_text", "absence_apart", "absence_outside",
    "included_script", "script_mark",  # what stands at Dovecot's
}  # fmt: skip


def test_each_preference_is_the_authoritys_to_set_or_one_persons_own() -> None:
    assert {field.name for field in Preferences._meta.concrete_fields} == {*Said.model_fields, *PERSONAL}
    assert not PERSONAL & Said.model_fields.keys()


def test_keys_of_one_letter_may_be_off_for_everybody_but_never_on() -> None:
    for value, locked in ((False, True), (True, False), (False, False)):
        assert Said.model_validate({"uses_keys": {"value": value, "locked": locked}})
    with pytest.raises(ValueError, match="WCAG"):
        Said.model_validate({"uses_keys": {"value": True, "locked": True}})


def test_it_holds_for_whoever_has_not_chosen(desk: MailBrowser, says: Saying) -> None:
    now, account = timezone.now(), desk.mail.account
    says(density=("compact", False), asks_receipts=(True, False))
    assert summary.load_settings_summary(account, now).display.density == "compact"
    assert lookup.load_preferences(account).asks_receipts
    # The page as it came, saved: nothing of it was this person's choice.
    desk.post(f"{S}affichage/", {"densite": "compact", "texte": "large"})
    row = Preferences.objects.get()
    assert (row.chosen, row.text_size, row.density) == (["text_size"], "large", "comfortable")
    says(density=("comfortable", False))
    assert summary.load_settings_summary(account, now).display.density == "comfortable"


def test_a_choice_goes_before_it_also_when_it_is_the_ordinary_one(desk: MailBrowser, says: Saying) -> None:
    now, account = timezone.now(), desk.mail.account
    says(density=("compact", False))
    desk.post(f"{S}affichage/", {"densite": "comfortable"})
    assert summary.load_settings_summary(account, now).display.density == "comfortable"
    assert Preferences.objects.get().chosen == ["density"]


@pytest.mark.parametrize(
    ("page", "field", "name", "value", "sent"),
    [
        ("liste/", "densite", "density", "compact", "comfortable"),
        ("liste/", "liste", "flat_list", True, "conversations"),
        ("liste/", "forme", "reads_plain", True, "riche"),
        ("arrivee/", "annonce", "notifies", "nothing", "words"),
        ("accuses/", "repondre", "answers_receipts", "never", "always"),
        ("envoi/", "secondes", "undo_seconds", 30, "0"),
        ("signature/", "format", "writes_plain", True, "riche"),
    ],
)
def test_what_is_locked_is_shown_with_the_reason_and_ignored(
    desk: MailBrowser, says: Saying, page: str, field: str, name: str, value: object, sent: str
) -> None:
    assert f'id="{"secondes" if field == "secondes" else field}"' in body(desk.get(S + page))
    says(**{name: (value, True, "Décision du comité.")})
    html = body(desk.get(S + page))
    held = re.search(rf'<fieldset [^>]*id="{field}"[^>]*disabled>(.*?)</fieldset>', html, re.DOTALL)
    assert held
    assert "Décision du comité." in held[1]
    desk.post(f"{S}{page}{'usage/' if page == 'signature/' else ''}", {field: sent})
    row = Preferences.objects.filter(account=desk.mail.account).first()
    assert row is None or name not in row.chosen
    assert getattr(lookup.load_preferences(desk.mail.account), name) == value


def test_a_lock_goes_before_what_was_chosen_and_gives_it_back(desk: MailBrowser, says: Saying) -> None:
    desk.post(f"{S}envoi/", {"secondes": "5"})
    says(undo_seconds=(20, True), answers_below=(False, True), quotes=(True, True))
    html = body(desk.get(f"{S}envoi/"))
    assert "L’académie a fixé ce réglage pour tous." in html
    assert "Enregistrer" not in html  # there is nothing to save
    assert summary.load_settings_summary(desk.mail.account, timezone.now()).undo_seconds == 20
    says()
    assert summary.load_settings_summary(desk.mail.account, timezone.now()).undo_seconds == 5


def test_the_list_says_it_too(desk: MailBrowser, says: Saying) -> None:
    says(flat_list=(True, True, "Décision du comité."))
    html = body(desk.get(desk.url()))
    assert "Décision du comité." in html
    assert re.search(r'name="liste" value="conversations" disabled', html)
    desk.post(f"{S}lecture/", {"liste": "conversations"})
    assert summary.load_settings_summary(desk.mail.account, timezone.now()).flat_list


def test_images_of_contacts_follow_the_authority_until_one_chooses(desk: MailBrowser, says: Saying) -> None:
    account = desk.mail.account
    card = Contact.objects.create(account=account, changed_at=timezone.now())
    ContactAddress.objects.create(contact=card, address="anne@librairie.example")
    assert not are_trusted(account, "anne@librairie.example")
    says(contact_images=(True, False))
    assert are_trusted(account, "Anne@librairie.example")
    assert not are_trusted(account, "zoe@librairie.example")
    desk.post(f"{S}images/contacts/")
    assert not are_trusted(account, "anne@librairie.example")
    says(contact_images=(True, True, "Décision du comité."))
    assert are_trusted(account, "anne@librairie.example")
    page = body(desk.get(f"{S}images/"))
    assert "Décision du comité." in page
    assert re.search(r'name="contacts" value="1" checked disabled', page)


def are_trusted(account: Account, sender: str) -> bool:
    """As a message is opened."""
    chosen = summary.load_settings_summary(account, timezone.now())
    return remote_images.are_trusted(account, sender, contacts=chosen.contact_images)


def test_the_line_between_the_panes_is_drawn_by_the_authority_or_by_hand(desk: MailBrowser, says: Saying) -> None:
    says(share=(50, False))
    assert 'data-pane="right" data-share="50"' in body(desk.get(desk.url()))
    desk.post(f"{S}affichage/part/", {"part": "30"})
    page = body(desk.get(desk.url()))
    assert ('data-share="30"' in page, 'data-name="share"' in page) == (True, True)
    says(share=(50, True))
    desk.post(f"{S}affichage/part/", {"part": "40"})
    page = body(desk.get(desk.url()))
    assert ('data-pane="right" data-share="50"' in page, 'data-name="share"' in page) == (True, False)


def test_the_width_of_the_folders_is_drawn_by_the_authority_or_by_hand(desk: MailBrowser, says: Saying) -> None:
    says(folders_width=(200, False))
    page = body(desk.get(desk.url()))
    assert ' data-folders="200"' in page
    assert 'data-name="folders" data-step="24" data-usual="200" data-pixels' in page
    desk.post(f"{S}affichage/colonne/", {"part": "320"})
    assert ' data-folders="320"' in body(desk.get(desk.url()))
    says(folders_width=(272, True))
    for part in ("344", ""):
        assert desk.post(f"{S}affichage/colonne/", {"part": part}).status_code == 204
    page = body(desk.get(desk.url()))
    assert (' data-folders="272"' in page, "splitter-folders" in page) == (True, False)
    says(folders_width=(200, False))
    assert ' data-folders="320"' in body(desk.get(desk.url()))  # as it was chosen before the lock
    desk.post(f"{S}affichage/colonne/", {"part": ""})
    assert ' data-folders="200"' in body(desk.get(desk.url()))


def test_letters_and_spacing_of_the_authority_hold_until_one_chooses(desk: MailBrowser, says: Saying) -> None:
    says(font=("dyslexic", False), spacing=("wide", False), motion=("less", False))
    head = body(desk.get(desk.url())).split("</head>")[0]
    assert ' data-font="dyslexic" data-spacing="wide" data-motion="less"' in head
    assert head.count("/static/reading") == 1
    page = body(desk.get(f"{S}affichage/"))
    assert re.search(r'name="lettres" value="dyslexic" checked', page)
    assert "disabled" not in page[page.index('id="lettres"') : page.index('id="mouvement"')]
    desk.post(f"{S}affichage/", {"lettres": "usual", "espacement": "wide", "mouvement": "less"})
    assert Preferences.objects.get(account=desk.mail.account).chosen == ["font"]
    assert ' data-spacing="wide" data-motion="less">' in body(desk.get(desk.url()))
    assert "data-font" not in body(desk.get(desk.url())).split("</head>")[0]


def test_keys_that_the_authority_turned_off_are_off_and_the_page_says_why(desk: MailBrowser, says: Saying) -> None:
    says(uses_keys=(False, True, "Décision du comité."))
    desk.post("/webmail/clavier/", {"touches": "oui"})
    page = body(desk.get("/webmail/clavier/"))
    assert "Décision du comité." in page
    assert 'name="touches"' not in page
    assert 'data-keys="off"' in body(desk.get(desk.url()))
