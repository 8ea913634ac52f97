"""The chain of heads: what it says, what it can prove, and the file that keeps it outside the archive."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import chain
from archive.heads import heads_file, read_heads
from archive.store import Archive
from schemas.errors import ArchiveWriteError
from tests.builders import begin, capture, look, night, page, section, written
from tests.shell import tidslager

A = page(section("A", "a"))
B = page(section("A", "b"))


def _heads(path: Path) -> list[str]:
    return [line.head for line in read_heads(path)]


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40), st.data())
def test_a_root_knows_each_leaf_and_its_place(leaves: list[bytes], data: st.DataObject) -> None:
    """Another leaf, another order, one more or one less gives another root; the marks say which leaf is strange."""
    whole = chain.root(leaves)
    assert chain.root([*leaves, b"x" * 32]) != whole
    if leaves:
        at = data.draw(st.integers(0, len(leaves) - 1))
        other = [*leaves[:at], bytes([leaves[at][0] ^ 1]) + leaves[at][1:], *leaves[at + 1 :]]
        assert chain.root(other) != whole
        assert chain.root(leaves[:at] + leaves[at + 1 :]) != whole
        strangers, missing = chain.unmarked(other, chain.marks(leaves))
        assert missing == len(strangers) == 1
        assert other[strangers[0]] == other[at]
    if len(leaves) > 1 and leaves[0] != leaves[-1]:
        assert chain.root(leaves[::-1]) != whole or leaves == leaves[::-1]


def test_a_leaf_is_no_node() -> None:
    """A node of the tree cannot be passed off as a leaf (RFC 6962): their hashes begin with different bytes."""
    one, other = chain.leaf({"a": 1}), chain.leaf({"a": 2})
    assert chain.root([chain.root([one, other])]) == chain.root([one, other])
    assert chain.root([one]) == one
    assert chain.leaf({"a": 1}) != chain.head({"a": 1})


def test_each_run_has_a_head_and_the_file_has_its_line(archive: Archive, path: Path) -> None:
    """Head, run, site, time and version, one line a run, in the order of the runs."""
    look(archive, 1, A)
    look(archive, 2, B)
    kept = [row[0].hex() for row in archive.database.execute("SELECT head FROM runs ORDER BY id").fetchall()]
    assert _heads(path) == kept
    last = heads_file(path).read_text("utf-8").splitlines()[-1].split("\t")
    assert last[1:] == ["2", "prov", "2026-03-02T02:10:00.000Z", "0"]


def test_a_crash_between_commit_and_line_is_mended_by_the_next_run(archive: Archive, path: Path) -> None:
    """Lines that are missing are added, a line cut short is left and passed over, none is written twice."""
    for number in (1, 2, 3):
        look(archive, number, A)
    lines = heads_file(path).read_text("utf-8").splitlines(keepends=True)
    heads_file(path).write_text(lines[0] + lines[1][:40], "utf-8")
    begin(archive, night(4))
    assert heads_file(path).read_text("utf-8") == lines[0] + lines[1][:40] + "\n" + lines[1] + lines[2]
    assert len(_heads(path)) == len(set(_heads(path))) == 3


def test_a_file_of_heads_that_cannot_be_written_is_told_and_the_run_stands(archive: Archive, path: Path) -> None:
    """The run is finished all the same, the sentence says so, and the next run writes the line."""
    run = begin(archive)
    heads_file(path).mkdir()
    with pytest.raises(ArchiveWriteError, match=r"test\.db\.heads.*next run"):
        archive.finish_run(run, "ok", {}, now=night(1))
    assert archive.database.execute("SELECT status FROM runs").fetchone()[0] == "ok"
    heads_file(path).rmdir()
    look(archive, 2, A)
    assert len(_heads(path)) == 2


def test_a_killed_run_is_sealed_by_the_next(archive: Archive, path: Path) -> None:
    """What a run kept before it died is sealed with the status "interrupted", read or not."""
    run = begin(archive)
    archive.keep(run, capture(body=written(A)))
    assert _heads(path) == []
    look(archive, 2, B)
    assert [line.run for line in read_heads(path)] == [1, 2]
    assert tidslager("verify", "--archive", str(path)).code == 0


def test_a_head_kept_elsewhere_proves_what_the_archive_cannot(archive: Archive, path: Path) -> None:
    """The last run taken away, or all written anew: consistent without an anchor, found with one."""
    look(archive, 1, A)
    look(archive, 2, B)
    archive.close()
    heads = _heads(path)
    said = tidslager("verify", "--anchor", heads[0], "--archive", str(path))
    assert (said.code, said.out.splitlines()[0]) == (0, "Consistent, anchored up to run 1.")
    heads_file(path).unlink()
    path.unlink()
    with Archive(path) as anew:
        look(anew, 1, A)
    heads_file(path).unlink()
    said = tidslager("verify", "--archive", str(path))
    assert said.code == 0
    assert "cannot be known whether the last runs were taken away" in " ".join(said.out.split())
    for head in heads:
        said = tidslager("verify", "--anchor", head, "--archive", str(path))
        assert said.code == 1
        assert head in said.out


def test_the_file_of_heads_beside_the_archive_is_compared(archive: Archive, path: Path) -> None:
    """A line whose head the archive does not have is a finding that names the run."""
    look(archive, 1, A)
    archive.close()
    with heads_file(path).open("a") as file:
        file.write("\t".join(["0" * 64, "2", "prov", "2026-03-02T02:10:00.000Z", "0"]) + "\n")
    rows = json.loads(tidslager("verify", "--json", "--archive", str(path)).out)
    assert [(row["check"], row["run"]) for row in rows[1:]] == [("heads", 2)]


def test_verify_never_says_authentic(archive: Archive, path: Path) -> None:
    """The words are consistent, anchored and signed."""
    look(archive, 1, A)
    said = tidslager("verify", "--anchor", _heads(path)[0][:20], "--sample", "1", "--archive", str(path))
    assert said.code == 0
    assert "authentic" not in said.out.lower()
    assert "random sample of 1" in said.out
    assert tidslager("verify", "--anchor", "abc", "--archive", str(path)).code == 2


@pytest.mark.skipif(
    shutil.which("ssh-keygen") is None and not os.environ.get("CI"), reason="ssh-keygen is not installed"
)
def test_a_signed_head_is_told_by_whom(archive: Archive, path: Path, tmp_path: Path) -> None:
    """`ssh-keygen -Y sign` over a head: who signed it, up to which run; another key or another head does not hold."""
    look(archive, 1, A)
    archive.close()
    for name in ("anna", "bo"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name)], check=True)
    allowed = tmp_path / "allowed"
    allowed.write_text(f"anna@example.se {(tmp_path / 'anna.pub').read_text()}")

    def sign(key: str, text: str) -> Path:
        file = tmp_path / f"{key}.sig"
        command = ["ssh-keygen", "-Y", "sign", "-n", "tidslager-head", "-f", str(tmp_path / key)]
        file.write_bytes(subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout)
        return file

    def verified(signature: Path) -> tuple[int, str]:
        options = ("--signature", str(signature), "--allowed-signers", str(allowed), "--archive", str(path))
        ran = tidslager("verify", *options)
        return ran.code, ran.out

    code, out = verified(sign("anna", _heads(path)[0] + "\n"))
    assert (code, out.splitlines()[0]) == (0, "Consistent, signed by anna@example.se.")
    assert verified(sign("anna", "0" * 64 + "\n"))[0] == 1
    assert verified(sign("bo", _heads(path)[0] + "\n"))[0] == 1
    assert tidslager("verify", "--signature", "x", "--archive", str(path)).code == 2
    assert tidslager("verify", "--signature", "x", "--allowed-signers", "y", "--archive", str(path)).code == 2
