"""Without isolation, nothing that would harm the machine is done: no mount, no unmount, no signal to everybody."""

import os
from pathlib import Path

import pytest

from tracelift_groups.errors import SandboxError
from tracelift_groups.sandbox.guest import isolation
from tracelift_groups.sandbox.guest.isolation import Isolation, NotIsolatedError, Scratch, build_root
from tracelift_groups.sandbox.guest.landlock import version
from tracelift_groups.sandbox.guest.seccomp import Filter
from tracelift_groups.sandbox.guest.syscalls import architecture
from tracelift_groups.sandbox.host.sandbox import Sandbox
from tracelift_groups.sandbox.host.test_case import StdioTest
from tracelift_groups.sandbox.protocol.tier import Tier

OFF = [Isolation("C", namespaces=False, uid=None), Isolation("D", namespaces=False, uid=5)]


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was done to the machine; nothing is, even where a guard is missing."""
    found: list[str] = []
    for module, name in [
        (isolation.linux, "unshare"),
        (isolation.linux, "mount"),
        (isolation.linux, "mount_bytes"),
        (isolation.linux, "detach"),
        (isolation.linux, "pivot_root"),
        (isolation.linux, "set_host_name"),
        (os, "kill"),
        (os, "chdir"),
    ]:
        monkeypatch.setattr(module, name, lambda *_, name=name: found.append(name))
    return found


@pytest.mark.parametrize("off", OFF, ids=lambda off: off.tier)
def test_cleanup_refuses_with_isolation_off_and_deletes_nothing(
    off: Isolation, done: list[str], tmp_path: Path
) -> None:
    (tmp_path / "kept").write_text("kept")
    for act in (off.end_others, Scratch(off, 2**20, 0).mount, lambda: build_root(off)):
        with pytest.raises(NotIsolatedError):
            act()
    assert not done
    assert (tmp_path / "kept").read_text() == "kept"


@pytest.mark.parametrize("tier", ["C", "D"])
def test_programs_run_without_namespaces_and_nothing_is_deleted_after_them(
    tier: Tier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kept").write_text("kept")
    monkeypatch.chdir(tmp_path)
    try:
        sandbox = Sandbox(workers=1, consent=tier, only=tier)
    except SandboxError as error:
        pytest.skip(str(error))
    with sandbox:
        found = sandbox.run("print(int(input()) * 2)", [StdioTest("4", "8"), StdioTest("4", "9")])
    assert [(verdict.status, verdict.tier) for verdict in found] == [("pass", tier), ("wrong_answer", tier)]
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_only_the_first_process_of_a_namespace_ends_the_others(done: list[str]) -> None:
    with pytest.raises(NotIsolatedError):
        Isolation("A", namespaces=True, uid=None).end_others()
    assert not done


def test_no_module_of_the_sandbox_removes_files() -> None:
    folder = Path(isolation.__file__).parents[1]
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.rglob("*.py") if path.name != "__init__.py"}
    assert len(texts) >= 20
    words = ("rmtree", ".unlink(", "os.remove", "removedirs", "import shutil")
    assert not [(name, word) for name, text in texts.items() for word in words if word in text]
    # The one folder is the empty mount point of the root that was left behind.
    assert {name for name, text in texts.items() if "rmdir" in text.replace('"', " ").split("_PLAIN")[0]} == {
        "rootfs.py"
    }


def test_the_filter_fits_the_kernels_bounds() -> None:
    machine = architecture()
    if machine is None:
        pytest.skip("this machine's system calls are not known")
    filter = Filter(machine)
    assert 0 < len(filter._code) // 8 < 4096
    assert not machine.plain & set(machine.guarded.values())


def test_landlock_has_a_version() -> None:
    assert version() >= 0
