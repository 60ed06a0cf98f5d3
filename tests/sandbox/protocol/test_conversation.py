"""Requests nest, the last one is answered first, and nobody speaks out of turn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.sandbox.protocol.conversation import (
    ANSWERS,
    MAX_NESTED,
    PROGRAM_ASKS,
    Conversation,
    OutOfTurnError,
)

_KINDS = sorted({*ANSWERS, *(answer for answers in ANSWERS.values() for answer in answers), "nonsense"})


def _say(*messages: tuple[str, bool]) -> Conversation:
    conversation = Conversation()
    for kind, from_program in messages:
        conversation.pass_on(kind, from_program)
    return conversation


def test_a_program_may_ask_before_it_answers() -> None:
    outer, inner = ("call", False), ("call", True)
    conversation = _say(outer, inner, ("get", False), ("value", True), ("value", False), ("raised", True))
    assert not conversation.program_owes
    conversation.pass_on("end", False)
    conversation.pass_on("ended", True)


@pytest.mark.parametrize(
    ("said", "kind", "from_program"),
    [
        ([], "value", True),
        ([], "call", True),
        ([("call", False)], "stop", True),
        ([("call", False)], "call", False),
        ([("call", False)], "value", False),
        ([("call", False)], "get", True),
        ([("call", False)], "ended", True),
        ([("call", False), ("value", True)], "value", True),
        ([("call", False), ("call", True)], "end", False),
        ([("end", False)], "value", True),
        ([("end", False), ("ended", True)], "call", False),
    ],
)
def test_what_may_not_follow_is_refused(said: list[tuple[str, bool]], kind: str, from_program: bool) -> None:
    conversation = _say(*said)
    with pytest.raises(OutOfTurnError):
        conversation.pass_on(kind, from_program)


def test_calls_inside_each_other_are_bounded() -> None:
    conversation = _say(*[("call", bool(depth % 2)) for depth in range(MAX_NESTED)])
    with pytest.raises(OutOfTurnError, match="too many"):
        conversation.pass_on("call", False)


@given(st.lists(st.tuples(st.sampled_from(_KINDS), st.booleans()), max_size=30))
def test_whatever_is_said_every_answer_answers_its_own_request(said: list[tuple[str, bool]]) -> None:
    conversation, asked = Conversation(), []
    for kind, from_program in said:
        try:
            is_request = conversation.pass_on(kind, from_program)
        except OutOfTurnError:
            break
        if is_request:
            asked.append((kind, from_program))
            assert not from_program or kind in PROGRAM_ASKS
        else:
            question, asked_by_program = asked.pop()
            assert kind in ANSWERS[question]
            assert asked_by_program != from_program
