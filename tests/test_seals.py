"""A mark that only this user can have put on a file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sitegen.folders import seals
from sitegen.folders.seals import seal, unseal


@pytest.fixture(autouse=True)
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "sitegen" / "key"


def sealed(content: bytes) -> bytes:
    made = seal(content)
    assert made is not None
    return made


@pytest.mark.parametrize("content", [b"", b"x", b"\0" * 100_000])
def test_what_was_sealed_comes_back(content: bytes):
    assert unseal(sealed(content)) == content


def test_anything_else_does_not():
    good = sealed(b"content")
    for other in (b"", good[:10], good[:-1], good + b"x", bytes([good[0] ^ 1]) + good[1:], bytes(len(good))):
        assert unseal(other) is None


def test_another_user_s_seal_is_no_seal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    good = sealed(b"content")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another"))
    assert unseal(good) is None
    assert seal(b"content") != good
    assert unseal(good) is None


def test_the_key_is_made_once_and_is_for_its_owner_alone(key: Path):
    assert unseal(b"x" * 100) is None
    assert not key.exists()  # reading makes none
    first = sealed(b"content")
    assert sealed(b"content") == first
    assert len(key.read_bytes()) == seals.SIZE
    assert [file.name for file in key.parent.iterdir()] == ["key"]
    if os.name == "posix":
        assert key.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.name != "posix", reason="rights and owners are POSIX's")
def test_a_key_that_others_could_have_put_there_or_read_is_none(key: Path, monkeypatch: pytest.MonkeyPatch):
    good = sealed(b"content")
    key.chmod(0o644)
    assert unseal(good) is None
    key.chmod(0o600)
    assert unseal(good) == b"content"
    owner = key.stat().st_uid
    with monkeypatch.context() as patch:
        patch.setattr(os, "geteuid", lambda: owner + 1)
        assert unseal(good) is None
    key.rename(key.with_name("elsewhere"))
    key.symlink_to("elsewhere")
    assert unseal(good) is None
    assert seal(b"content") is None


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 100])
def test_a_damaged_key_seals_nothing(key: Path, content: bytes):
    sealed(b"content")
    key.write_bytes(content)
    assert seal(b"content") is None


def test_without_a_place_for_a_key_nothing_is_sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert seal(b"content") is None
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert seal(b"content") is None


def test_programs_that_begin_at_once_have_one_key(key: Path):
    code = "import sys; from sitegen.folders.seals import seal; sys.stdout.buffer.write(seal(b'x'))"
    asked = [sys.executable, "-c", code]
    programs = [subprocess.Popen(asked, stdout=subprocess.PIPE) for _ in range(4)]
    assert {unseal(program.communicate()[0]) for program in programs} == {b"x"}
    assert [file.name for file in key.parent.iterdir()] == ["key"]
