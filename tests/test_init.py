"""The public API: every name is there, for Python and for type checkers."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import tracelift_groups


@pytest.mark.parametrize("name", tracelift_groups.__all__)
def test_a_public_name_is_there(name: str) -> None:
    found = getattr(tracelift_groups, name)
    assert found.__name__ == name if hasattr(found, "__name__") else name.isupper() or name in ("Test", "Domain")


def test_other_names_are_refused_as_python_does() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Sead'"):
        _ = tracelift_groups.Sead


def test_type_checkers_see_the_same_list() -> None:
    tree = ast.parse(Path(tracelift_groups.__file__).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.asname or alias.name: (node.module or "").removeprefix("tracelift_groups.")
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == tracelift_groups._HOME
    assert len(seen) >= 50


def test_importing_the_package_imports_none_of_its_modules() -> None:
    code = "import sys, tracelift_groups; print([name for name in sys.modules if name.startswith('tracelift_groups.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
