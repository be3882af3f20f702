"""Every specimen of the museum, stored in a real Dovecot and read as the webmail reads it. One file a danger."""

from collections.abc import Callable

import pytest

from vaguemestre.mailbox.containers import attached_message
from vaguemestre.mailbox.errors import CleanerError
from vaguemestre.mailbox.file_names import LIMIT
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.messages import Message, Part
from vaguemestre.mailbox.mime.text_parts import decode_text
from vaguemestre.mailbox.testing.sessions import role
from vaguemestre.mailbox.testing.specimens import ABSENT, BY_NAME, SHOWN, SPECIMENS
from vaguemestre.mailbox.values import MailboxId, PartPath, Uid
from vaguemestre.testing import MailAccount, deliver, deliver_locally, wait_for_mail


class Reading:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.inbox: MailboxId = role(session, "inbox")

    def __call__(self, specimen: str) -> Message:
        uid = self.session.append(self.inbox, BY_NAME[specimen].make())
        assert uid is not None
        return self.session.message(self.inbox, uid)

    def text(self, message: Message) -> str:
        part = message.text or message.html
        assert part is not None
        return self.content(message.row.uid, part)

    def content(self, uid: Uid, part: Part) -> str:
        assert part.path is not None
        return decode_text(self.session.body(self.inbox, uid, part.path, limit=1_000_000), part)


@pytest.fixture
def read(session: Session) -> Reading:
    return Reading(session)


def safe(text: str) -> bool:
    return not any(ord(c) < 32 or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ud800" for c in text)


def test_every_specimen_can_be_listed_opened_and_downloaded(read: Reading, subtests: pytest.Subtests) -> None:
    """In one mailbox: they must not harm one another either."""
    for specimen in SPECIMENS:
        with subtests.test(specimen.name):
            handle(read, specimen.name)


def handle(read: Reading, specimen: str) -> None:
    message = read(specimen)
    row = read.session.page(read.inbox).rows[0]
    assert row == message.row
    assert safe(row.subject + row.preview)
    assert len(row.subject) <= 1000
    assert len(row.to) <= 20
    for person in (*message.to, *message.cc, *message.reply_to, *([row.sender] if row.sender else [])):
        assert safe(person.name + person.address)
    shown = [part for part in (message.text, message.html, *message.attachments) if part]
    assert shown, "a message without any header is shown too"
    for part in shown[:5]:
        assert part.path is not None
        assert safe(part.download_name)
        assert "/" not in part.download_name
        assert "\\" not in part.download_name
        assert 0 < len(part.download_name) <= LIMIT + 4
        assert b"".join(read.session.stream(read.inbox, row.uid, part.path)) is not None
    assert sum(map(len, read.session.source(read.inbox, row.uid))) == row.size


def test_there_are_enough_and_each_is_expected_something() -> None:
    assert len(SPECIMENS) > 250
    assert set(SHOWN) | set(ABSENT) <= set(BY_NAME)
    assert all(specimen.shown for specimen in SPECIMENS)


def only(message: Message) -> Part:
    [part] = message.attachments
    return part


@pytest.mark.parametrize(
    ("specimen", "name"),
    [
        ("name_with_slashes", "_.._C__windows_note.pdf"),
        ("name_with_line_ends", "a Set-Cookie_ x=1"),
        ("name_that_turns_round", "photogpj.exe"),
        ("name_in_pieces", "Élèves de la classe 6e B.pdf"),
        ("name_in_pieces_cut_inside_a_character", "été 100%25 é.txt"),
        ("name_in_encoded_words", "Emploi du temps été.pdf"),
        ("name_in_raw_latin1", "été.pdf"),
        ("name_absent", "piece-jointe.pdf"),
        ("name_reserved", "_CON.txt"),
        ("message_attached", "Réunion_annulée.eml"),
        ("continuations_in_disorder", "ébc.pdf"),
        ("winmail", "winmail.dat"),
    ],
)
def test_names_of_attachments(read: Reading, specimen: str, name: str) -> None:
    assert only(read(specimen)).download_name == name


def test_a_long_name_keeps_its_extension(read: Reading) -> None:
    name = only(read("name_of_300_characters")).filename
    assert len(name) <= LIMIT
    assert name.endswith("….pdf")


@pytest.mark.parametrize(
    ("specimen", "subject"),
    [
        ("headers_in_raw_latin1", "Réunion de rentrée"),
        ("headers_in_raw_utf8", "Réunion à 18 h 42"),
        ("subject_cut_inside_a_character", "Été 2026"),
        ("subject_with_controls", "Facture Bcc: x@evil.examplefdp"),
        ("charset_zip", "xœËHÍÉÉ,\u0006\u0002\u0015".translate({6: None, 2: None, 21: None})),
        ("no_header", ""),
    ],
)
def test_subjects(read: Reading, specimen: str, subject: str) -> None:
    assert read(specimen).row.subject.startswith(subject)


def test_long_fields_are_cut(read: Reading) -> None:
    assert len(read("subject_of_60_kilobytes").row.subject) <= 1000


def test_2000_recipients(read: Reading) -> None:
    message = read("recipients_2000")
    assert (len(message.row.to), message.row.recipients, len(message.to)) == (20, 2000, 2000)


def test_hostile_addresses(read: Reading) -> None:
    message = read("addresses_hostile")
    assert str(message.row.sender) == "<script>alert(1)</script> <a@b.example>"
    assert [str(person) for person in message.to] == [
        "a, b <c@d.example>", "x<y@z.example> <e@f.example>", "plain@g.example", '"q" <h@i.example>',
    ]  # fmt: skip
    assert [person.address for person in message.cc] == ["j@k.example", "l@m.example", "n@o.example"]
    assert [person.address for person in message.reply_to] == ["r@s.example"]


@pytest.mark.parametrize("specimen", ["sender_absent", "sender_broken", "no_header", "empty_body"])
def test_nobody_wrote_it(read: Reading, specimen: str) -> None:
    message = read(specimen)
    assert message.row.sender is None or specimen == "empty_body"
    assert message.to == () or specimen == "sender_absent"


def test_a_date_that_is_none(read: Reading) -> None:
    row = read("date_nonsense").row
    assert row.sent is None
    assert row.received.year > 2000


@pytest.mark.parametrize(
    ("specimen", "text"),
    [
        ("charset_lies", "L’école coûte 3 €\n"),
        ("charset_unknown", "café\n"),
        ("base64_broken", "Bonjour, "),
        ("quoted_printable_broken", "50 =ZZ \ufffd café suite"),
        ("flowed", "Une phrase qui continue ici.\n> une citation sur deux lignes\n-- \nAnne\n"),
        ("charset_utf8_lies", "L’école coûte 3 €. Texte visible\n"),
        ("boundary_absent", "--b\nContent-Type: text/plain\n\nperdu\n"),
        ("boundary_behind_two_semicolons", "--x\nContent-Type: text/plain; charset=utf-8\n\nTexte visible\n"),
        ("head_ended_by_a_space", "Texte visible\nNote : la suite\n\net la fin\n"),
        ("head_ended_by_a_space_alone", "<p>Texte visible</p>"),
        ("header_folded_to_nothing", "Texte visible\n"),
        ("type_nonsense", "Bonjour quand meme.\n"),
        ("type_without_its_slash", "Texte visible\n"),
        ("type_of_one_word", "Texte visible\n"),
        ("type_of_nothing", "Texte visible\n"),
        ("no_header", "Rien que du texte.\n"),
        ("no_header_begins_with_blanks", "  Texte visible, en retrait.\n\nUn second paragraphe.\n"),
        ("no_header_no_blank_line", "Rien que du texte, sans ligne vide\net deux lignes.\n"),
        ("no_header_of_its_own", "Texte visible\net une suite.\n"),
        ("no_header_two_paragraphs", "Texte visible, sans aucun en-tête,\nNote : ceci n’en est pas un.\n\nUn second"),
        ("one_line", "Un texte sans entete ni fin"),
        ("alternative", "simple"),
        ("related_image", "voir l'image"),
        ("nesting_60", "au fond"),
        ("boundary_never_closed", "premiere partie"),
        ("signed", "signe"),
        ("empty_body", ""),
        ("html_only", '<html><head><meta charset="iso-8859-15"></head><p>coût : 3 €</p></html>\n'),
    ],
)
def test_texts(read: Reading, specimen: str, text: str) -> None:
    assert read.text(read(specimen)).startswith(text)


@pytest.mark.parametrize(
    "specimen",
    ["boundary_absent", "boundary_behind_two_semicolons", "head_ended_by_a_space", "type_without_its_slash",
     "type_of_one_word", "type_of_nothing", "type_nonsense"],
)  # fmt: skip
def test_what_is_badly_made_is_text_and_no_file_also_inside_another(read: Reading, specimen: str) -> None:
    """RFC 2045, 5.2."""
    assert read(specimen).attachments == ()
    inner = attached_message.read_attached_message(BY_NAME[specimen].make())
    assert inner.attachments == ()
    text = inner.text or inner.html
    assert text
    assert any(word in decode_text(text.content, text.part) for word in ("Texte visible", "perdu", "quand meme"))


def test_a_file_stays_one_whatever_its_type(read: Reading) -> None:
    head = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    parts = (
        b"--b\r\nContent-Type: text plain\r\nContent-Disposition: inline; filename=a.pdf\r\n\r\nx\r\n"
        b"--b\r\nContent-Type: application\r\nContent-Transfer-Encoding: base64\r\n\r\n/9j/4AAQ\r\n--b--\r\n"
    )
    uid = read.session.append(read.inbox, head + parts)
    assert uid is not None
    types = [part.type for part in read.session.message(read.inbox, uid).attachments]
    assert types == ["application/octet-stream"] * 2


HEADLESS = {
    "no_header": "Rien que du texte.",
    "no_header_begins_with_blanks": "Texte visible, en retrait. Un second paragraphe.",
    "no_header_no_blank_line": "Rien que du texte, sans ligne vide et deux lignes.",
    "no_header_of_its_own": "Texte visible et une suite.",
    "no_header_two_paragraphs": "Texte visible, sans aucun en-tête, Note : ceci n’en est pas un. Un second paragraphe.",
    "one_line": "Un texte sans entete ni fin",
}


@pytest.mark.parametrize("specimen", HEADLESS)
@pytest.mark.parametrize("way", ["append", "lmtp", "smtp"])
def test_a_message_without_any_header_shows_its_text_by_whatever_way_it_came(
    read: Reading, mail_account: MailAccount, way: str, specimen: str
) -> None:
    raw, words = BY_NAME[specimen].make(), HEADLESS[specimen]
    if way == "append":
        read.session.append(read.inbox, raw)
    elif way == "lmtp":
        deliver_locally(raw, mail_account.address)
    else:
        deliver(raw, mail_account.address)
        wait_for_mail(mail_account)
    if way == "lmtp" and specimen == "no_header_begins_with_blanks":
        words = "Un second paragraphe."  # what stands above it ends in a fold then
    [row] = read.session.exchanges(read.inbox)[1].page.rows
    assert row.preview == words
    assert " ".join(read.text(read.session.message(read.inbox, row.uid)).split()) == words


def test_its_row_costs_one_exchange_more_the_first_time_alone(read: Reading) -> None:
    read.session.append(read.inbox, BY_NAME["one_line"].make())
    read.session.append(read.inbox, BY_NAME["no_header_two_paragraphs"].make())
    costs = []
    for _once_more in range(2):
        before = read.session.round_trips
        read.session.page(read.inbox)
        costs.append(read.session.round_trips - before)
    assert costs == [2, 1]


def test_a_field_that_nobody_knows_stays_one(read: Reading) -> None:
    for head in (
        b"Subject: x\r\nsans deux-points\r\nTo: m@ac-amiens.fr\r\n\r\n",
        b"X-Un: 1\r\nX-Deux: 2\r\n\r\n",
        b"From m@x.example Wed Dec  2 09:00:00 2026\r\nSubject: x\r\n\r\n",
        b"Subject: x\r\n\tla suite\r\n\r\n",
    ):
        uid = read.session.append(read.inbox, head + b"Texte visible\r\n")
        assert uid is not None
        assert read.text(read.session.message(read.inbox, uid)) == "Texte visible\n"


def test_an_empty_letter_of_two_faces_stays_empty(read: Reading) -> None:
    faces = b"".join(b"--b\r\nContent-Type: text/%s\r\n\r\n\r\n" % face for face in (b"plain", b"html"))
    head = b"Subject: x\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n"
    uid = read.session.append(read.inbox, head + faces + b"--b--\r\n")
    assert uid is not None
    message = read.session.message(read.inbox, uid)
    assert (message.text and message.text.path, message.html and message.html.path) == ("1", "2")


def test_the_two_faces_of_a_body(read: Reading) -> None:
    message = read("alternative")
    assert (message.text and message.text.path, message.html and message.html.path) == ("2", "1")
    assert not message.attachments


def test_an_inline_image(read: Reading) -> None:
    message = read("related_image")
    assert list(message.inline) == ["logo@x"]
    assert only(message).filename == "note.pdf"
    assert message.row.has_attachments
    image = message.inline["logo@x"].path
    assert image is not None
    assert b"".join(read.session.stream(read.inbox, message.row.uid, image)).startswith(b"\x89PNG")


def test_an_image_that_no_html_shows_is_an_attachment(read: Reading) -> None:
    assert only(read("image_without_html")).filename == "photo.png"


def test_a_signature_is_no_reason_for_a_clip(read: Reading) -> None:
    message = read("signed")
    assert only(message).filename == "smime.p7s"
    assert not message.row.has_attachments


def test_a_message_in_a_message(read: Reading) -> None:
    message = read("message_attached")
    inner = only(message)
    assert inner.path == "2"
    content = b"".join(read.session.stream(read.inbox, message.row.uid, PartPath("2")))
    assert content.startswith(b"Subject: =?utf-8?Q?R=C3=A9union/annul=C3=A9e?=")
    assert read("message_in_message").attachments[0].subject == "niveau 11"


def test_floods_of_parts_and_references(read: Reading) -> None:
    assert len(read("parts_2000").attachments) < 500
    message = read("references_flood")
    assert len(message.references) == 100
    assert message.references[-1] == message.in_reply_to == "<r1499@x.example>"


def test_a_limited_body(read: Reading) -> None:
    message = read("line_of_100_kilobytes")
    assert len(read.session.body(read.inbox, message.row.uid, PartPath("1"), limit=1000)) == 1000


@pytest.mark.parametrize("specimen", ["html_deep", "html_growth"])
def test_html_that_is_shown_as_text(read: Reading, specimen: str, ask_cleaner: Callable[[str], str]) -> None:
    with pytest.raises(CleanerError) as refusal:
        ask_cleaner(read.text(read(specimen)))
    assert refusal.value.permanent


def test_html_that_is_cleaned(read: Reading, ask_cleaner: Callable[[str], str]) -> None:
    assert ask_cleaner(read.text(read("html_script"))) == (
        '<p>Bonjour</p><img><img><a target="_blank" rel="noopener noreferrer nofollow">lien</a>\n'
    )
