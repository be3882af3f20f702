"""Searches on a real Dovecot and its index: what is found, in which order, at what price; what cannot be smuggled."""

import itertools
from datetime import date, timedelta

import pytest

from vaguemestre.mailbox.errors import NoSuchFolderError
from vaguemestre.mailbox.imap.list_filters import By, SortOrder
from vaguemestre.mailbox.imap.messages.append import MessageToAppend
from vaguemestre.mailbox.imap.pool import Pool
from vaguemestre.mailbox.imap.query.search_query import WORDS_LIMIT, Query, SearchLimit, Term, Where
from vaguemestre.mailbox.imap.search import search_results
from vaguemestre.mailbox.imap.session import Session
from vaguemestre.mailbox.imap.wire.connection import Answer
from vaguemestre.mailbox.mime.search_snippets import excerpt, has_hit
from vaguemestre.mailbox.testing.searches import DAY, look, mail, put, subjects
from vaguemestre.mailbox.testing.sessions import role
from vaguemestre.mailbox.values import FLAGGED, SEEN, Flag, FolderName, InvalidValueError, MailboxId, PartPath, Uid
from vaguemestre.testing import MailAccount, make_mail_account


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("reunion", "Les RÉUNIONS du mardi"),
        ("RÉUNIONS", "une réunion"),
        ("réun", "une réunion"),
        ("oeuvre", "Une œuvre"),
        ("œuvres", "OEUVRE laïque"),
        ("ete", "l'été prochain"),
        ("l’été", "un été"),
        ("élève", "ELEVES"),
        ("remplaçants", "un remplacement"),
        ("remplacement", "le remplaçant de M. Caron"),
        ("mutati", "votre mutation"),
        ("mutatio", "les mutations"),
        ("généraux", "un conseil général"),
        ("général", "les généraux"),
        ("directrice", "le directeur"),
        ("absentes", "il est absent"),
        ("6e", "la 6e B"),
        ("jean-pierre", "Jean-Pierre Caron"),
        ("jp.obrien@ac-amiens.fr", "écrire à jp.obrien@ac-amiens.fr"),
        ("obrien", "écrire à jp.obrien@ac-amiens.fr"),
        ("0801234A", "UAI 0801234A"),
    ],
)
def test_words_are_found_whatever_their_case_accents_and_forms(session: Session, typed: str, text: str) -> None:
    put(session, mail("Trouvé", f"Bonjour. {text}."))
    put(session, mail("Autre", "Rien à voir, notre voisine."))
    assert subjects(look(session, typed)) == ["Trouvé"]


@pytest.mark.parametrize(
    ("typed", "text"), [("note", "notre classe"), ("classe", "un classique"), ("unions", "réunions")]
)
def test_a_word_is_not_taken_for_another_that_begins_alike(session: Session, typed: str, text: str) -> None:
    put(session, mail("Autre", text))
    assert subjects(look(session, typed)) == []


def test_a_short_plural_finds_its_singular_and_no_word_that_begins_so(session: Session) -> None:
    for subject, text in (
        ("un", "Un jeu de rôle."), ("deux", "Des jeux."), ("jeudi", "Rendez-vous jeudi."), ("jeune", "Une jeune."),
    ):  # fmt: skip
        put(session, mail(subject, text))
    found = look(session, "jeux")
    assert sorted(subjects(found)) == ["deux", "un"]
    assert has_hit("Un jeu", Query((Term("jeux"),)).beginnings)
    assert not has_hit("Rendez-vous jeudi", Query((Term("jeux"),)).beginnings)
    put(session, mail("Le jeu de l’oie", "Rien."))
    assert subjects(look(session, "jeux", where="subject")) == ["Le jeu de l’oie"]


@pytest.mark.parametrize("typed", ["lefevre", "Lefèvre", "LEFEVRE", "benedicte", "lefè"])
@pytest.mark.parametrize("where", ["anywhere", "from"])
def test_people_are_found_without_their_accents(session: Session, typed: str, where: Where) -> None:
    put(session, mail("Trouvé", sender="Bénédicte LEFÈVRE <b.l@librairie.example>"))
    put(session, mail("Autre", sender="Karim Belkacem <k.b@librairie.example>"))
    assert subjects(look(session, typed, where=where)) == ["Trouvé"]


@pytest.mark.parametrize("where", ["anywhere", "from", "to"])
def test_as_many_names_as_the_box_holds_do_not_make_a_command_too_long(session: Session, where: Where) -> None:
    """Dovecot's answer to a line of more than 64 KB is BAD: fewer spellings of each name are asked for."""
    names = ["éléonorehélène" + chr(ord("a") + place) * 11 for place in range(WORDS_LIMIT)]  # 500 characters
    people = ", ".join(f"{name} <{place}@librairie.example>" for place, name in enumerate(names))
    put(session, mail("Trouvé", sender=people, to=people))
    put(session, mail("Autre", sender=people.replace("a", "b"), to=people.replace("a", "b")))
    assert subjects(look(session, *names, where=where)) == ["Trouvé"]
    letters = " ".join("ea" * 50)  # a phrase of words of one letter
    assert look(session, *([letters[: Term.LIMIT]] * 5), where=where).total in {0, 1, 2}


@pytest.mark.parametrize("typed", ["releve", "élève", "trimestre", "RELEV", "eleves", "musee", "musées", "ete"])
@pytest.mark.parametrize("where", ["anywhere", "file"])
def test_names_of_attachments_are_found(session: Session, typed: str, where: Where) -> None:
    put(session, mail("Trouvé", file="Relevé ÉLÈVE_trimestre1 musée été.pdf"))
    put(session, mail("Autre", file="photo.pdf"))
    found = look(session, typed, where=where)
    assert subjects(found) == ["Trouvé"]


def test_a_name_of_an_attachment_in_the_type_alone_is_found(session: Session) -> None:
    raw = mail("Trouvé", file="x.pdf").replace(b"application/pdf", b'application/pdf; name="bulletin.pdf"')
    put(session, raw.replace(b'attachment; filename="x.pdf"', b"attachment"))
    assert subjects(look(session, "bulletin")) == ["Trouvé"]


def test_all_folders_newest_first_but_neither_bin_nor_junk(session: Session) -> None:
    for place, days in (("inbox", 1), ("sent", 3), ("archive", 2), ("trash", 4), ("junk", 5)):
        put(session, mail(place, "Sortie scolaire"), place, days=days)
    made = session.create(FolderName("Élèves & co/6e B"))
    assert made.id is not None
    session.append(made.id, mail("6e", "Sortie scolaire"), date=DAY + timedelta(days=6))
    found = look(session, "sortie")
    assert subjects(found) == ["6e", "sent", "archive", "inbox"]
    assert (found.total, found.first) == (4, 1)
    assert [hit.folder.name for hit in found.hits] == ["Élèves & co/6e B", "Sent", "Archive", "INBOX"]
    hit = found.hits[0]
    assert hit.folder.id == made.id
    assert b"Sortie" in session.body(made.id, hit.row.uid, PartPath("1"))


@pytest.mark.parametrize("where", ["trash", "junk", "inbox"])
def test_one_folder_alone(session: Session, where: str) -> None:
    for place in ("inbox", "trash", "junk"):
        put(session, mail(place, "Sortie"), place)
    folder = role(session, where)
    found, _, _ = session.search(Query((Term("sortie"),), folder=folder))
    assert subjects(found) == [where]
    assert found.hits[0].place == (folder, 1)


def test_a_folder_left_out(session: Session) -> None:
    for place in ("inbox", "archive"):
        put(session, mail(place, "Sortie"), place)
    found, _, _ = session.search(Query((Term("sortie"),), without_folders=(role(session, "archive"),)))
    assert subjects(found) == ["inbox"]


def test_marks_dates_labels_and_attachments(session: Session) -> None:
    put(session, mail("lu"), flags=(SEEN,), days=-3)
    put(session, mail("suivi"), flags=(SEEN, FLAGGED, "$label1"), days=-2)
    put(session, mail("joint", file="a.pdf"), days=-1)
    put(session, mail("simple"))

    def found(query: Query) -> list[str]:
        return subjects(session.search(query)[0])

    assert found(Query(unseen=True)) == ["simple", "joint"]
    assert found(Query(unseen=False)) == ["suivi", "lu"]
    assert found(Query(flagged=True)) == ["suivi"]
    assert found(Query(flagged=False, unseen=False)) == ["lu"]
    assert found(Query(attachment=True)) == ["joint"]
    assert found(Query(attachment=False, unseen=True)) == ["simple"]
    assert found(Query(labels=(Flag("$label1"),))) == ["suivi"]
    assert found(Query(without_labels=(Flag("$label1"),), unseen=False)) == ["lu"]
    assert found(Query(since=date(2026, 11, 19))) == ["simple", "joint"]
    assert found(Query(before=date(2026, 11, 19))) == ["suivi", "lu"]
    assert found(Query(since=date(2026, 11, 18), before=date(2026, 11, 19))) == ["suivi"]
    assert session.borne() >= {"$label1"}


def test_sizes(session: Session) -> None:
    put(session, mail("petit"))
    put(session, mail("gros", text=("y" * 70 + "\n") * 400))

    def found(query: Query) -> list[str]:
        return subjects(session.search(query)[0])

    assert found(Query(larger=20_000)) == ["gros"]
    assert found(Query(smaller=20_000)) == ["petit"]
    assert found(Query(larger=200, smaller=20_000)) == ["petit"]
    assert found(Query(larger=20_000, smaller=20_000)) == []
    assert found(Query((Term("petit"),), larger=20_000)) == []


def test_words_that_must_not_be_there(session: Session) -> None:
    put(session, mail("une", "sortie au musée"))
    put(session, mail("deux", "sorties à la ferme"))
    put(session, mail("trois", "sortie", file="musée.pdf"))
    found, _, _ = session.search(Query((Term("sortie"), Term("musées", excluded=True))))
    assert subjects(found) == ["deux"]


def test_the_words_round_a_hit(session: Session) -> None:
    put(
        session,
        mail("loin", "Bonjour. " + "Du texte avant. " * 60 + "Enfin, l'autocar <b> du départ. " + "Suite. " * 60),
    )
    put(
        session,
        mail(
            "html", f"<p>{'Avant. ' * 60}<b>L’auto</b>car &amp; <script>autocar('x')</script>l'autocar</p>", html=True
        ),
    )
    put(session, mail("L'autocar", "Rien"))
    found = look(session, "autocar")
    excerpts = {hit.row.subject: hit.excerpt for hit in found.hits}
    assert excerpts["L'autocar"] == ""
    assert "l'autocar <b> du départ" in excerpts["loin"]
    assert excerpts["loin"].startswith("…")
    assert "script" not in excerpts["html"]
    assert "l'autocar" in excerpts["html"]


def test_pages_and_their_price(session: Session) -> None:
    for number in range(7):
        put(session, mail(f"sortie {number}"), days=number)
    look(session, "sortie")
    trips = session.round_trips
    first, last = look(session, "sortie", count=5), look(session, "sortie", start=5, count=5)
    assert subjects(first) == [f"sortie {number}" for number in (6, 5, 4, 3, 2)]
    assert subjects(last) == ["sortie 1", "sortie 0"]
    assert (first.total, last.total, last.first) == (7, 7, 6)
    assert session.round_trips == trips + 4
    assert subjects(look(session, "sortie", start=50)) == []
    assert session.round_trips == trips + 5


def test_what_was_moved_a_moment_ago_stands_at_its_hour(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server, which does not know yet where it lies, has sorted it last. Pages of a longer list are as it says."""
    for day in (0, 2, 1):
        put(session, mail(f"Sortie {day}"), days=day)
    real = search_results._sorted

    def late(answer: Answer) -> tuple[list[Uid], int]:
        numbers, total = real(answer)
        return [*numbers[1:], *numbers[:1]], total

    monkeypatch.setattr(search_results, "_sorted", late)
    assert subjects(look(session, "sortie")) == ["Sortie 2", "Sortie 1", "Sortie 0"]
    assert subjects(look(session, "sortie", count=2)) == ["Sortie 1", "Sortie 2"]


def test_the_first_list_by_subject_is_right_also_right_after_a_move(
    session: Session, pool: Pool, mail_account: MailAccount
) -> None:
    """It was wrong for good: Dovecot had sorted messages of which it did not know yet where they lie, and kept that."""
    folder, archive = session.create(FolderName("Sorties")).id, role(session, "archive")
    assert folder
    raws = [mail(f"Sortie {number}") for number in range(6)]
    uids = session.append_all(folder, [MessageToAppend(raw, (), DAY) for raw in raws])
    look(session, "sortie")
    with pool.session(mail_account.key) as other:
        moved = list(other.move(folder, uids, archive).values())
        look(session, "sortie")
        for part in (moved[3:], moved[:3]):
            other.move(archive, part, folder)
        look(other, "sortie")
        for one in (session, other):
            query = Query((Term("sortie", "anywhere"),))
            found = one.search(query, start=0, count=50, order=SortOrder("subject", descending=False))[0]
            assert subjects(found) == [f"Sortie {number}" for number in range(6)]


def test_what_was_found_stands_where_a_telephone_shows_it() -> None:
    text = "Une longue phrase avant. " * 10 + "L'autocar part. " + "Une longue phrase après. " * 10
    assert excerpt(text, ["autocar"]).index("autocar") < 40


def test_an_excerpt_costs_one_more_once(session: Session) -> None:
    put(session, mail("loin", "Du texte avant. " * 60 + "autocar"))
    look(session, "avant")
    trips = session.round_trips
    first = look(session, "autocar").hits[0].excerpt
    assert session.round_trips == trips + 3
    assert look(session, "autocar").hits[0].excerpt == first != ""
    assert session.round_trips == trips + 5
    assert look(session, "texte").hits[0].excerpt != first


def test_what_was_seen_before_is_shown_as_it_is_now(session: Session) -> None:
    """Asked for its flags alone, wherever it lies."""
    put(session, mail("sortie", "Bonjour."))
    put(session, mail("sortie", "Bonjour."), "archive")
    assert not any(hit.row.seen for hit in look(session, "sortie").hits)
    for hit in look(session, "sortie").hits:
        session.store(hit.id, [hit.row.uid], add=[SEEN])
    assert [hit.row.seen for hit in look(session, "sortie").hits] == [True, True]
    [here] = [hit for hit in look(session, "sortie").hits if hit.folder.role == "inbox"]
    session.move(here.id, [here.row.uid], role(session, "sent"))
    assert {hit.folder.role for hit in look(session, "sortie").hits} == {"archive", "sent"}


def test_other_orders(session: Session) -> None:
    put(session, mail("sortie b", "Bonjour. " * 50))
    put(session, mail("sortie c", "Bonjour."), "archive", days=1)
    put(session, mail("sortie a", "Bonjour. " * 5), "sent", days=2)

    def found(by: By, descending: bool) -> list[str]:
        return subjects(session.search(Query((Term("sortie"),)), order=SortOrder(by, descending))[0])

    assert found("subject", descending=False) == ["sortie a", "sortie b", "sortie c"]
    assert found("size", descending=True) == ["sortie b", "sortie a", "sortie c"]
    assert found("arrival", descending=False) == ["sortie b", "sortie c", "sortie a"]


@pytest.mark.parametrize("text", ["", "1", "1-", "-1", "1-0", "x-1", "1-1-1", "1 UNSEEN-1"])
def test_a_bound_that_is_none(text: str) -> None:
    with pytest.raises(InvalidValueError):
        SearchLimit.read(text)
    assert SearchLimit.read(str(SearchLimit(7, 12))) == SearchLimit(7, 12)


@pytest.mark.parametrize(
    "hostile",
    [
        'x" UNSEEN', "xy\\", 'x") NOT (ALL', "{5+}ab", "a b c d e", "* OK", "%s%n",
        "🎓 examens", "‮טקסט", "مرحبا", "日本語",
        "(KEYWORD", "OR NOT", "é" * 100, "''''aa", "a@b.c", "-_-aa", "٣٤",
    ],
)  # fmt: skip
def test_nothing_typed_becomes_a_command(session: Session, hostile: str, subtests: pytest.Subtests) -> None:
    put(session, mail("Seule"))
    places: tuple[Where, ...] = ("anywhere", "from", "to", "subject", "file")
    for where, excluded, phrase in itertools.product(places, (False, True), (False, True)):
        with subtests.test(where=where, excluded=excluded, phrase=phrase):
            found, _, _ = session.search(Query((Term(hostile, where, phrase, excluded), Term("seule"))))
            assert found.total in {0, 1}
    assert subjects(look(session, "seule")) == ["Seule"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a\r\nb", "control"),
        ("a\0b", "control"),
        ("a\ud800b", "control"),
        ("x" * 101, "long"),
        ("🎓", "empty"),
        ("a", "empty"),
        ("", "empty"),
    ],
)
def test_what_cannot_be_looked_for_is_refused_at_the_edge(text: str, reason: str) -> None:
    with pytest.raises(InvalidValueError) as refused:
        Term(text)
    assert refused.value.reason == reason


def test_an_unknown_folder(session: Session) -> None:
    with pytest.raises(NoSuchFolderError):
        session.search(Query((Term("sortie"),), folder=MailboxId("0" * 32)))


def test_nobody_finds_what_is_somebody_elses(session: Session, pool: Pool, mail_account: MailAccount) -> None:
    put(session, mail("Secret", "zorglub"))
    other = make_mail_account("Karim", "Belkacem")
    theirs = Pool(pool.endpoint, lambda _user: other.token)
    try:
        with theirs.session(other.key) as elsewhere:
            assert look(elsewhere, "zorglub").total == 0
            with pytest.raises(NoSuchFolderError):
                elsewhere.search(Query((Term("zorglub"),), folder=role(session, "inbox")))
    finally:
        theirs.close()
    assert look(session, "zorglub").total == 1
