"""What README.md and docs/ show of the program, printed by the program: `python docs/refresh.py`.

A `console` block is a command behind `$ ` and what it prints. The block under `<!-- excerpt: ID -->` is a group
with its first flaw and without the fields that the page says are left out. Commands run in a folder that holds
`runs/first`, made by the README's first command.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any  # JSON

ROOT = Path(__file__).parents[1]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))

_CONSOLE = re.compile(r"(?<=^```console\n)\$ (.+)\n[\s\S]*?(?=^```$)", re.MULTILINE)
_EXCERPT = re.compile(r"(?<=^<!-- excerpt: )(\S+)( -->\n\n```json\n)[\s\S]*?(?=^```$)", re.MULTILINE)


def environment(folder: Path) -> dict[str, str]:
    """For a page's commands: this Python's tracelift-groups, no colours, no Hub, caches in `folder`."""
    own = str(Path(sys.executable).parent)
    return os.environ | {
        "PATH": os.pathsep.join([own, os.environ["PATH"]]),
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(folder / ".cache"),
    }


def output(command: str, folder: Path) -> str:
    """What a command prints. RuntimeError when it fails."""
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=folder, env=environment(folder), capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"$ {command}\n{done.stdout}{done.stderr}")
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def refreshed(text: str, folder: Path) -> str:
    """The page with every console block and excerpt as the program prints it now."""
    text = _CONSOLE.sub(lambda found: f"$ {found[1]}\n{output(found[1], folder)}", text)
    return _EXCERPT.sub(lambda found: f"{found[1]}{found[2]}{_excerpt(found[1], folder)}\n", text)


def _excerpt(problem_id: str, folder: Path) -> str:
    group = json.loads(output(f"tracelift-groups show runs/first {problem_id} --json", folder))
    positive = _only(group["positive_pool"][0], "reasoning", "label", "rubric", "rubric_label", "rubric_score_raw")
    flaw = group["negative_bank"][0]
    flaw["metadata"] = _only(flaw["metadata"], "perturbation", "certificate")
    shown = _only(group, "problem_id", "source", "task_type", "problem", "reference_solution", "tests_or_constraints")
    return _compact(shown | {"positive_pool": [positive], "negative_bank": [flaw]})


def _only(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _compact(value: Any, indent: int = 0) -> str:
    """JSON with what fits into 160 columns on one line."""
    line = json.dumps(value, ensure_ascii=False)
    if not value or not isinstance(value, dict | list) or len(line) + indent <= 160:
        return line
    space = " " * (indent + 1)
    if isinstance(value, list):
        return "[\n" + ",\n".join(space + _compact(item, indent + 1) for item in value) + f"\n{' ' * indent}]"
    parts = (f"{space}{json.dumps(key)}: {_compact(item, indent + 1)}" for key, item in value.items())
    return "{\n" + ",\n".join(parts) + f"\n{' ' * indent}}}"


def main() -> None:
    """Rewrite every page."""
    with tempfile.TemporaryDirectory() as scratch:
        output("tracelift-groups build --out runs/first", Path(scratch))
        for page in PAGES:
            page.write_text(refreshed(page.read_text(encoding="utf-8"), Path(scratch)), encoding="utf-8")


if __name__ == "__main__":
    main()
