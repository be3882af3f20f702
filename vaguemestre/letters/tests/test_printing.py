import stat
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

import pypdf
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.notices.journal_text import details_text
from vaguemestre.accounts.passwords import passwords
from vaguemestre.audit.models import Entry
from vaguemestre.letters import letter_content, letter_issue, printing, sealed_passwords, typesetting
from vaguemestre.letters.models import Batch, Letter
from vaguemestre.letters.testing.printing import batches, print_one, sealed, text, words
from vaguemestre.letters.tests.cast import NOW, joiner, school

pytestmark = pytest.mark.django_db
FIRST_FOLD, SECOND_FOLD = 99.0, 198.0


@pytest.fixture
def no_numen(monkeypatch: pytest.MonkeyPatch) -> None:
    here = academy()
    apart = here.model_copy(update={"letter": here.letter.model_copy(update={"include_numen": False})})
    for module in ("letter_content", "printing"):
        monkeypatch.setattr(f"vaguemestre.letters.{module}.academy", lambda: apart)


def test_the_letter_tells_its_four_things(tmp_path: Path) -> None:
    account = joiner("Anne-Cécile", "d’Hervé", numen="20G2600184IOL")
    (letter,) = sealed(account)
    clear = sealed_passwords.unseal(letter.sealed or "")
    said = text(print_one(tmp_path).path)
    for item in (account.identifier, clear, account.address, "20G2600184IOL"):
        assert item in said
    assert "Mme Anne-Cécile d’Hervé" in said
    assert letter.number in said


def test_the_window_shows_the_address_and_nothing_secret(tmp_path: Path) -> None:
    account = joiner("Anne-Sophie", "Vandermeersch-Delattre", numen="20G2600184IOL")
    (letter,) = sealed(account)
    secrets = {sealed_passwords.unseal(letter.sealed or ""), "20G2600184IOL", account.identifier, account.address}
    lying = words(print_one(tmp_path).path)
    framed = [word for word in lying if word.right > 110 and word.bottom > 55 and word.top < 88]
    assert " ".join(word.text for word in framed) == (
        "Mme Anne-Sophie Vandermeersch-Delattre Appartement 12 RESIDENCE DES JACOBINS 8 RUE DU MOULIN NEUF 80000 AMIENS"
    )
    for word in framed:
        assert word.within(112, 56, 193, 87), word
    for word in lying:
        if word.text in secrets:
            assert word.within(20, FIRST_FOLD + 5, 190, SECOND_FOLD), word
    # pdftotext parts "qj", whose letters stand far from each other, into two words.
    whole = "".join(word.text for word in lying)
    assert all(secret in whole for secret in secrets)


@pytest.mark.parametrize(
    "lines",
    [
        ["Bâtiment C, appartement 12, escalier 4", "RESIDENCE LES MAGNOLIAS BLANCS DU PARC", "LIEU DIT LA MADELEINE",
         "125 BD DU MAL A DE LATTRE DE TASSIGNYS", "80000 AMIENS CEDEX 12"],
        ["W" * 38, "80000 AMIENS"],
        ["Bus 3", "Huis 12", "Verdieping 1", "Grote Markt 5", "7500 Doornik", "Belgique"],
    ],
)  # fmt: skip
def test_the_widest_and_the_highest_block_stay_in_the_window(tmp_path: Path, lines: list[str]) -> None:
    sealed(joiner(address_lines=lines))
    framed = [word for word in words(print_one(tmp_path).path) if word.left > 110 and 50 < word.top < FIRST_FOLD]
    assert len({round(word.bottom) for word in framed}) == len(lines) + 1
    assert all(word.within(112, 56, 193, 87.5) for word in framed)


def test_one_page_a_letter_even_with_the_longest_names(tmp_path: Path) -> None:
    long = joiner(
        "Anne-Sophie Marie-Charlotte", "Vandermeersch-Delattre-Longchamps", address_lines=["1 rue Haute", "02000 Laon"]
    )
    Account.objects.filter(pk=long.pk).update(identifier="a" * 32, local_part=f"{'b' * 31}.{'c' * 32}")
    sealed(long, joiner())
    printed = print_one(tmp_path)
    pages = pypdf.PdfReader(printed.path).pages
    assert len(pages) == 2
    assert f"{'b' * 31}.{'c' * 32}@ac-amiens.fr" in text(printed.path).replace("\n", "")
    assert all(word.right < 195 for word in words(printed.path))


def test_the_pdf_is_tagged_and_says_its_language_and_title(tmp_path: Path) -> None:
    sealed(joiner())
    reader = pypdf.PdfReader(print_one(tmp_path).path)
    catalogue = reader.root_object
    assert catalogue["/MarkInfo"]["/Marked"]  # type: ignore[index]  # pypdf does not type dictionaries
    assert str(catalogue["/Lang"]).startswith("fr")
    assert reader.metadata is not None
    assert reader.metadata.title == "Lettres d’identifiants, lot L2026-80-001"
    assert b"pdfuaid" in (reader.xmp_metadata.stream.get_data() if reader.xmp_metadata else b"")


def test_the_file_is_for_its_owner_only_and_nothing_half_written_stays(tmp_path: Path) -> None:
    sealed(joiner())
    printed = print_one(tmp_path)
    assert stat.S_IMODE(printed.path.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [printed.path.name]


def test_the_sealed_password_is_wiped_and_the_account_still_opens_with_it(tmp_path: Path) -> None:
    (letter,) = sealed(joiner())
    clear = sealed_passwords.unseal(letter.sealed or "")
    print_one(tmp_path)
    letter.refresh_from_db()
    assert (letter.state, letter.sealed, letter.printed_at) == (Letter.State.PRINTED, None, NOW)
    assert passwords.verify_password(Account.objects.get(), clear)


def test_a_batch_is_printed_once(tmp_path: Path) -> None:
    sealed(joiner())
    batch = batches()[0]
    printed = printing.print_batch(batch, actor="operator:root", now=NOW, folder=tmp_path)
    before = printed.path.read_bytes()
    with pytest.raises(printing.AlreadyPrintedError):
        printing.print_batch(Batch.objects.get(), actor="operator:root", now=NOW, folder=tmp_path)
    assert printed.path.read_bytes() == before
    assert batches() == []


def test_nothing_is_wiped_when_the_disk_refuses_the_file(tmp_path: Path) -> None:
    (letter,) = sealed(joiner())
    batch = batches()[0]
    (tmp_path / "full").write_text("a file where the folder should be")
    with pytest.raises(FileExistsError):
        printing.print_batch(batch, actor="operator:root", now=NOW, folder=tmp_path / "full")
    letter.refresh_from_db()
    assert letter.state == Letter.State.SEALED
    assert list(Batch.objects.filter(printed_at=None)) == [batch]
    assert printing.print_batch(batch, actor="operator:root", now=NOW, folder=tmp_path).letters == 1


def test_a_letter_revoked_while_its_batch_is_set_stops_the_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = joiner(), joiner("Jean", "Martin")
    sealed(first, second)
    batch = batches()[0]
    real = typesetting.typeset

    def meanwhile(sheets: Mapping[str, object]) -> bytes:
        letter_issue.revoke_letters(second, actor="system", now=NOW)
        return real(sheets)

    monkeypatch.setattr(printing, "typeset", meanwhile)
    with pytest.raises(printing.BatchChangedError):
        printing.print_batch(batch, actor="operator:root", now=NOW, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    assert printing.print_batch(batch, actor="operator:root", now=NOW, folder=tmp_path).letters == 1


def test_reissue_kills_the_former_password_and_letter_at_once(tmp_path: Path) -> None:
    account = joiner()
    (letter,) = sealed(account)
    old = sealed_passwords.unseal(letter.sealed or "")
    print_one(tmp_path)
    account.refresh_from_db()
    new = letter_issue.reissue(account, actor="operator:root", now=NOW + timedelta(days=3))
    account.refresh_from_db()
    letter.refresh_from_db()
    assert letter.state == Letter.State.REVOKED
    assert not passwords.verify_password(account, old)
    assert passwords.verify_password(account, sealed_passwords.unseal(new.sealed or ""))
    assert "ne valent plus" in text(print_one(tmp_path).path)


def test_a_sealed_letter_that_is_reissued_loses_its_secret() -> None:
    account = joiner()
    (letter,) = sealed(account)
    letter_issue.reissue(Account.objects.get(), actor="operator:root", now=NOW)
    letter.refresh_from_db()
    assert (letter.state, letter.sealed) == (Letter.State.REVOKED, None)


def test_reissue_does_not_end_a_chosen_password_unasked() -> None:
    account = joiner()
    passwords.set_password(account, "Un-Jardin-2026-la", now=NOW)
    with pytest.raises(letter_issue.OwnPasswordError):
        letter_issue.reissue(account, actor="operator:root", now=NOW)
    letter_issue.reissue(account, actor="operator:root", now=NOW, replace_own=True)
    assert not passwords.verify_password(Account.objects.get(), "Un-Jardin-2026-la")


@pytest.mark.usefixtures("no_numen")
def test_without_numen_the_letter_has_three_things_and_the_journal_no_reading(tmp_path: Path) -> None:
    sealed(joiner(numen="20G2600184IOL"))
    said = text(print_one(tmp_path).path)
    assert "20G2600184IOL" not in said
    assert "NUMEN" not in said
    assert Entry.objects.get(act="letter.printed").details.keys() == {"batch"}


def test_a_person_without_numen_yet_gets_three_things(tmp_path: Path) -> None:
    sealed(joiner(numen_cipher=None, numen_lookup=None, hr_key="RH-1"))
    assert "NUMEN" not in text(print_one(tmp_path).path)


def test_one_line_of_the_journal_says_that_it_was_printed_and_that_the_numen_is_in_it(tmp_path: Path) -> None:
    account = joiner()
    sealed(account)
    print_one(tmp_path)
    line = Entry.objects.get(actor="operator:root", subject=account.key, act__contains="printed")
    assert (line.act, line.details["holds"]) == ("letter.printed", "numen")
    assert details_text(line.details).endswith("avec le NUMEN")


@pytest.mark.parametrize(
    ("duty_start", "words", "welcome"),
    [
        (date(2026, 11, 16), "Vous avez pris vos fonctions le 16 novembre 2026.", True),
        (date(2026, 12, 1), "Vous prenez vos fonctions le 1er décembre 2026.", True),
        (date(2005, 9, 1), "Votre boîte est ouverte, et des messages", False),
    ],
)
def test_it_speaks_to_a_newcomer_or_to_somebody_long_here(
    tmp_path: Path, duty_start: date, words: str, welcome: bool
) -> None:
    sealed(joiner(duty_start=duty_start))
    said = " ".join(text(print_one(tmp_path).path).split())
    assert words in said
    assert ("Bienvenue" in said) is welcome
    assert ("2005" in said) is False


def test_a_bad_address_is_withheld_and_the_others_are_printed(tmp_path: Path) -> None:
    sealed(joiner(), joiner("Jean", "Martin", address_lines=["NULLE PART"]))
    found = printing.assemble_batch(now=NOW)
    assert [held.letter.account.person.last_name for held in found.withheld] == ["Martin"]
    assert "NULLE PART" in found.withheld[0].reason
    assert printing.print_batch(found.batches[0], actor="operator:root", now=NOW, folder=tmp_path).letters == 1
    assert Letter.objects.get(account__person__last_name="Martin").state == Letter.State.SEALED


def test_those_withheld_are_looked_for_no_further_than_they_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    letters = sealed(*(joiner("Jean", f"Martin {number}", address_lines=[]) for number in range(3)))
    looked: list[int] = []

    def look(letter: Letter, *, now: datetime) -> list[str]:
        looked.append(letter.pk)
        return letter_content.check_printable(letter, now=now)

    monkeypatch.setattr(printing, "check_printable", look)
    assert [held.letter for held in printing.withheld_letters(["80"], now=NOW, most=2)] == letters[:2]
    assert looked == [letter.pk for letter in letters[:2]]
    assert printing.withheld_letters(["02"], now=NOW, most=2) == []


def test_an_expired_password_is_not_printed() -> None:
    sealed(joiner())
    assert printing.assemble_batch(now=NOW + timedelta(days=60)).batches == []


def test_markup_in_a_name_is_text(tmp_path: Path) -> None:
    evil = '#read("/etc/passwd") *gras* $x$ \\ @ref'
    sealed(joiner("Lili", "Hocquet", address_lines=[evil[:38], "x", "1 rue Haute", "80000 Amiens"]))
    assert '#read("/etc/passwd") *gras* $x$' in text(print_one(tmp_path).path)


def test_what_typst_refuses_is_said_and_wipes_nothing(tmp_path: Path) -> None:
    with pytest.raises(typesetting.TypesettingError, match="letter"):
        typesetting.typeset({"letters": [{"number": "2026-80-00001"}]})


def test_batches_by_department_establishment_and_person() -> None:
    other = school("0600001B", "LYCEE DU PARC")
    here, there = joiner(), joiner("Jean", "Martin", posted=other, department="60")
    sealed(here, there)
    assert [batch.department for batch in batches(department="60")] == ["60"]
    assert batches(school=other) == []
    assert [batch.number for batch in batches(account=here)] == ["L2026-80-001"]


def test_a_secret_can_only_stand_in_a_sealed_letter() -> None:
    (letter,) = sealed(joiner())
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(state=Letter.State.PRINTED)


def test_sent_through_the_establishment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    here = academy()
    inside = here.model_copy(update={"letter": here.letter.model_copy(update={"send_to": "administration"})})
    monkeypatch.setattr("vaguemestre.letters.letter_content.academy", lambda: inside)
    sealed(joiner(address_lines=[]))
    assert "S C COLLEGE DES TILLEULS" in text(print_one(tmp_path).path)


@pytest.mark.parametrize("folder", ["file/sub", "file"])
def test_nothing_is_assembled_for_a_folder_that_cannot_be_written(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").touch()
    (letter,) = sealed(joiner())
    with pytest.raises(CommandError, match="aucune lettre n’a été imprimée"):
        call_command("letters", "print", "--to", str(tmp_path / folder))
    letter.refresh_from_db()
    assert (letter.state, letter.batch, Batch.objects.count()) == (Letter.State.SEALED, None, 0)


def test_what_a_killed_print_left_is_named_with_the_way_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sealed(joiner(), joiner("Jean", "Martin"))
    batch = batches()[0]  # whoever assembled it was killed before it was set
    emptied = batches(account=sealed(joiner("Luc", "Petit"))[0].account)[0]
    letter_issue.revoke_letters(emptied.letters.get().account, actor="system", now=NOW)
    call_command("letters", "print", "--to", str(tmp_path))
    said = capsys.readouterr().out
    assert "Aucune lettre à imprimer." not in said
    assert f"Le lot {batch.number} n’est pas encore imprimé (lettres\N{NO-BREAK SPACE}: 2)" in said
    assert f"vaguemestre letters print --batch {batch.number}" in said
    assert emptied.number not in said
    call_command("letters", "print", "--batch", batch.number, "--to", str(tmp_path))
    call_command("letters", "print", "--to", str(tmp_path))
    assert "Aucune lettre à imprimer." in capsys.readouterr().out
