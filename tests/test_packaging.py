"""The wheel, the sdist and constraints.txt, built and used from outside the checkout."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from repo_files import ROOT, copy_to, files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAPPED = PROJECT["tool"]["setuptools"]["package-dir"]

_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([\w.!+]+)$")


def _package(file: Path) -> str | None:
    """The package that a file of the checkout belongs to; None for a file that is in none."""
    folder = file.parent.as_posix()
    for name, place in MAPPED.items():
        if folder == place or folder.startswith(f"{place}/"):
            return (name + folder.removeprefix(place)).replace("/", ".")
    return None


def _in_wheel() -> set[str]:
    found = ((_package(file), file.name) for file in files())
    return {f"{package.replace('.', '/')}/{name}" for package, name in found if package}


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist of this checkout and the wheel made from that sdist."""
    checkout = copy_to(tmp_path_factory.mktemp("checkout"))
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(checkout)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="module")
def installed(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel installs."""
    target = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        wheel.extractall(target)
    return target


def _run(installed: Path, cwd: Path, code: str) -> str:
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(installed)!r})\n{code}"]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_folder_with_modules_is_a_package_of_the_project() -> None:
    found = {_package(file) for file in files() if file.suffix == ".py"} - {None}
    assert found == set(PROJECT["tool"]["setuptools"]["packages"])
    assert len(found) >= 9


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(dist: Path) -> None:
    with zipfile.ZipFile(next(dist.glob("*.whl"))) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
        notes = {name.partition("/")[2] for name in wheel.namelist() if ".dist-info/" in name}
    assert held == _in_wheel()
    assert "licenses/LICENSE" in notes


def test_the_sdist_holds_the_mapped_folders_and_no_build_products(dist: Path) -> None:
    with tarfile.open(next(dist.glob("*.tar.gz"))) as sdist:
        held = {name.partition("/")[2] for name in sdist.getnames()}
    wanted = {file.as_posix() for file in files() if _package(file)}
    assert wanted <= held
    assert not [name for name in held if name.startswith(("build/", "runs/")) or "__pycache__" in name]


def test_the_installed_wheel_finds_rubrics_seeds_schemas_and_trainers_from_any_folder(
    installed: Path, tmp_path: Path
) -> None:
    code = """
from importlib.resources import files
import tracelift_groups, tracelift_groups.trainers
from tracelift_groups.registry import KINDS
from tracelift_groups.records.rubric import rubric_names
from tracelift_groups.ingest.source import read_seeds
print(tracelift_groups.__file__)
print(len(list(read_seeds("bundled"))), len(KINDS.names()), ",".join(rubric_names()))
print(sum(file.name.endswith(".json") for file in files("tracelift_groups.records.schemas").iterdir()))
"""
    place, counts, schemas = _run(installed, tmp_path, code).splitlines()
    seeds, kinds, rubrics = counts.split(" ")
    assert Path(place).is_relative_to(installed)
    assert int(seeds) >= 60
    assert int(kinds) >= 8
    assert "math" in rubrics.split(",")
    assert int(schemas) >= 8


def test_the_installed_wheel_runs_as_a_command(installed: Path, tmp_path: Path) -> None:
    entry = next(installed.glob("*.dist-info/entry_points.txt")).read_text(encoding="utf-8")
    assert "tracelift-groups = tracelift_groups.cli:main" in entry
    shown = _run(installed, tmp_path, "sys.argv[1:] = ['--help']\nfrom tracelift_groups.cli import main\nmain()")
    assert "build" in shown


def _requirements() -> dict[str, str]:
    """Every requirement of the project and of its extras, by name."""
    extras = PROJECT["project"]["optional-dependencies"].values()
    lines = [line for extra in (PROJECT["project"]["dependencies"], *extras) for line in extra]
    return {re.split(r"[<>=!~\[; ]", line, maxsplit=1)[0]: line for line in lines}


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found = [_PIN.match(line) for line in lines if line and not line.startswith("#")]
    assert all(found), "constraints.txt holds exact pins only: no path, no URL, no option"
    return {_plain(pin[1]): pin[2] for pin in found if pin}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_constraints_pin_every_requirement_within_its_range() -> None:
    from packaging.requirements import Requirement

    pins = _pins()
    requirements = [Requirement(line) for line in _requirements().values()]
    assert len(requirements) >= 18
    for requirement in requirements:
        assert requirement.specifier.contains(pins[_plain(requirement.name)]), requirement


def test_constraints_pin_what_the_required_packages_require() -> None:
    from importlib.metadata import requires

    from packaging.requirements import Requirement

    pins = _pins()
    names = [Requirement(line).name for line in PROJECT["project"]["dependencies"]]
    pinned = [name for name in names if version(name) == pins[_plain(name)]]
    lines = [line for name in pinned for line in requires(name) or ()]
    needed = [Requirement(line) for line in lines]
    missing = {_plain(r.name) for r in needed if not r.marker or r.marker.evaluate({"extra": ""})} - pins.keys()
    assert not missing


def test_the_version_is_written_in_pyproject_only() -> None:
    number = PROJECT["project"]["version"]
    assert version("tracelift-groups") == number
    own = [file for file in files() if file.suffix in (".py", ".yaml") or file.name == "README.md"]
    written = re.compile(rf"version\W{{1,6}}{re.escape(number)}")
    assert not [file for file in own if written.search((ROOT / file).read_text(encoding="utf-8"))]
    assert f"## [{number}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
