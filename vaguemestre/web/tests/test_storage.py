import gzip
from pathlib import Path

from vaguemestre.web.storage import HashedStaticFilesStorage, sprite_of


def storage(folder: Path) -> HashedStaticFilesStorage:
    return HashedStaticFilesStorage(location=str(folder), base_url="/static/")


def collect(folder: Path, name: str, content: str) -> HashedStaticFilesStorage:
    (folder / name).write_text(content, encoding="utf-8")
    made = storage(folder)
    list(made.post_process({name: (made, name)}))
    return made


def test_without_a_build_the_plain_name_stands_in(tmp_path: Path) -> None:
    assert storage(tmp_path).url("app.css") == "/static/app.css"


def test_a_name_holds_its_content_s_hash(tmp_path: Path) -> None:
    first = collect(tmp_path, "app.css", "a { color: red }").url("app.css")
    second = collect(tmp_path, "app.css", "a { color: blue }").url("app.css")
    assert first != second
    assert first.startswith("/static/app.")


def test_the_compressed_form_lies_beside_it_and_is_always_the_same(tmp_path: Path) -> None:
    made = collect(tmp_path, "app.css", "a { color: red }")
    path = tmp_path / f"{made.stored_name('app.css')}.gz"
    before = path.read_bytes()
    assert gzip.decompress(before) == b"a { color: red }"
    collect(tmp_path, "app.css", "a { color: red }")
    assert path.read_bytes() == before


def test_a_shape_that_the_sprite_lacks_has_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "sprite.svg").write_text('<svg><symbol id="star" viewBox="0 0 24 24"/></svg>', encoding="utf-8")
    assert (sprite_of("star", tmp_path), sprite_of("palette", tmp_path)) == ("sprite.svg", "rare.svg")
    assert sprite_of("palette", tmp_path / "without-a-build") == "sprite.svg"
