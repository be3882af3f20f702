"""What a filter catches: the real server at delivery and the preview of the page say the same."""

import re
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings, strategies as st

from vaguemestre.mailbox.messages import Row
from vaguemestre.mailbox.sieve.managesieve import ScriptServer
from vaguemestre.mailbox.testing.specimens import SPECIMENS
from vaguemestre.mailbox.values import FolderName
from vaguemestre.testing import MailAccount, deliver_locally, letter, wait_for_mail
from vaguemestre.webmail.connection import open_mailbox_of
from vaguemestre.webmail.mailbox_access import MailboxAccess
from vaguemestre.webmail.rules import sieve_script
from vaguemestre.webmail.rules.filters import edits
from vaguemestre.webmail.rules.filters.matches import find_matches
from vaguemestre.webmail.rules.filters.rule import ASKED, Condition, ConditionField, Operator, Rule
from vaguemestre.webmail.rules.sieve_script import SieveRedirect, SieveSettings
from vaguemestre.webmail.testing.script import HOSTILE

pytestmark = pytest.mark.django_db(transaction=True)


def condition(field: ConditionField, how: Operator, value: str = "") -> Condition:
    return Condition(field, how, value)


CONDITIONS = [
    condition(ConditionField.FROM, Operator.CONTAINS, "LIBRAIRIE"),
    condition(ConditionField.FROM, Operator.CONTAINS, "Auteur"),
    condition(ConditionField.FROM, Operator.LACKS, "librairie"),
    condition(ConditionField.FROM, Operator.IS, "ANNE@librairie.example"),
    condition(ConditionField.FROM, Operator.IS, "anne"),
    condition(ConditionField.TO, Operator.CONTAINS, "parents"),
    condition(ConditionField.TO, Operator.IS, "parents@ecole.example"),
    condition(ConditionField.TO, Operator.LACKS, "parents"),
    condition(ConditionField.SUBJECT, Operator.CONTAINS, "réunion"),
    condition(ConditionField.SUBJECT, Operator.CONTAINS, "reunion"),
    condition(ConditionField.SUBJECT, Operator.IS, "essai"),
    condition(ConditionField.SUBJECT, Operator.LACKS, "Réunion d’été"),
    condition(ConditionField.LIST, Operator.CONTAINS, "svt.ac-amiens.fr"),
    condition(ConditionField.LIST, Operator.LACKS, "svt"),
    condition(ConditionField.SIZE, Operator.OVER, "20"),
    condition(ConditionField.SIZE, Operator.UNDER, "20"),
    condition(ConditionField.FILES, Operator.SOME),
    condition(ConditionField.FILES, Operator.NONE),
    condition(ConditionField.LABEL, Operator.WORN, "f0"),  # that of the first of these
    condition(ConditionField.LABEL, Operator.BARE, "f0"),
]


CATCHING_NOTHING = {
    condition(ConditionField.FROM, Operator.IS, "anne"),  # an address is whole
    condition(ConditionField.SUBJECT, Operator.CONTAINS, "reunion"),  # accents count
}


def mails(to: str) -> list[EmailMessage]:
    large, filed = letter(to, subject="Essai", text="long " * 6000), letter(to, subject="Sujet du brevet")
    filed.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="Sujet éval.pdf")
    return [
        letter(to),
        letter(to, sender="Zoé Réunion <z@b.example>", subject="Réunion d’été : préparer", Cc="parents@ecole.example"),
        letter(to, sender="no-reply@listes.example", subject="RÉUNION", List_Id="Collègues de SVT <svt.ac-amiens.fr>"),
        large, filed,
    ]  # fmt: skip


def rows(account: MailAccount) -> list[Row]:
    with open_mailbox_of(account.key) as session:
        inbox = session.by_role("inbox")
        assert inbox is not None
        assert inbox.id
        return list(session.page(inbox.id).rows)


def test_the_preview_and_the_server_agree_on_every_condition(mail_account: MailAccount) -> None:
    """One filter a condition, each of which puts a mark of its own on what it catches."""
    rules = [
        Rule(f"n° {number}", any_of=False, conditions=(one,), labels=(f"f{number}",), stops=False)
        for number, one in enumerate(CONDITIONS)
    ]
    for rule in rules:
        edits.save_filter(MailboxAccess.own(mail_account.account), rule, None, now=timezone.now())
    sent = mails(mail_account.address)
    for message in sent:
        deliver_locally(message, mail_account.address)
    wait_for_mail(mail_account, len(sent))
    with open_mailbox_of(mail_account.key) as session:
        inbox = session.by_role("inbox")
        assert inbox is not None
        assert inbox.id
        for rule in rules:
            [mark] = rule.labels
            marked = {row.subject for row in session.page(inbox.id).rows if mark in row.flags}
            found = {row.subject for row in find_matches(session, inbox.id, rule, limit=100).rows}
            assert found == marked, rule.conditions
            assert bool(marked) is (rule.conditions[0] not in CATCHING_NOTHING), rule.conditions
            assert len(marked) < len(sent), rule.conditions


def shown_picture(to: str, name: str = "image001.png", disposition: str = "inline") -> EmailMessage:
    """A letter whose signature has a picture, as Outlook sends it: in the text, with the name of a file."""
    message = letter(to, subject=f"Image {disposition}", text="Bonjour.")
    message.add_alternative('<p>Bonjour.</p><img src="cid:logo@x">', subtype="html")
    message.get_payload()[1].add_related(  # type: ignore[union-attr, index]
        b"\x89PNG", "image", "png", cid="<logo@x>", filename=name, disposition=disposition
    )
    return message


def with_part(to: str, subject: str, part: bytes) -> EmailMessage:
    """A text, and one more part as it stands."""
    raw = (
        f"From: a@b.example\nTo: {to}\nSubject: {subject}\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="=name=x"\n\n--=name=x\nContent-Type: text/plain\n\nBonjour.\n'
        "--=name=x\n"
    ).encode()
    return message_from_bytes(raw + part + b"\n--=name=x--\n", policy=policy.default)


PARTS = {
    "Un pied de liste": b"Content-Type: text/plain\n\n-- liste",
    "Sans type": b"\nRien",
    "Un nom seul": b'Content-Type: text/plain; name="note.txt"\n\nNote',
    "Un nom en morceaux": b"Content-Disposition: inline;\n filename*0*=utf-8''%C3%A9t%C3%A9;\n filename*1=.txt\n\nx",
    "Un PDF sans nom": b"Content-Type: application/pdf\n\n%PDF-1.4",
    "Une signature": b"Content-Type: application/pgp-signature; name=signature.asc\n\n-----",
    "Un message": b"Content-Type: message/rfc822\n\nFrom: z@b.example\nSubject: Dedans\n\nBonjour.",
    "Une image sans texte riche": b"Content-Type: image/png\nContent-ID: <seule@x>\n\nx",
    "Un texte joint": b"Content-Disposition: attachment\n\nx",
}
FILED = {
    "Un nom seul", "Un nom en morceaux", "Un PDF sans nom", "Un message", "Une image sans texte riche",
    "Un texte joint", "Image attachment", "Image et fichier", "Image ailleurs", "Fichier",
}  # fmt: skip


def test_what_the_list_marks_is_what_a_filter_catches(mail_account: MailAccount) -> None:
    """Pictures that the text shows have the name of a file, and are none."""
    rule = Rule("x", any_of=False, conditions=(condition(ConditionField.FILES, Operator.SOME),), labels=("fichier",))
    edits.save_filter(MailboxAccess.own(mail_account.account), rule, None, now=timezone.now())
    both, filed, apart = (shown_picture(mail_account.address) for _ in range(3))
    both.replace_header("Subject", "Image et fichier")
    both.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="a.pdf")
    filed = letter(mail_account.address, subject="Fichier")
    filed.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="a.pdf")
    apart.replace_header("Subject", "Image ailleurs")
    apart.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="photo.png", cid="<autre@x>")
    sent = [
        letter(mail_account.address, subject="Rien"), shown_picture(mail_account.address),
        shown_picture(mail_account.address, disposition="attachment"), both, filed, apart,
        *(with_part(mail_account.address, subject, part) for subject, part in PARTS.items()),
    ]  # fmt: skip
    for message in sent:
        deliver_locally(message, mail_account.address)
    wait_for_mail(mail_account, len(sent))
    found = rows(mail_account)
    assert {row.subject for row in found if row.has_attachments} == FILED
    assert {row.subject for row in found if "fichier" in row.flags} == FILED


UNALIKE = {"nesting_5000"}  # deeper than the server reads a structure; Sieve looks to the bottom


@pytest.mark.slow  # the museum is listed and opened in each run by `reader/tests/test_museum.py`
def test_the_museum_passes_through_it(mail_account: MailAccount, subtests: pytest.Subtests) -> None:
    """Whatever is in a message, it is delivered, and the mark of the list is what the filter says."""
    rule = Rule("x", any_of=False, conditions=(condition(ConditionField.FILES, Operator.SOME),), labels=("fichier",))
    edits.save_filter(MailboxAccess.own(mail_account.account), rule, None, now=timezone.now())
    for number, specimen in enumerate(SPECIMENS, start=1):
        with subtests.test(specimen.name):
            deliver_locally(specimen.make(), mail_account.address)  # it is there once this returns
            newest = rows(mail_account)[0]
            assert newest.uid == number
            agree = newest.has_attachments is ("fichier" in newest.flags)
            assert agree is (specimen.name not in UNALIKE)


def test_a_label_put_by_a_filter_before_is_known_to_the_next(mail_account: MailAccount) -> None:
    """In their order: one that comes before the label is put does not see it."""
    worn = condition(ConditionField.LABEL, Operator.WORN, "$label2")
    file(mail_account, Rule("trop tôt", False, (worn,)), "Tôt")
    edits.save_filter(
        MailboxAccess.own(mail_account.account),
        Rule("pose", False, (ESSAI,), labels=("$label2",), stops=False),
        None,
        now=timezone.now(),
    )
    file(mail_account, Rule("ensuite", False, (worn,)), "Ensuite")
    for subject in ("Essai", "Brevet"):
        deliver_locally(letter(mail_account.address, subject=subject), mail_account.address)
    assert subjects(mail_account, "Ensuite", 1) == {"Essai"}
    assert not wait_for_mail(mail_account, 0, folder='"T&APQ-t"')
    assert len(wait_for_mail(mail_account)) == 1


def file(account: MailAccount, rule: Rule, folder: str = "Classe") -> None:
    """The filter files what it catches in a folder of its own."""
    with open_mailbox_of(account.key) as session:
        known = next((one for one in session.folders() if one.name == folder), None)
        made = known or session.create(FolderName(folder))
    edits.save_filter(
        MailboxAccess.own(account.account), replace(rule, folder=str(made.id), path=folder), None, now=timezone.now()
    )


def subjects(account: MailAccount, folder: str, count: int) -> set[str]:
    wait_for_mail(account, count, folder=f'"{FolderName.existing(folder).wire.decode()}"')
    with open_mailbox_of(account.key) as session:
        found = next(one for one in session.folders() if one.name == folder)
        assert found.id
        return {row.subject for row in session.page(found.id).rows}


ESSAI = condition(ConditionField.SUBJECT, Operator.CONTAINS, "essai")


@pytest.mark.parametrize(("any_of", "filed"), [(False, {"Essai un"}), (True, {"Essai un", "Essai deux", "Brevet"})])
def test_all_of_it_or_one_of_it(mail_account: MailAccount, any_of: bool, filed: set[str]) -> None:
    file(mail_account, Rule("x", any_of, (ESSAI, condition(ConditionField.FROM, Operator.CONTAINS, "Auteur"))))
    for subject, sender in (("Essai un", "Auteur"), ("Essai deux", "Zoé"), ("Brevet", "Auteur"), ("Fin", "Zoé")):
        deliver_locally(
            letter(mail_account.address, subject=subject, sender=f"{sender} <a@b.example>"), mail_account.address
        )
    assert subjects(mail_account, "Classe", len(filed)) == filed
    assert len(wait_for_mail(mail_account, 4 - len(filed))) == 4 - len(filed)


def test_the_first_that_stops_is_the_last(mail_account: MailAccount) -> None:
    file(mail_account, Rule("un", False, (ESSAI,)), "Un")
    file(mail_account, Rule("deux", False, (ESSAI,)), "Deux")
    deliver_locally(letter(mail_account.address), mail_account.address)
    assert subjects(mail_account, "Un", 1) == {"Essai"}
    assert not wait_for_mail(mail_account, 0, folder="Deux")


def test_a_copy_a_star_and_what_is_read_follow_it(mail_account: MailAccount) -> None:
    file(mail_account, Rule("x", False, (ESSAI,), copies=True, reads=True, stars=True, labels=("$label2",)), "Été ${x}")
    deliver_locally(letter(mail_account.address), mail_account.address)
    assert subjects(mail_account, "Été ${x}", 1) == {"Essai"}
    wait_for_mail(mail_account)
    [row] = rows(mail_account)
    assert row.seen
    assert row.flagged
    assert "$label2" in row.flags


def test_the_bin_and_a_filter_that_is_stopped(mail_account: MailAccount) -> None:
    edits.save_filter(
        MailboxAccess.own(mail_account.account), Rule("x", False, (ESSAI,), bins=True), None, now=timezone.now()
    )
    edits.save_filter(
        MailboxAccess.own(mail_account.account),
        Rule("y", False, (condition(ConditionField.FILES, Operator.NONE),), bins=True, on=False),
        None,
        now=timezone.now(),
    )
    deliver_locally(letter(mail_account.address), mail_account.address)
    deliver_locally(letter(mail_account.address, subject="Reste"), mail_account.address)
    assert subjects(mail_account, "Trash", 1) == {"Essai"}
    wait_for_mail(mail_account)
    assert [row.subject for row in rows(mail_account)] == ["Reste"]


def test_a_folder_that_is_gone_loses_nothing(mail_account: MailAccount) -> None:
    file(mail_account, Rule("x", False, (ESSAI,)), "Passager")
    with open_mailbox_of(mail_account.key) as session:
        gone = next(one for one in session.folders() if one.name == "Passager")
        assert gone.id
        session.remove(gone.id)
    deliver_locally(letter(mail_account.address), mail_account.address)
    wait_for_mail(mail_account)
    assert [row.subject for row in rows(mail_account)] == ["Essai"]


def made(rule: Rule) -> str:
    return sieve_script.script_text(SieveSettings(filters=(rule,)), sender="x <x@ac-amiens.fr>", addresses=[])


def test_nothing_is_filed_where_no_copy_stays() -> None:
    rule = Rule("x", False, (ESSAI,), bins=True)
    away = SieveSettings(redirection=SieveRedirect("a@ac-amiens.fr", False), filters=(rule,))
    assert "fileinto" not in sieve_script.script_text(away, sender="x <x@ac-amiens.fr>", addresses=[])
    kept = replace(away, redirection=SieveRedirect("a@ac-amiens.fr", True))
    assert "fileinto" in sieve_script.script_text(kept, sender="x <x@ac-amiens.fr>", addresses=[])


TEXTS = st.one_of(st.text(max_size=60), st.sampled_from(HOSTILE))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=TEXTS, value=TEXTS, path=TEXTS, asked=st.sampled_from([*ASKED]), any_of=st.booleans())
@example("]\nstop;\n#", '"); discard; #', '";\ndiscard;\n"', ConditionField.FROM, True)
def test_words_never_become_sieve(
    server: ScriptServer, name: str, value: str, path: str, asked: ConditionField, any_of: bool
) -> None:
    """The script has the same lines and the same instructions as with harmless words."""
    text = {ConditionField.SIZE: "500", ConditionField.FILES: ""}.get(asked, value)
    rule = Rule(name, any_of, (Condition(asked, ASKED[asked][0], text),), folder="id", path=path, labels=("$label1",))
    written = made(rule)
    server.check(written)
    plain = {ConditionField.SIZE: "500", ConditionField.FILES: ""}.get(asked, "mot")
    harmless = made(replace(rule, name="nom", path="dossier", conditions=(Condition(asked, ASKED[asked][0], plain),)))
    assert skeleton(written) == skeleton(harmless)


def skeleton(written: str) -> str:
    """Without comments, without what stands between quotation marks, without what only a dollar asks for."""
    lines = [line for line in written.splitlines() if not line.startswith(("#", "require", 'set "dollar"'))]
    return re.sub(r'"(?:[^"\\]|\\.)*"', '""', "\n".join(lines))
