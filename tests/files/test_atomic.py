"""Writing replaces regular files only, whole or not at all, and never the file that is read."""

import os
import stat
import threading
from pathlib import Path

import pytest

from tracelift_groups.errors import RunError
from tracelift_groups.files.atomic import atomic_write, remove_regular, reported_as_run_error

posix = pytest.mark.skipif(os.name != "posix", reason="needs FIFOs and devices")


def write(path: Path, text: str, *inputs: Path) -> None:
    with atomic_write(path, inputs) as part:
        part.write_text(text, encoding="utf-8")


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.txt"
    with pytest.raises(ZeroDivisionError), atomic_write(path) as part:
        assert part.write_text("half") / 0
    assert list(path.parent.iterdir()) == []
    write(path, "whole")
    assert [file.name for file in path.parent.iterdir()] == ["a.txt"]


def test_a_failed_write_leaves_the_old_file_and_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o640)
    with pytest.raises(ZeroDivisionError), atomic_write(path) as part:
        assert part.write_text("half") / 0
    assert path.read_text() == "old"
    write(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o640)


@posix
def test_a_symbolic_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    target = tmp_path / "far" / "target.txt"
    target.parent.mkdir()
    for link, text in ((tmp_path / "link", "first"), (tmp_path / "link", "second")):
        if not link.is_symlink():
            link.symlink_to(target)
        write(link, text)
        assert link.is_symlink()
        assert target.read_text() == text


@posix
def test_a_fifo_is_written_to_in_place(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(fifo.read_text()))
    reader.start()
    write(fifo, "through")
    reader.join(10)
    assert found == ["through"]
    assert stat.S_ISFIFO(fifo.stat().st_mode)


@posix
def test_a_device_stays_a_device(tmp_path: Path) -> None:
    link = tmp_path / "null"
    link.symlink_to("/dev/null")
    for path in (Path("/dev/null"), link):
        before = os.lstat(path)
        write(path, "gone")
        after = os.lstat(path)
        assert (before.st_ino, before.st_mode) == (after.st_ino, after.st_mode)


@posix
def test_a_name_of_an_open_file_is_written_to_in_place(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    with file.open("w") as opened:
        inode = file.stat().st_ino
        write(Path(f"/dev/fd/{opened.fileno()}"), "here")
    assert (file.read_text(), file.stat().st_ino) == ("here", inode)


def test_the_input_is_never_overwritten_by_whatever_name(tmp_path: Path) -> None:
    given = tmp_path / "a.txt"
    given.write_text("input")
    other = tmp_path / "same"
    os.link(given, other)
    for name in (given, other, tmp_path / "x" / ".." / "a.txt"):
        (tmp_path / "x").mkdir(exist_ok=True)
        with pytest.raises(RunError, match="is the input"):
            write(name, "output", tmp_path / "none.txt", given)
    assert given.read_text() == "input"
    write(tmp_path / "b.txt", "output", given)


def test_a_folder_in_the_way_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(RunError, match="Can't write to"), reported_as_run_error(tmp_path / "a"):
        write(tmp_path / "a", "text")
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


@posix
def test_only_a_regular_file_is_removed(tmp_path: Path) -> None:
    file, link = tmp_path / "file", tmp_path / "link"
    file.touch()
    link.symlink_to(file)
    remove_regular(link)
    remove_regular(tmp_path / "none")
    assert link.is_symlink()
    remove_regular(file)
    assert not file.exists()


def test_a_full_disk_is_one_sentence_and_what_to_do() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(RunError) as caught, reported_as_run_error(full), full.open("wb", buffering=0) as out:
        out.write(b"x")
    assert caught.value.what == "Can't write to /dev/full: No space left on device."
    assert "rerun the same command" in caught.value.todo
