"""What holds over all files: nothing private in them, imports are free, every module says what it is."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from repo_files import ROOT, files

HEAVY = (
    "torch transformers trl peft accelerate datasets polars pyarrow pandas sympy numpy scipy sklearn openai "
    "math_verify rensa"
).split()
SECRETS = re.compile(
    r"\bsk-[A-Za-z0-9_-]{20}|\bhf_[A-Za-z0-9]{30}|\bAKIA[A-Z0-9]{16}|\bgh[pousr]_[A-Za-z0-9]{30}|"
    r"-----BEGIN [A-Z ]*PRIVATE KEY"
)
# Folders of one person's machine.
PLACES = re.compile(r"(?<![\w./~:-])/(?:home|root|work|Users|mnt|opt|srv|media)/\w|\b[A-Z]:\\\\?Users\b")


def _texts() -> dict[Path, str]:
    return {file: (ROOT / file).read_text(encoding="utf-8") for file in files()}


def _modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for file in files():
        if file.suffix == ".py" and file.parts[0] in ("tracelift_groups", "rubrics", "seeds", "trainers"):
            parts = file.with_suffix("").parts
            inside = parts if parts[0] == "tracelift_groups" else ("tracelift_groups", *parts)
            found[".".join(inside[:-1] if inside[-1] == "__init__" else inside)] = file
    return found


def test_every_file_is_utf_8_text_that_ends_in_a_newline() -> None:
    texts = _texts()
    assert len(texts) >= 100
    assert not [file for file, text in texts.items() if text and not text.endswith("\n")]
    assert not [file for file, text in texts.items() if "\r" in text and file.suffix != ".csv"]


@pytest.mark.parametrize("pattern", [PLACES, SECRETS], ids=["places", "secrets"])
def test_no_file_holds_a_private_path_or_a_secret(pattern: re.Pattern[str]) -> None:
    found = {file.as_posix(): pattern.findall(text) for file, text in _texts().items() if pattern.search(text)}
    assert not found


def test_the_patterns_find_what_they_are_for() -> None:
    assert PLACES.search("open('/home/" + "ada/x')")
    assert PLACES.search("C:" + "\\Users")
    assert not PLACES.search("https://example.org/work/x and /proc/self")
    assert SECRETS.search("hf_" + "a" * 34)


def test_importing_any_module_is_free() -> None:
    code = """
import json, sys
from importlib import import_module
names, heavy = json.loads(sys.stdin.read())
loaded = {}
for name in names:
    import_module(name)
    if new := [other for other in heavy if other in sys.modules and other not in sum(loaded.values(), [])]:
        loaded[name] = new
print(json.dumps([len(names), loaded]))
"""
    done = _python(code, json.dumps([list(_modules()), HEAVY]))
    count, loaded = json.loads(done)
    assert count >= 60
    assert not loaded


def test_help_of_every_command_loads_nothing_heavy() -> None:
    code = """
import json, sys
import typer
from typer.testing import CliRunner
from tracelift_groups.cli import app
group = typer.main.get_command(app)
for name in [[], *[[name] for name in group.commands]]:
    assert CliRunner().invoke(app, [*name, "--help"]).exit_code == 0, name
print(json.dumps([len(group.commands), sorted(set(json.loads(sys.stdin.read())) & set(sys.modules))]))
"""
    count, loaded = json.loads(_python(code, json.dumps(HEAVY)))
    assert count >= 8
    assert not loaded


def _python(code: str, given: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], input=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_module_says_what_it_is() -> None:
    for file in _modules().values():
        assert ast.get_docstring(ast.parse((ROOT / file).read_text("utf-8"))), f"{file} has no docstring"


def test_no_module_hides_a_mapped_folder() -> None:
    assert not {"seeds.py", "rubrics.py", "trainers.py"} & {path.name for path in (ROOT / "tracelift_groups").iterdir()}


def test_file_names_say_one_subject() -> None:
    vague = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py"}
    assert not [file for file in files() if file.name in vague]


@pytest.mark.parametrize("folder", ["seeds", "rubrics", "trainers", "tests", "tests/support", "docs", "benchmarks"])
def test_no_folder_that_can_stand_on_the_search_path_hides_the_standard_library(folder: str) -> None:
    entries = sorted((ROOT / folder).iterdir())
    modules = {path.stem for path in entries if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert entries
    assert not modules & sys.stdlib_module_names


def _public_definitions() -> dict[str, list[str]]:
    """Functions and classes of the package by name, each with the modules that define it."""
    found: dict[str, list[str]] = {}
    for name, file in _modules().items():
        for node in ast.parse((ROOT / file).read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.setdefault(node.name, []).append(name)
    return {name: places for name, places in found.items() if not name.startswith("_")}


def _is_exempt(module: str, name: str) -> bool:
    """Commands, a trainer's Config and train, and components: the key of a component is its domain and its name."""
    of_command = module.startswith("tracelift_groups.cli.")
    of_trainer = module.startswith("tracelift_groups.trainers.") and name in ("Config", "train")
    component = re.fullmatch(rf"tracelift_groups\.(?:math|code)\.(?:kinds|checkers)\.{name}", module) is not None
    return of_command or of_trainer or component


def test_a_public_name_has_one_meaning() -> None:
    defined = _public_definitions()
    assert len(defined) >= 300
    counted = {name: [place for place in places if not _is_exempt(place, name)] for name, places in defined.items()}
    assert {name: places for name, places in counted.items() if len(places) > 1} == {}


def test_no_module_outside_of_a_domain_compares_its_name() -> None:
    """What differs between domains is a function of the domain. A record may check its own required fields."""
    found = []
    for name, file in _modules().items():
        if name.split(".")[1:2] in (["math"], ["code"], ["records"]):
            continue
        for node in ast.walk(ast.parse((ROOT / file).read_text("utf-8"))):
            sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
            if any(isinstance(side, ast.Constant) and side.value in ("math", "code") for side in sides):
                found.append(f"{name}:{node.lineno}")
    assert found == []
