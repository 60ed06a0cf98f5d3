"""README.md and docs/: the main command on a fresh copy, every other command and snippet, and what they print."""

import ast
import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
import refresh
from repo_files import ROOT, copy_to

from tracelift_groups.files.group_files import read_groups
from tracelift_groups.ingest.source import read_seeds
from tracelift_groups.records.seed import Seed

README = (ROOT / "README.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(bash|python|toml|yaml)\n([\s\S]*?)^```$", re.MULTILINE)
_OFFLINE = re.compile(
    r"NewConnectionError|NameResolutionError|Temporary failure in name resolution|ConnectTimeoutError"
)


def _blocks(language: str, page: Path) -> list[str]:
    return [text for found, text in _BLOCK.findall(page.read_text(encoding="utf-8")) if found == language]


def _command(section: str) -> str:
    """The one command of a section of the README."""
    start = README.index(f"## {section}\n")
    block = _BLOCK.search(README, start)
    assert block
    assert block[2].count("\n") == 1, "one line, to be copied"
    return block[2].strip()


def test_the_first_command_makes_groups_in_a_fresh_copy(tmp_path: Path) -> None:
    command = _command("First run")
    checkout = copy_to(tmp_path / "checkout")
    done = subprocess.run(["bash", "-c", command], cwd=checkout, capture_output=True, text=True)
    if done.returncode and _OFFLINE.search(done.stdout + done.stderr):
        pytest.skip("PyPI can't be reached")
    assert done.returncode == 0, done.stdout + done.stderr
    run = checkout / command.split("--out ")[1]
    groups = [group for path in (run / "groups").glob("*.jsonl") for group in read_groups(path)]
    assert len(groups) >= 60
    assert all(len(group.negative_bank) >= 4 for group in groups)
    assert all(flaw.metadata["certificate"]["checker"] for group in groups for flaw in group.negative_bank)
    named = [
        name for cell in re.findall(r"^\| (`.+?`) \|", README, re.MULTILINE) for name in re.findall("`(.+?)`", cell)
    ]
    assert len(named) >= 6
    for name in named:
        parts = [name.replace(re.search(r"\{.*\}|$", name)[0], part) for part in _choices(name)]
        assert all(list(run.glob(part)) for part in parts), f"{name} is not there"


def _choices(name: str) -> list[str]:
    """`{a,b}` → a, b; nothing in braces → the empty word."""
    return re.findall(r"[\w-]+", name.partition("{")[2].partition("}")[0]) or [""]


def test_the_number_of_bundled_problems_is_right() -> None:
    assert f"groups of the {len(list(read_seeds('bundled')))} problems that come with the package" in README


def test_the_test_command_is_what_ci_takes() -> None:
    command = _command("Test it")
    assert command.startswith("python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e ")
    assert command.split(" && ")[-1].startswith(".venv/bin/pytest")


def test_no_pip_command_names_an_index_or_a_file() -> None:
    lines = [line for page in refresh.PAGES for line in page.read_text("utf-8").splitlines() if "pip install" in line]
    assert len(lines) >= 3
    assert not [line for line in lines if "index-url" in line or "find-links" in line or "file:" in line]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the first run and with the files that the README's commands name."""
    folder = tmp_path_factory.mktemp("reader")
    refresh.output("tracelift-groups build --out runs/first", folder)
    seeds = list(islice(_whole(), 6))
    _write(folder / "train.jsonl", [{"question": s.problem, "answer": f"{s.solution}\n#### {s.answer}"} for s in seeds])
    boxed = [f"{s.solution} The answer is $\\boxed{{{s.answer}}}$." for s in seeds]
    rows = [
        {"problem": s.problem, "level": "Level 1", "type": "Algebra", "solution": text}
        for s, text in zip(seeds, boxed, strict=True)
    ]
    _write(folder / "math_train.jsonl", rows)
    hub = folder / "AI-MO" / "NuminaMath-1.5"
    hub.mkdir(parents=True)
    _write(hub / "train.jsonl", [{"problem": s.problem, "solution": s.solution, "answer": s.answer} for s in seeds])
    with (folder / "problems.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(["question", "final", "rationale"])
        table.writerows([s.problem, s.answer, s.solution] for s in seeds)
    return folder


def _whole() -> Iterator[Seed]:
    """Bundled seeds whose answer is a whole number."""
    return (seed for seed in read_seeds("bundled") if isinstance(seed, Seed) and seed.answer.isdigit())


def _write(path: Path, rows: list[dict[str, str | None]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.mark.parametrize("page", refresh.PAGES, ids=lambda page: page.name)
def test_every_command_of_a_page_works(page: Path, folder: Path) -> None:
    lines = [line for block in _blocks("bash", page) for line in block.splitlines() if "pip install" not in line]
    for line in lines:
        if "bash .ci/run" not in line:
            refresh.output(line, folder)
    assert len(lines) >= (15 if page.name == "README.md" else 0)


@pytest.mark.parametrize("page", refresh.PAGES, ids=lambda page: page.name)
def test_every_python_snippet_of_a_page_works(page: Path, folder: Path) -> None:
    for code in _blocks("python", page):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            cwd=folder,
            env=refresh.environment(folder),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", refresh.PAGES, ids=lambda page: page.name)
def test_a_page_shows_what_the_program_prints(page: Path, folder: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert refresh.refreshed(text, folder) == text, "run: python docs/refresh.py"


@pytest.mark.parametrize("page", refresh.PAGES, ids=lambda page: page.name)
def test_a_page_imports_public_names_only(page: Path) -> None:
    for code in _blocks("python", page):
        modules = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {name for node in modules for name in _imported(node)}
        assert not [name for name in names if name.startswith("tracelift_groups.")]


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The modules that an import names."""
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]


def test_every_link_between_files_leads_somewhere() -> None:
    links = [(page, link) for page in refresh.PAGES for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8"))]
    assert len(links) >= 3
    assert not [(page.name, link) for page, link in links if not (page.parent / link).exists()]
