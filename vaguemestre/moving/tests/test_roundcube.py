"""Three databases of one webmail, as its programs dump them, into address books and signatures; twice the same."""

import io
import sqlite3
from pathlib import Path

import pytest
from django.core.management import call_command

from vaguemestre.audit.models import Entry
from vaguemestre.contacts import cards as contact_cards
from vaguemestre.contacts.models import Contact
from vaguemestre.moving.connection import open_scripts
from vaguemestre.moving.roundcube import database_dumps
from vaguemestre.moving.roundcube.database_dumps import DumpRefusedError
from vaguemestre.testing import MailAccount
from vaguemestre.webmail.compose import signature_choice
from vaguemestre.webmail.preferences import lookup

pytestmark = pytest.mark.django_db
CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Ünal;Zoé;;;\r\nFN:Zoé Ünal\r\n"
    "EMAIL;TYPE=INTERNET;TYPE=HOME:zoe@x.example\r\nEND:VCARD"
)
TRICKY = 'L\'été; (dit "x"), \\n pas une ligne'
STRUCTURE = {
    "users": "user_id, username, mail_host, created, last_login, language, preferences",
    "identities": "identity_id, user_id, changed, del, standard, name, organization, email, signature, html_signature",
    "contacts": "contact_id, changed, del, name, email, firstname, surname, vcard, words, user_id",
    "contactgroups": "contactgroup_id, user_id, changed, del, name",
    "contactgroupmembers": "contactgroup_id, contact_id, created",
    "session": "sess_id, changed, ip, vars",
}
type Tables = dict[str, list[tuple[str | int | None, ...]]]


def tables(address: str) -> Tables:
    now = "2024-05-01 08:00:00"
    return {
        "users": [(1, address.upper(), "localhost", now, None, "fr_FR", 'a:1:{s:1:"x";b:1;}'),
                  (2, "parti@y.example", "localhost", now, None, None, None)],
        "identities": [
            (1, 1, now, 0, 1, "Mathilde L.", "", address, "Mathilde\nCollège", 0),
            (2, 1, now, 0, 0, "Avec image", "", address, "<b>M. L.</b><script>x()</script>", 1),
            (3, 1, now, 1, 0, "Supprimée", "", address, "Ancienne", 0),
        ],
        "contacts": [
            (1, now, 0, "Zoé Ünal", "zoe@x.example", "Zoé", "Ünal", CARD, "zoe", 1),
            (2, now, 0, TRICKY, "a@x.example,b@x.example", "", "", "", "", 1),
            (3, now, 1, "Supprimé", "c@x.example", "", "", "", "", 1),
            (4, now, 0, "", "", "", "", None, None, 1),
            (5, now, 0, "D’un autre", "d@x.example", "", "", "", "", 2),
        ],
        "contactgroups": [(7, 1, now, 0, "4e B"), (8, 1, now, 1, "Effacé")],
        "contactgroupmembers": [(7, 1, now), (7, 2, now), (8, 1, now)],
        "session": [("x", now, "10.0.0.1", "');INSERT INTO users VALUES (9,'faux@x.example');")],
    }  # fmt: skip


def sqlite(path: Path, rows: Tables) -> Path:
    with sqlite3.connect(path) as connection:
        for table, columns in STRUCTURE.items():
            connection.execute(f"CREATE TABLE {table} ({columns})")
            marks = ",".join("?" * len(columns.split(",")))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows[table])  # noqa: S608
    connection.close()
    return path


def mysql(path: Path, rows: Tables) -> Path:
    def quoted(value: str | int | None) -> str:
        if value is None:
            return "NULL"
        escapes = {"\\": "\\\\", "'": "\\'", '"': '\\"', "\n": "\\n", "\r": "\\r", "\0": "\\0"}
        return str(value) if isinstance(value, int) else "'" + "".join(escapes.get(sign, sign) for sign in value) + "'"

    lines = ["-- MySQL dump 10.13  Distrib 8.0", "/*!40101 SET NAMES utf8mb4 */;"]
    for table, columns in STRUCTURE.items():
        lines += [f"CREATE TABLE `{table}` (", *(f"  `{one.strip()}` text," for one in columns.split(","))]
        lines += ["  PRIMARY KEY (`x`),", "  KEY `y` (`user_id`)", ") ENGINE=InnoDB;"]
        values = ",".join(f"({','.join(map(quoted, row))})" for row in rows[table])
        lines += [f"INSERT INTO `{table}` VALUES {values};"]  # noqa: S608
    path.write_text("\n".join(lines) + "\n", newline="\n")
    return path


def postgresql(path: Path, rows: Tables) -> Path:
    def cell(value: str | int | None) -> str:
        escapes = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
        return "\\N" if value is None else "".join(escapes.get(sign, sign) for sign in str(value))

    lines = ["--", "-- PostgreSQL database dump", "--"]
    for table, columns in STRUCTURE.items():
        lines += [f"COPY public.{table} ({columns}) FROM stdin;"]
        lines += ["\t".join(map(cell, row)) for row in rows[table]]
        lines += ["\\.", ""]
    path.write_text("\n".join(lines) + "\n", newline="\n")
    return path


def inserted(path: Path, rows: Tables) -> Path:
    """`pg_dump --column-inserts`: quotes doubled, line ends as they are."""

    def quoted(value: str | int | None) -> str:
        if value is None:
            return "NULL"
        return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"

    lines = ["-- PostgreSQL database dump"]
    for table, columns in STRUCTURE.items():
        lines += [
            f"INSERT INTO public.{table} ({columns}) VALUES ({', '.join(map(quoted, row))});"  # noqa: S608
            for row in rows[table]
        ]
    path.write_text("\n".join(lines) + "\n", newline="\n")
    return path


WRITERS = [sqlite, mysql, postgresql, inserted]


def run(file: Path, *options: str) -> tuple[str, int]:
    out = io.StringIO()
    try:
        call_command("roundcube", str(file), *options, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code or 0)
    return out.getvalue(), 0


@pytest.mark.parametrize("write", WRITERS)
def test_the_four_ways_say_the_same(write: object, tmp_path: Path) -> None:
    rows = tables("m@ac-amiens.fr")
    found = database_dumps.read_dump(write(tmp_path / "x", rows))  # type: ignore[operator]
    for table in database_dumps.WANTED:
        expected = [tuple(None if value is None else str(value) for value in row) for row in rows[table]]
        assert [tuple(row.values()) for row in found[table]] == expected
    assert found["contacts"][1]["name"] == TRICKY
    assert len(found["users"]) == 2  # what stands in another table's text is no statement


@pytest.mark.parametrize("write", WRITERS)
def test_given_to_who_is_found_and_twice_the_same(write: object, mail_account: MailAccount, tmp_path: Path) -> None:
    file = write(tmp_path / "x", tables(mail_account.address))  # type: ignore[operator]
    said, code = run(file, "--dry-run")
    assert not Contact.objects.exists()
    assert "parti@y.example" in said
    said, code = run(file)
    assert code == 3  # somebody was not found, a card was empty
    cards = {
        contact_cards.card_of(one).name: contact_cards.card_of(one)
        for one in Contact.objects.filter(account=mail_account.key)
    }
    assert set(cards) == {"Zoé Ünal", TRICKY}
    assert cards["Zoé Ünal"].groups == ("4e B",)
    assert [line.value for line in cards[TRICKY].addresses] == ["a@x.example", "b@x.example"]
    signatures = signature_choice.other_signatures(lookup.load_preferences(mail_account.account))
    assert signatures[0].text == "Mathilde\nCollège"
    assert all("script" not in one.html for one in signatures)
    entries = Entry.objects.filter(act="roundcube.brought").count()
    assert entries == 1
    run(file)
    assert Contact.objects.count() == 2
    assert len(signature_choice.other_signatures(lookup.load_preferences(mail_account.account))) == len(signatures)
    assert Entry.objects.filter(act="roundcube.brought").count() == entries


def test_scripts_are_kept_and_none_is_made_active(mail_account: MailAccount, tmp_path: Path) -> None:
    file = sqlite(tmp_path / "x", tables(mail_account.address))
    home = tmp_path / "sieve" / mail_account.address.upper()
    home.mkdir(parents=True)
    (home / "managesieve.sieve").write_text('require "fileinto";\nif header :contains "subject" "x" { keep; }\n')
    (home / "faux.sieve").write_text("ceci n’est pas du Sieve")
    (home / "lien.sieve").symlink_to("/etc/passwd")
    said, _code = run(file, "--sieve", str(tmp_path / "sieve"))
    assert said
    with open_scripts(mail_account.key) as server:
        found = {script.name: script.active for script in server.scripts()}
    assert found.get("roundcube-managesieve") is False
    assert not {"roundcube-faux", "roundcube-lien"} & set(found)
    run(file, "--sieve", str(tmp_path / "sieve"))


@pytest.mark.parametrize(
    "text",
    [
        "", "rien", "INSERT INTO `users` VALUES (1,'a@b');\n", "CREATE TABLE `users` (\n  `user_id` int,\n);\n",
        "INSERT INTO `users` (`a`,`b`) VALUES (1,'a'\n", "INSERT INTO `users` (`a`) VALUES (1,2);\n",
        "COPY public.users (user_id, username) FROM stdin;\n1\ta@b\n", "INSERT INTO `users` (`a`) VALUES (1) x\n",
        "COPY public.users (user_id, username) FROM stdin;\n1\n\\.\n", "INSERT INTO `users` (`a`) VALUES ('"
        + "x'" * 2000,
    ],
)  # fmt: skip
def test_what_is_broken_off_is_refused_whole(text: str, tmp_path: Path) -> None:
    file = tmp_path / "x.sql"
    file.write_text(text)
    with pytest.raises(DumpRefusedError):
        database_dumps.read_dump(file)
    assert run(file)[1] == 1


def test_tables_with_a_prefix(tmp_path: Path) -> None:
    file = mysql(tmp_path / "x", tables("m@ac-amiens.fr"))
    file.write_text(file.read_text().replace("`users`", "`rc_users`").replace("`contacts`", "`rc_contacts`"))
    assert len(database_dumps.read_dump(file, "rc_")["users"]) == 2
