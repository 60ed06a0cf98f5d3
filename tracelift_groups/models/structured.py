"""Reads a model's answer: JSON, a number, a program. What can be read in two ways is not read at all.

A server may enforce the JSON Schema of a request or ignore it, so the text of an answer is parsed either way.
"""

import ast
import json
import re
import warnings
from collections.abc import Iterable, Mapping
from typing import Any  # JSON

from tracelift_groups.errors import CallError, shorten
from tracelift_groups.models.backend import Reply

_FENCED = re.compile(r"^```[ \t]*(\w*)[ \t]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_NUMBER_WORDS = "zero one two three four five six seven eight nine ten".split()
_STATED = re.compile(r"\\boxed\{|####\s*\S|\banswer(?:\s+is\b|\s*[:=])", re.IGNORECASE)
_MOST_OBJECTS = 200


def answer_text(reply: Reply) -> str:
    """The text of a finished answer. CallError when it was cut off, refused or is empty."""
    if reply.finish_reason == "length":
        raise CallError(
            "cut off",
            f"The answer was cut off after {reply.output_tokens} tokens.",
            "Allow more: MODEL@URL?max_tokens=N",
        )
    if reply.finish_reason in ("content_filter", "refusal"):
        raise CallError("refused", "The model refused to answer.")
    if not reply.text.strip():
        raise CallError("empty", "The answer is empty.")
    return reply.text


def json_answer(text: str, required: Iterable[str]) -> Mapping[str, Any]:
    """The last JSON object of a text that has all the `required` keys. CallError (unparsable) when there is none."""
    keys = set(required)
    found = [row for row in _objects(text) if keys <= row.keys()]
    if not found:
        raise CallError("unparsable", f"The answer holds no JSON object with {_listed(keys)}: {shorten(text, end='…')}")
    return found[-1]


def stated_answer(text: str) -> str:
    """The value of `answer` in a JSON answer; else the whole text if it marks an answer (box, ####, "answer is").

    CallError (unparsable) for anything else.
    """
    try:
        value = json_answer(text, ("answer",))["answer"]
    except CallError:
        if _STATED.search(text):
            return text
        raise
    if isinstance(value, bool) or not isinstance(value, str | int | float) or not str(value).strip():
        raise CallError("unparsable", f"The answer is no text or number: {shorten(json.dumps(value), end='…')}")
    return str(value)


def program_of(text: str) -> str:
    """The last fenced Python block of a text, or the whole text if it is a program. CallError (unparsable) if none."""
    blocks: list[str] = [
        body for language, body in _FENCED.findall(text) if language.lower() in ("", "python", "python3", "py")
    ]
    if blocks:
        return blocks[-1]
    if "```" not in text and _compiles(text):
        return text
    raise CallError("unparsable", f"The answer holds no program in a ```python block: {shorten(text, end='…')}")


def unambiguous_number(value: object, low: float, high: float) -> float | None:
    """A number in [low, high] if the value has one reading: 4, 4.0, "4", " Four". None for all else, as for "4/5"."""
    if isinstance(value, str):
        text = value.strip().lower()
        if text in _NUMBER_WORDS:
            value = _NUMBER_WORDS.index(text)
        elif _NUMBER.fullmatch(text):
            value = float(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if low <= value <= high else None


def _objects(text: str) -> Iterable[dict[str, Any]]:
    """The JSON objects of a text, from left to right, none inside another."""
    decoder, at = json.JSONDecoder(), 0
    for _ in range(_MOST_OBJECTS):
        at = text.find("{", at)
        if at < 0:
            return
        try:
            row, at = decoder.raw_decode(text, at)
            yield row
        except (ValueError, RecursionError):
            at += 1


def _compiles(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in the model's program is no concern of ours
            body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    # A single word or sentence fragment can be an expression; a program defines or does something.
    return any(not isinstance(node, ast.Expr) for node in body)


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(f'"{key}"' for key in sorted(keys))
