"""Tests of a program from a JSON Lines file."""

from pathlib import Path

import pytest

from tracelift_groups.code.test_file import read_tests
from tracelift_groups.errors import SandboxError
from tracelift_groups.sandbox.host.test_case import AssertionTest, CallTest, StdioTest


def test_the_three_forms_and_their_options_are_read(tmp_path: Path) -> None:
    file = tmp_path / "tests.jsonl"
    file.write_text("""\
{"input": "1", "output": "2", "tokens": true}
{"input": "1\\r\\n", "output": "2", "tolerance": 1e-6, "keep_line_ends": true, "assertion": null}
{"args": [1], "expected": [2]}
{"entry_point": "Solution.add", "args": [], "expected": null, "loose": true, "tolerance": 0}
{"assertion": "f", "setup": "x = 1", "helpers": ["g"], "tag": "small"}
""")
    found = read_tests(file, "f")
    assert list(found) == [f"tests.jsonl:{line}" for line in range(1, 6)]
    assert list(found.values()) == [
        StdioTest("1", "2", tokens=True),
        StdioTest("1\r\n", "2", tolerance=1e-6, keep_line_ends=True),
        CallTest("f", (1,), [2]),
        CallTest("Solution.add", (), None, loose=True, tolerance=0),
        AssertionTest("f", "f", setup="x = 1", helpers=("g",)),
    ]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ('{"input": "1"}', "neither input and output"),
        ('{"args": null, "expected": 2, "entry_point": "f"}', "neither input and output"),
        ('{"args": [1], "expected": 2}', "names no entry point"),
        ('{"input": 1, "output": "2"}', "must be text"),
        (
            '{"input": "1", "output": "2", "tolerance": -1}',
            "tolerance of a StdioTest must be a finite number, 0 or more",
        ),
        ('{"input": "1", "output": "2", "loose": 1}', "must be true or false"),
        ('{"args": [1], "expected": 2, "entry_point": "f()"}', "entry_point of a CallTest must be a Python name"),
        ('{"assertion": "f", "entry_point": "f", "helpers": [1]}', "helpers of an AssertionTest"),
        ('{"args": [1], "expectd": 2}', 'A test has no field "expectd". Did you mean "expected"?'),
        ('{"input": "1", "outptu": "2"}', 'A test has no field "outptu". Did you mean "output"?'),
        ('{"input": "1", "output": "2", "x": 1}', 'A test has no field "x". Known: args, assertion, entry_point'),
        ("[1]", "object"),
    ],
)
def test_a_row_that_is_no_test_is_refused_with_its_place(tmp_path: Path, row: str, why: str) -> None:
    file = tmp_path / "tests.jsonl"
    file.write_text(f'{{"input": "", "output": "1"}}\n{row}\n')
    with pytest.raises(SandboxError) as caught:
        read_tests(file)
    assert str(caught.value).startswith("tests.jsonl:2: ")
    assert why in str(caught.value)
