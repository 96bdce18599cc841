"""Templates that were compiled for one course needn't be compiled for the next one of the same user."""

from __future__ import annotations

import marshal
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sitegen.folders import codes
from sitegen.folders.codes import MOST, MOST_VERSIONS, Codes
from sitegen.outputs.theme import Theme

TEMPLATES = {"page.html": b"{% for n in numbers %}{{ n + 1 }} {% endfor %}"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's; nothing is written beside the program."""
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    monkeypatch.setattr(codes, "_program_file", lambda: tmp_path / "program" / codes._name())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "sitegen"


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the program's code, which Python may write to."""
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    monkeypatch.setattr("sys.pycache_prefix", None)
    (tmp_path / "program").mkdir()
    return tmp_path / "program"


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the templates that are compiled, as they are."""
    import jinja2

    names: list[str] = []
    compile_as_ever = jinja2.Environment.compile

    def note(self: jinja2.Environment, source: str, name: str, filename: str) -> object:
        names.append(name)
        return compile_as_ever(self, source, name, filename)

    monkeypatch.setattr(jinja2.Environment, "compile", note)
    return names


def render(known: Codes, own: dict[str, bytes] | None = None) -> str:
    theme = Theme(TEMPLATES, own, codes=known)
    return theme.render("page.html", numbers=(1, 2))


def save(**contents: bytes) -> Path:
    known = Codes()
    for key, code in contents.items():
        known[key] = code
    known.save()
    path = codes._user_file()
    assert path is not None
    return path


def test_the_next_build_compiles_nothing_and_gives_the_same(compiled: list[str]):
    first = Codes()
    assert render(first) == "2 3 "
    first.save()
    assert compiled == ["page.html"]
    assert render(Codes()) == "2 3 "
    assert compiled == ["page.html"]


def test_another_text_of_a_template_is_compiled(compiled: list[str]):
    first = Codes()
    render(first)
    first.save()
    assert render(Codes(), {"page.html": b"{{ numbers | length }}"}) == "2"
    assert compiled == ["page.html", "page.html"]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut": lambda whole: whole[:-1],
    "garbage": lambda _: b"garbage" * 100,
    "unsealed": lambda whole: whole[32:],
    "another mark": lambda whole: bytes(32) + whole[32:],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_what_this_user_did_not_put_there_whole_is_not_read(damage: Callable[[bytes], bytes]):
    path = save(a=b"code")
    assert Codes()["a"] == b"code"
    path.write_bytes(damage(path.read_bytes()))
    assert "a" not in Codes()


def test_what_another_user_sealed_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    strange = save(a=b"code").read_bytes()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
    path = save(b=b"own")
    path.write_bytes(strange)
    assert "a" not in Codes()


def test_another_version_of_the_program_has_another_file(monkeypatch: pytest.MonkeyPatch):
    save(a=b"code")
    monkeypatch.setattr(codes, "identify_program", lambda: ("another",))
    assert "a" not in Codes()


def test_files_of_old_versions_are_removed(folder: Path, monkeypatch: pytest.MonkeyPatch):
    for number in range(MOST_VERSIONS + 2):
        monkeypatch.setattr(codes, "identify_program", lambda number=number: (number,))
        save(a=b"code")
    assert len(list(folder.glob("templates-*"))) == MOST_VERSIONS
    assert Codes()["a"] == b"code"


def test_of_many_codes_those_that_were_used_last_stay():
    save(**{f"old{number}": b"code" for number in range(MOST)})
    known = Codes()
    assert known["old7"] == b"code"
    known["new"] = b"code"
    known.save()
    kept = Codes()
    assert "old7" in kept
    assert "new" in kept
    assert sum(f"old{number}" in kept for number in range(MOST)) == MOST - 1


def test_where_nothing_can_be_kept_every_build_compiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("")
    for place in (str(tmp_path / "file"), "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", place)
        known = Codes()
        assert render(known) == "2 3 "
        known.save()
        assert render(Codes()) == "2 3 "


# --- beside the program -------------------------------------------------------------------------


def test_where_python_keeps_its_modules_code_templates_are_kept_for_all_users(
    program: Path, folder: Path, compiled: list[str]
):
    first = Codes()
    assert render(first) == "2 3 "
    first.save()
    (kept,) = program.iterdir()
    assert kept.name.startswith("templates-")
    assert kept.stat().st_mode & 0o777 == 0o644
    assert not folder.exists()
    assert render(Codes()) == "2 3 "
    assert compiled == ["page.html"]


@pytest.mark.parametrize("content", [b"", b"garbage", marshal.dumps([1]), marshal.dumps({"a": b"code"})[:-2]])
def test_what_is_damaged_beside_the_program_is_as_good_as_nothing(program: Path, content: bytes):
    (program / codes._name()).write_bytes(content)
    assert "a" not in Codes()
    assert render(Codes()) == "2 3 "


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_what_others_could_have_written_beside_the_program_is_not_read(program: Path):
    path = program / codes._name()
    path.write_bytes(marshal.dumps({"a": b"code"}))
    path.chmod(0o644)
    assert Codes()["a"] == b"code"
    for mode in (0o664, 0o646):
        path.chmod(mode)
        assert "a" not in Codes()


def test_a_program_that_can_t_be_written_to_leaves_the_code_with_the_user(
    program: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(codes, "_program_file", lambda: program / "no such folder" / codes._name())
    known = Codes()
    render(known)
    known.save()
    assert not list(program.iterdir())
    assert len(list(folder.glob("templates-*"))) == 1
