"""Whatever a program says on the channel, a wrong one never passes, and the test never meets an error of ours."""

import json
import random
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any  # JSON

import pytest

from tracelift_groups.sandbox.guest import assertion
from tracelift_groups.sandbox.guest.channel import Channel
from tracelift_groups.sandbox.guest.remote import Remote

SECRET = "what no program can know 48151623"
# Each test fails for every program, but for one that knows the secret.
TESTS = [
    f"assert f(1) == {SECRET!r}",
    f"for got, want in zip(map(f, [1, 2]), [{SECRET!r}] * 2):\n    assert got == want\nassert f(3) == {SECRET!r}",
    f"assert all(map(lambda x: f(x) == {SECRET!r}, [1, 2, 3]))",
    f"assert [f(x) for x in (1, 2)] == [{SECRET!r}] * 2",
    f"assert list(f(1)) == [{SECRET!r}]",
    f"items = [1, [2]]\nf(items)\nassert items == [{SECRET!r}]",
    f"seen = []\ndef g(x):\n    seen.append(x)\n    return f(x)\nf(g)\nassert seen == [{SECRET!r}]",
    f"try:\n    found = f(1)\nexcept Exception:\n    found = None\nassert found == {SECRET!r}",
    "try:\n    found = f(1)\nexcept BaseException:\n    found = 0\nassert found == 0\nassert f(2) == 7.25",
    f"assert f(1).name == {SECRET!r}",
    f"assert f(1)(2) == {SECRET!r}",
    f"assert {SECRET!r} in f(1)",
]
_ANSWERS: list[list[Any]] = [
    ["value", ["i", "1"], [], ""],
    ["value", ["s", "x"], [], "printed\n"],
    ["value", ["l", ["i", "1"], ["r", 0]], [], ""],
    ["value", ["n"], [[0, ["l", ["i", "7"]]]], ""],
    ["value", ["o", 0, "A", ["__call__", "__iter__", "__contains__", "__eq__", "__hash__"]], [], ""],
    ["value", ["o", 1, "generator", ["__iter__", "__next__"]], [], ""],
    ["value", ["u", ["i", "1"], ["o", 2, "B", []]], [], ""],
    ["value", ["x", "Decimal", ["s", "1.5"]], [], ""],
    ["value", ["e", "m", "C", "RED", ["i", "1"], False], [], ""],
    ["value", ["h", 0], [], ""],
    ["value", ["B", "AssertionError"], [], ""],
    ["value", ["N", "P", ["x"], ["i", "1"]], [], ""],
    ["raised", "ValueError", "ValueError", ["t", ["s", "x"]], "x", None, ""],
    ["raised", "StopIteration", "StopIteration", ["t"], "", None, ""],
    ["raised", "StopIteration", "StopIteration", ["t"], "", 0, ""],
    ["raised", "SystemExit", "SystemExit", ["t"], "", None, ""],
    ["raised", "GeneratorExit", "GeneratorExit", None, "", None, ""],
    ["stop", ""],
    ["large", "too much"],
    ["untestable", "no"],
    ["ended", ""],
    ["call", 0, ["t", ["i", "1"]], ["d"]],
    ["next", 0],
    ["end"],
    ["get", 0, "x"],
]
_JUNK: list[Any] = [
    None,
    True,
    -1,
    2**70,
    1.5,
    "",
    "l",
    "\ud800",
    [],
    ["r", 0],
    ["r", -1],
    ["h", "f"],
    {"a": 1},
    [[]],
    ["q"],
]


def _mutated(message: Any, chance: random.Random) -> Any:
    """The message with one of its parts replaced, dropped or repeated."""
    if not isinstance(message, list) or not message or chance.random() < 0.2:
        return chance.choice(_JUNK)
    changed = list(message)
    place = chance.randrange(len(changed))
    match chance.randrange(4):
        case 0:
            changed[place] = _mutated(changed[place], chance)
        case 1:
            del changed[place]
        case 2:
            changed.insert(place, changed[place])
        case _:
            changed[place] = chance.choice(_JUNK)
    return changed


def _bytes(chance: random.Random) -> bytes:
    """What a program says in one test, without listening."""
    said = bytearray()
    for _ in range(chance.randrange(1, 7)):
        message = chance.choice(_ANSWERS)
        if chance.random() < 0.5:
            message = _mutated(message, chance)
        text = json.dumps(message).encode()
        if chance.random() < 0.05:
            text = text[: chance.randrange(len(text) + 1)]
        said += len(text).to_bytes(4, "big") + text
    if chance.random() < 0.1:
        said[chance.randrange(len(said))] ^= 1 << chance.randrange(8)
    return bytes(said[: chance.randrange(len(said))]) if chance.random() < 0.1 else bytes(said)


@contextmanager
def _remote(said: bytes) -> Iterator[Remote]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(said)
        theirs.shutdown(socket.SHUT_WR)
        yield Remote(Channel(ours.fileno(), 1 << 16, is_program=False))


def _report(code: str, said: bytes) -> dict[str, Any]:
    with _remote(said) as remote:
        return assertion.report_of({"names": ["f"], "setup": "", "code": code}, remote)


@pytest.mark.parametrize("code", TESTS)
def test_no_wrong_program_passes(code: str) -> None:
    chance = random.Random(code)
    stages = set()
    for _ in range(10_000 // len(TESTS) + 1):
        said = _bytes(chance)
        report = _report(code, said)
        stages.add(report["stage"])
        assert report["stage"] in ("failed", "blamed", "gone", "broke", "large", "untestable"), (said, report)
        if report["stage"] == "failed":  # by what the test itself asserts, or does with a value of another type
            assert report["text"].startswith(("AssertionError", "TypeError", "AttributeError")), (said, report)
    assert "broke" in stages


def _message(*messages: list[Any]) -> bytes:
    texts = [json.dumps(message).encode() for message in messages]
    return b"".join(len(text).to_bytes(4, "big") + text for text in texts)


def test_a_right_program_passes() -> None:
    assert _report("assert f(1) == 2", _message(["value", ["i", "2"], [], ""], ["ended", ""])) == {"stage": "passed"}


@pytest.mark.parametrize(
    "said",
    [
        [["value", ["i", "2"], [], ""]] * 2,
        [["value", ["i", "2"], [], ""], ["stop", ""]],
        [["stop", ""]],
        [["value", ["i", "2"], [], ""], ["ended", ""], ["ended", ""]],
        [["value", ["i", "2"], [[0, ["l"]]], ""], ["ended", ""]],
        [["call", 0, ["t"], ["d"]]],
        [["value", ["r", 5], [], ""], ["ended", ""]],
    ],
)
def test_a_right_answer_among_others_does_not_help(said: list[list[Any]]) -> None:
    assert _report("assert f(1) == 2", _message(*said))["stage"] == "broke"
