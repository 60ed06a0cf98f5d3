"""The odd but right programs of the hostile suite are right in the interpreter too."""

import subprocess
import sys
from pathlib import Path

import pytest
from hostile_programs import Hostile, programs

PROGRAMS = [program for program in programs("right") if program.form == "stdio"]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_right_program_is_right_in_the_interpreter(program: Hostile, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(program.source, encoding="utf-8")
    (tmp_path / "input").write_text("1 2\n", encoding="utf-8")
    with (tmp_path / "input").open() as given:
        # With site, which defines exit and help, and without the limit that the sandbox lifts.
        command = [sys.executable, "-I", "-X", "int_max_str_digits=0", "program.py"]
        done = subprocess.run(command, stdin=given, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("3", 0), done.stderr


def test_there_are_many_right_programs() -> None:
    assert len(PROGRAMS) >= 40
