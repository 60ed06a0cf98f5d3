"""Steps of a trace."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.records.trace import Trace

PIECES = [
    "He has 3.5 kg",
    ".",
    " ",
    "\n",
    "\r\n",
    "  \n\n ",
    "A",
    "72",
    "!",
    "?",
    "$",
    "$$",
    "\\[",
    "\\]",
    "```",
    "Mr.",
    '"',
]
PIECES += ["\\begin{align}", "\\end{align}", "[asy]", "[/asy]", "é", "\u2028", "\x1c", "\x85", "(", "x = 1"]
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join))


@given(TEXTS)
def test_steps_join_back_to_the_text_exactly(text: str) -> None:
    trace = Trace.read(text)
    assert trace.text == text.strip()
    assert all(trace.steps)
    for step, start in zip(trace.steps, trace.starts, strict=True):
        assert trace.text.startswith(step.rstrip(), start)


@given(TEXTS)
def test_reading_a_read_text_gives_the_same_steps(text: str) -> None:
    trace = Trace.read(text)
    assert Trace.read(trace.text) == trace


@given(TEXTS)
def test_every_position_lies_in_one_step_and_those_past_the_end_in_the_last(text: str) -> None:
    trace = Trace.read(text)
    steps = [trace.step_at(position) for position in range(sum(map(len, trace.steps)))]
    assert steps == [index for index, step in enumerate(trace.steps) for _ in step]
    assert trace.step_at(len(text) + 1) == max(0, len(trace.steps) - 1)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("", ()),
        (" \n ", ()),
        ("One.", ("One.",)),
        ("One. Two! Three?", ("One. ", "Two! ", "Three?")),
        ("One. Two.\nThree.", ("One. Two.\n", "Three.")),
        ("One.\n\n  Two.", ("One.\n\n  ", "Two.")),
        ("Mr. Lee has 3.5 kg. He buys more.", ("Mr. Lee has 3.5 kg. ", "He buys more.")),
        ("J. Lee is 1.5 m tall. OK.", ("J. Lee is 1.5 m tall. ", "OK.")),
        ("So\n\\[a\n= b\\]\nThen c.", ("So\n", "\\[a\n= b\\]\n", "Then c.")),
        ("$$a\nb$$", ("$$a\nb$$",)),
    ],
)
def test_lines_are_steps_and_in_a_single_line_sentences_are(text: str, steps: tuple[str, ...]) -> None:
    assert Trace.read(text).steps == steps
