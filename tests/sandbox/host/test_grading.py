"""The verdict on a call, from reports that a hostile program may have written."""

import json
import tracemalloc

import pytest

from tracelift_groups.sandbox.host import grading
from tracelift_groups.sandbox.host.limits import Limits
from tracelift_groups.sandbox.host.test_case import CallTest
from tracelift_groups.sandbox.host.verdict import Verdict
from tracelift_groups.sandbox.protocol.messages import ENDED, End
from tracelift_groups.sandbox.protocol.values import encode


def graded(expected: object, report: bytes) -> Verdict:
    run = grading.TestRun(End(0, 0.0, ENDED), report, b"", b"")
    return grading.grade(CallTest("f", (), expected), run, Limits(), "A")


def report_of(value: object, **more: object) -> bytes:
    return json.dumps({"stage": "ended", "value": encode(value), **more}, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("report", "status", "why"),
    [
        (report_of({1: 2.0}), "pass", ""),
        (report_of({1: 2.0}).replace(b",", b" , "), "pass", ""),
        (report_of({1: 2.5}), "wrong_answer", "the result is {1: 2.5}"),
        (report_of({1: 2.0})[:-1], "wrong_answer", "the result can't be read"),
        (report_of({1: 2.0})[:-1] + b',"stage":"raised","text":"x"}', "runtime_error", "x"),
        (report_of(None), "wrong_answer", "the result is None"),
        (b'{"stage":"ended"}', "wrong_answer", "the program ended before it returned a result"),
        (b"", "wrong_answer", "the program ended before it returned a result"),
        (b"[" * 10**6, "wrong_answer", "the program ended before it returned a result"),
        (b'{"stage":"ended","value":["o",0,"\\ud800\\u001b"]}', "wrong_answer", "an object of type \\ud800\\x1b"),
    ],
)
def test_a_report_is_a_claim(report: bytes, status: str, why: str) -> None:
    found = graded({1: 2.0}, report)
    assert found.status == status
    assert why in found.why


def test_the_line_count_is_read_with_the_result() -> None:
    assert graded([1], report_of([1], lines=7)).lines == 7
    assert graded([1], report_of([2], lines=7)).lines == 7


def test_a_report_that_is_right_or_much_too_long_is_not_parsed() -> None:
    large = [0] * 300_000
    report, flood = report_of(large), report_of([[]] * 300_000)
    tracemalloc.start()
    try:
        assert graded([1], flood).why == f"the result takes {len(flood)} bytes, the expected one 15"
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()
    assert graded(large, report).passed


def test_a_syntax_error_is_one_line() -> None:
    text = "File \"program.py\", line 3\n    print(8\n         ^\nSyntaxError: '(' was never closed"
    found = graded(1, json.dumps({"stage": "compile", "text": text}).encode())
    assert (found.status, found.why) == ("compile_error", "SyntaxError: '(' was never closed (line 3)")
