"""The verdict on a test, from how its process ended and what it wrote. Runs outside the sandbox.

A program can't report its own pass: its output or result is compared here, or the assertion's process reports it.
"""

import json
import os
import re
import signal
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any  # JSON

from tracelift_groups.sandbox.host.compare import value_difference
from tracelift_groups.sandbox.host.limits import Limits
from tracelift_groups.sandbox.host.output import longest_right, output_difference
from tracelift_groups.sandbox.host.test_case import CallTest, StdioTest
from tracelift_groups.sandbox.host.verdict import Status, Verdict
from tracelift_groups.sandbox.protocol.messages import OUT_OF_CPU, OUT_OF_WALL, STOPPED, End

_SHOWN = 4000  # characters of output kept for display
_MAX_REPORT = 2**20  # bytes of a report that are parsed, unless the test expects a large result
_ENDED, _RESULT = b'{"stage":"ended"', b',"value":'
_PLACE = re.compile(r'File "program\.py", (line \d+)')


@dataclass(frozen=True)
class TestRun:
    """What a test's process left: how it ended, its report, stdout and stderr."""

    end: End
    report: bytes
    stdout: bytes
    stderr: bytes
    most: int = field(default=_MAX_REPORT, kw_only=True)

    def claim(self) -> dict[str, Any]:
        """The report as a dict; empty if it is not one, or longer than `most` bytes."""
        return self._claim

    @cached_property
    def _claim(self) -> dict[str, Any]:
        if len(self.report) > self.most:
            return {}
        try:
            found = json.loads(self.report)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}


def grade(test: StdioTest | CallTest, outcome: TestRun, limits: Limits, tier: str) -> Verdict:
    """The verdict on a StdioTest or a CallTest."""
    if isinstance(test, CallTest):
        return _grade_call(test, outcome, limits, tier)
    status, why = _ending(outcome, limits)
    if status == "pass":
        found = outcome.stdout.decode("utf-8", "replace")
        options = {"tokens": test.tokens, "keep_line_ends": test.keep_line_ends}
        why = output_difference(test.output, found, tolerance=test.tolerance, **options) or ""
    return verdict("wrong_answer" if why and status == "pass" else status, why, outcome, tier)


def _grade_call(test: CallTest, outcome: TestRun, limits: Limits, tier: str) -> Verdict:
    """A report with exactly the expected text is right, and one that is much longer is wrong, without being parsed."""
    expected = test.expected_text
    head, most = _ENDED + _RESULT + expected, longest_right(len(expected))
    difference: str | None
    if outcome.report.startswith(head):
        outcome = replace(outcome, report=_ENDED + outcome.report[len(head) :])
        difference = None if outcome.claim() else "the result can't be read"
    elif len(outcome.report) > most:
        difference = f"the result takes {len(outcome.report)} bytes, the expected one {len(expected)}"
        outcome = replace(outcome, report=_ENDED + b"}")
    else:
        outcome = replace(outcome, most=most)
        if "value" in outcome.claim():
            difference = value_difference(json.loads(expected), outcome.claim()["value"], test.tolerance, test.loose)
        else:
            difference = "the program ended before it returned a result"
    status, why = _ending(outcome, limits)
    if status == "pass" and difference:
        status, why = "wrong_answer", difference
    return verdict(status, why, outcome, tier)


def grade_assertion(program: TestRun, assertion: TestRun, limits: Limits, tier: str) -> Verdict:
    """The verdict on an AssertionTest, from the assertion's process and the program's."""
    claim = assertion.claim()
    stage, text = claim.get("stage"), _text(claim)
    status, why = _ending(assertion, limits)
    ended, reason = _ending(program, limits)
    if status == "pass" and stage == "passed":
        ended, reason = "pass", ""
    elif stage == "bad_test":
        ended, reason = "infrastructure_error", f"the test itself is broken: {text}"
    elif stage == "broke":
        ended, reason = "runtime_error", f"the program broke the rules of the channel to the test: {text}"
    elif stage == "large":
        ended, reason = "output_limit", text
    elif stage == "untestable":
        ended, reason = "untestable", text
    elif program.end.reason != STOPPED and ended != "pass":
        pass  # the program itself failed: keep its reason
    elif stage == "blamed":
        ended, reason = ("memory_limit" if text.startswith("MemoryError") else "runtime_error"), text
    elif stage == "failed":
        ended, reason = "wrong_answer", text
    elif stage == "gone":
        ended, reason = "runtime_error", "the program ended before it answered"
    else:
        ended, reason = status, f"the assertion did not come to an end: {why or 'no report'}"
        ended = "runtime_error" if ended == "pass" else ended
    cpu = program.end.cpu_seconds + assertion.end.cpu_seconds
    return verdict(ended, reason, program, tier, cpu)


def verdict(status: Status, why: str, outcome: TestRun, tier: str, cpu_seconds: float | None = None) -> Verdict:
    """A verdict with the program's output and line count, for display."""
    lines = outcome.claim().get("lines")
    return Verdict(
        status,
        tier,
        why,
        outcome.end.cpu_seconds if cpu_seconds is None else cpu_seconds,
        _shown(outcome.stdout),
        _shown(outcome.stderr),
        lines if type(lines) is int else None,
    )


def _ending(outcome: TestRun, limits: Limits) -> tuple[Status, str]:
    """How the process ended; `pass` for a normal end."""
    end, claim = outcome.end, outcome.claim()
    stage = claim.get("stage")
    if end.reason == OUT_OF_CPU or end.cpu_seconds > limits.cpu_seconds:
        return "timeout", f"used {limits.cpu_seconds:g} seconds of processor time"
    if end.reason == OUT_OF_WALL:
        return "timeout", f"did not end in {limits.wall:g} seconds"
    if max(len(outcome.stdout), len(outcome.stderr)) >= limits.output_mib * 2**20:
        return "output_limit", f"wrote {limits.output_mib} MiB"
    if os.WIFSIGNALED(end.status):
        number = os.WTERMSIG(end.status)
        if number == signal.SIGXFSZ:
            return "output_limit", f"wrote {limits.output_mib} MiB to a file"
        return "crashed", f"ended by {_signal(number)}"
    if stage == "compile":
        return "compile_error", _compile_error(_text(claim))
    if stage == "lines":
        return "timeout", f"executed more than {limits.lines} lines"
    if stage == "memory":
        return "memory_limit", f"needed more than {limits.memory_mib} MiB"
    if stage == "large":
        return "output_limit", _text(claim)
    code = os.WEXITSTATUS(end.status)
    if stage == "raised" or code:
        return "runtime_error", _text(claim) or f"exit code {code}"
    return "pass", ""


def _text(claim: dict[str, Any]) -> str:
    text = claim.get("text")
    return _shortened(text) if isinstance(text, str) else ""


def _compile_error(text: str) -> str:
    """The message of a syntax error and its line, without the picture of the place."""
    place = _PLACE.match(text)
    message = text.rpartition("\n")[2]
    return f"{message} ({place[1]})" if place else message


def _shown(raw: bytes) -> str:
    return _shortened(raw[: 4 * _SHOWN].decode("utf-8", "replace"))


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a real-time signal
        return f"signal {number}"
