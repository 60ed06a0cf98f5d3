"""No text of a program's does anything where it is shown."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.sandbox.host.escape import escape
from tracelift_groups.sandbox.host.verdict import Verdict


@pytest.mark.parametrize(
    ("text", "line", "block"),
    [
        ("a b é 漢 👩‍👩‍👧", "a b é 漢 👩‍👩‍👧", "a b é 漢 👩‍👩‍👧"),
        ("a\n\tb\r\n", "a\\n\\tb\\r\\n", "a\n\tb\\r\n"),
        ("\x1b[31mred\x07\x00\x7f", "\\x1b[31mred\\x07\\x00\\x7f", "\\x1b[31mred\\x07\\x00\\x7f"),
        ("\x9b31m\x85", "\\x9b31m\\x85", "\\x9b31m\\x85"),
        ("\ud800", "\\ud800", "\\ud800"),
        ("\u202eabc\u2066", "\\u202eabc\\u2066", "\\u202eabc\\u2066"),
        ("a\u2028b", "a\\u2028b", "a\\u2028b"),
        ("C:\\new", "C:\\new", "C:\\new"),
    ],
)
def test_unsafe_characters_become_escapes(text: str, line: str, block: str) -> None:
    assert escape(text) == line
    assert escape(text, block=True) == block


ANY_TEXT = st.text(st.characters(exclude_categories=())) | st.text(st.sampled_from("a\n\t\r\x1b\x85\ud800\u202e\u2028"))


@given(ANY_TEXT)
def test_no_text_of_a_verdict_has_an_unsafe_character(text: str) -> None:
    found = Verdict("wrong_answer", "A", text, stdout=text, stderr=text)
    assert json.dumps(found.to_json(), ensure_ascii=False).encode("utf-8")
    assert len(f"{found.why}.".splitlines()) == 1
    for shown in (found.why, found.stdout.replace("\n", "").replace("\t", ""), found.stderr):
        assert escape(shown, block=True) == shown
        assert not {unicodedata.category(character) for character in shown if character not in "\n\t"} & {
            "Cc",
            "Cs",
            "Zl",
        }
