"""Documents as PDF by the real LibreOffice; and what becomes of those that it cannot take."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from vaguemestre.mailbox.sandbox import converter
from vaguemestre.mailbox.sandbox.converter import job_server, landlock, libreoffice
from vaguemestre.mailbox.sandbox.converter.fair_queue import FairQueue
from vaguemestre.mailbox.sandbox.converter.office_formats import true_format
from vaguemestre.mailbox.testing.converter import LETTER, listens, wait_until


@pytest.fixture
def folder() -> Iterator[Path]:
    stopping = threading.Event()
    with TemporaryDirectory() as name:
        place = Path(name)
        thread = threading.Thread(target=job_server.serve, args=(place, stopping))
        thread.start()
        wait_until(lambda: listens(place / converter.SOCKET))
        yield place
        stopping.set()
        thread.join(20)
        assert not thread.is_alive()


def answer(folder: Path, extension: str, content: bytes) -> str:
    said: list[str] = []

    def known() -> bool:
        said.append(converter.request_conversion(folder, "a1", extension, content))
        return said[-1] != "waiting"

    wait_until(known)
    return said[-1]


def zipped(**files: bytes) -> bytes:
    held = BytesIO()
    with ZipFile(held, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


@pytest.mark.skipif(not converter.is_installed(), reason="needs LibreOffice")
def test_a_document_becomes_a_pdf_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer(folder, "rtf", LETTER) == "done"
    made = converter.result_path(folder, "rtf", LETTER)
    assert made.read_bytes().startswith(b"%PDF-")
    assert made.stat().st_mode & 0o777 == 0o640
    monkeypatch.setattr(job_server, "convert", lambda *_: pytest.fail("converted twice"))
    assert converter.request_conversion(folder, "a1", "rtf", LETTER) == "done"
    wait_until(lambda: not list((folder / "work").iterdir()))


@pytest.mark.skipif(not converter.is_installed(), reason="needs LibreOffice")
def test_what_cannot_be_converted_fails_and_the_next_one_goes_on(folder: Path) -> None:
    bomb = zipped(**{f"m{number}": b"\0" * 90_000_000 for number in range(5)})
    assert len(bomb) < 1_000_000
    assert answer(folder, "docx", bomb) == "failed"
    assert answer(folder, "odt", zipped(x=b"x")) == "failed"
    assert converter.request_conversion(folder, "a1", "exe", b"MZ") == "failed"
    assert answer(folder, "rtf", LETTER) == "done"


@pytest.mark.skipif(not converter.is_installed(), reason="needs LibreOffice")
def test_after_a_full_disk_the_next_one_goes_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def made(source: Path, job: Path, _stopping: threading.Event) -> Path:
        if b"plein" in source.read_bytes():
            raise OSError("no space left on device")
        job.mkdir()
        (job / "a.pdf").write_bytes(b"%PDF-")
        return job / "a.pdf"

    monkeypatch.setattr(job_server, "convert", made)
    assert answer(folder, "rtf", LETTER + b"plein") == "away"
    assert answer(folder, "rtf", LETTER) == "done"


@pytest.mark.skipif(not converter.is_installed(), reason="needs LibreOffice")
def test_nobody_waits_behind_all_that_somebody_else_opens(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[bytes] = []
    free = threading.Event()

    def slowly(source: Path, job: Path, _stopping: threading.Event) -> Path:
        made.append(source.read_bytes().removeprefix(LETTER))
        free.wait(60)
        job.mkdir()
        (job / "a.pdf").write_bytes(b"%PDF-")
        return job / "a.pdf"

    monkeypatch.setattr(job_server, "convert", slowly)
    assert converter.request_conversion(folder, "a1", "rtf", LETTER + b"0") == "waiting"
    wait_until(lambda: made)
    for number in range(1, 9):
        assert converter.request_conversion(folder, "a1", "rtf", LETTER + str(number).encode()) == "waiting"
    assert len(list((folder / "work").glob("*.rtf"))) == 1 + job_server.WAITING_OF_ONE
    assert converter.request_conversion(folder, "a2", "rtf", LETTER + b"other") == "waiting"
    free.set()
    assert answer(folder, "rtf", LETTER + b"8") == "done"  # who found no room has asked again
    assert made[:3] == [b"0", b"1", b"other"]


def commands(session: int) -> list[str]:
    """Of whatever in it has not ended."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            head, _bracket, facts = file.read_text(errors="replace").rpartition(")")
            state, _parent, _group, its_session, *_rest = facts.split()
            if int(its_session) == session and state not in "ZX":
                found.append(head.partition("(")[2])
    return found


@pytest.mark.skipif(not converter.is_installed(), reason="needs LibreOffice")
def test_one_whose_converter_dies_ends_with_it(tmp_path: Path) -> None:
    script = (
        "import subprocess; from vaguemestre.mailbox.sandbox.converter import libreoffice;"
        "waited = subprocess.Popen([*libreoffice._bound(), 'sleep', '600'], start_new_session=True);"
        "print(waited.pid, flush=True); waited.wait()"
    )
    with subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, stdout=subprocess.PIPE) as converter:
        assert converter.stdout
        session = int(converter.stdout.readline())
        deadline = time.monotonic() + 120
        while "sleep" not in commands(session):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        converter.kill()
    while commands(session):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_one_that_takes_too_long_is_killed_with_all_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "a.rtf"
    source.write_bytes(LETTER)
    monkeypatch.setattr(libreoffice, "SECONDS", 0.0)
    monkeypatch.setattr(
        libreoffice, "_command", lambda _source, job: ["sh", "-c", f"sleep 600 & echo $! >{job}/child; wait"]
    )
    started: list[int] = []
    original = libreoffice._wait

    def wait(process: object, stopping: threading.Event) -> None:
        wait_until(lambda: (tmp_path / "job" / "child").exists() and (tmp_path / "job" / "child").read_text().strip())
        started.append(int((tmp_path / "job" / "child").read_text()))
        original(process, stopping)  # type: ignore[arg-type]

    monkeypatch.setattr(libreoffice, "_wait", wait)
    with pytest.raises(libreoffice.ConversionError, match="time"):
        libreoffice.convert(source, tmp_path / "job", threading.Event())
    wait_until(lambda: not Path(f"/proc/{started[0]}").exists() or "Z" in Path(f"/proc/{started[0]}/stat").read_text())


def words_of(pdf: Path) -> str:
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True)
    return done.stdout.decode().replace("\u200b", "")


@contextmanager
def called() -> Iterator[tuple[str, list[bool]]]:
    """The address of a server on this machine, and whether somebody came."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        came: list[bool] = []
        yield f"http://127.0.0.1:{server.getsockname()[1]}", came
        with suppress(TimeoutError):
            server.accept()
            came.append(True)


@pytest.mark.skipif(not converter.is_installed(), reason="needs LibreOffice")
def test_a_page_that_calls_itself_a_spreadsheet_is_one_and_nothing_of_it_runs(folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.html"
    secret.write_text("<p>Secret d'un autre")
    with called() as (elsewhere, came):
        page = (
            f"<html><head><meta charset=windows-1252><link rel=stylesheet href={elsewhere}/a.css>"
            f"<base href={elsewhere}/><script>document.write('couru')</script>"
            f"<meta http-equiv=refresh content='0;url={secret.as_uri()}'><style>@import url({elsewhere}/b.css)</style>"
            "</head><body><table><tr><th colspan=2>\xc9l\xe8ves de 4e A</th></tr>"
            "<tr><td>BLONDEL<td>12,5<tr><td>0601020304<td>=1+1<tr><td><b>=WEBSERVICE(&quot;" + elsewhere + "&quot;)</b>"
            f"<td background={elsewhere}/c.png>12/11/2026<tr><td>080123456789B<td>1234567890123"
            f"<tr><td colspan=99999>fin</table><img src={elsewhere}/d.png><iframe src={secret.as_uri()}></iframe>"
            f"<object data={secret.as_uri()}></object><img src={secret.as_uri()}></body></html>"
        ).encode("latin-1")
        assert true_format(page, "xls") == "xlshtml"
        assert answer(folder, "xlshtml", page) == "done"
    read = words_of(converter.result_path(folder, "xlshtml", page))
    for shown in (
        "Élèves de 4e A",
        "BLONDEL",
        "12,5",
        "0601020304",
        "=1+1",
        "=WEBSERVICE",
        "12/11/2026",
        "1234567890123",
    ):
        assert shown in read
    assert "080123456789B" in read
    assert "couru" not in read
    assert "Secret" not in read
    assert not came


@pytest.mark.skipif(not converter.is_installed(), reason="needs LibreOffice")
def test_a_workbook_in_xml_is_shown_and_fetches_nothing(folder: Path) -> None:
    with called() as (elsewhere, came):
        book = (
            '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
            '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
            'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Notes"><Table>'
            '<Row><Cell><Data ss:Type="String">Élève</Data></Cell><Cell><Data ss:Type="Number">12.5</Data></Cell></Row>'
            f'<Row><Cell ss:Formula="=WEBSERVICE(&quot;{elsewhere}&quot;)"><Data ss:Type="String">x</Data></Cell></Row>'
            "</Table></Worksheet></Workbook>"
        ).encode()
        assert true_format(book, "xls") == "xlsxml"
        assert answer(folder, "xlsxml", book) == "done"
    read = words_of(converter.result_path(folder, "xlsxml", book))
    assert "Élève" in read
    assert "12" in read
    assert not came


@pytest.mark.skipif(not landlock.version(), reason="needs Landlock")
def test_what_converts_reads_and_changes_no_file_but_its_own() -> None:
    """Of whatever a document names, be it what was made for somebody else."""
    with TemporaryDirectory(dir="/var/tmp") as name:  # in /tmp it makes a socket, and removes one
        _only_its_own(Path(name))


def _only_its_own(place: Path) -> None:
    other, job = place / "other", place / "job"
    job.mkdir()
    other.write_text("x")
    (job / "own").write_text("x")

    def done(*words: str) -> bool:
        bound = [sys.executable, "-P", "-m", "vaguemestre.mailbox.sandbox.converter.resource_limits", *words]
        around = {"PYTHONPATH": str(libreoffice.ROOT), "PATH": "/usr/bin:/bin"}
        return subprocess.run(bound, capture_output=True, check=False, cwd=job, env=around).returncode == 0

    assert done("cat", str(job / "own"))
    assert done("touch", str(job / "new"))
    assert done("rm", str(job / "own"))
    for words in (
        ("cat", str(other)),
        ("rm", "-f", str(other)),
        ("touch", str(place / "new")),
        ("cat", "/etc/passwd"),
        ("cat", str(libreoffice.ROOT / "academy.toml")),
    ):
        assert not done(*words)
    assert other.read_text() == "x"


def test_what_converts_sees_no_other_process() -> None:
    bound = libreoffice._no_network()
    if "--mount-proc" not in bound:
        pytest.skip("needs a /proc of its own")
    seen = subprocess.run([*bound, "ls", "/proc"], capture_output=True, check=True).stdout.split()
    assert len([name for name in seen if name.isdigit()]) == 1


@pytest.mark.parametrize("version", [0, 5])
def test_without_landlock_it_is_said(
    version: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(landlock, "version", lambda: version)
    monkeypatch.setattr(job_server, "is_installed", lambda: True)
    job_server.JobServer(tmp_path, threading.Event())
    assert (job_server.WITHOUT in caplog.text) is (version == 0)


def test_without_the_process_documents_are_away(tmp_path: Path) -> None:
    assert converter.request_conversion(tmp_path, "a1", "rtf", LETTER) == "away"


def test_the_oldest_leave_first(tmp_path: Path) -> None:
    for number in range(4):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(b"x" * 100)
        os.utime(path, (1_000_000 + number, 1_000_000 + number))
    job_server.prune(tmp_path, now=1_000_010.0, octets=250)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2.pdf", "3.pdf"]
    job_server.prune(tmp_path, now=1_000_003.5 + job_server.KEPT_SECONDS, octets=250)
    assert [path.name for path in tmp_path.iterdir()] == []


def test_a_turn_for_each_person() -> None:
    turns = FairQueue(most=4, most_of_one=2)
    assert [turns.put("a", name) for name in ("a1", "a2", "a3")] == [True, True, False]
    assert [turns.put("b", name) for name in ("b1", "b2")] == [True, True]
    assert not turns.put("c", "c1")
    assert [turns.get(0) for _ in range(5)] == ["a1", "b1", "a2", "b2", None]
    assert turns.put("a", "a3")
