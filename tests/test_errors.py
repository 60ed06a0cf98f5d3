"""Errors say what is wrong and what to do, also after a journey between processes."""

import pickle

import pytest

from tracelift_groups.errors import MissingExtraError, RecordError, TraceliftError, UnknownNameError, suggestion


@pytest.mark.parametrize(
    "error",
    [
        TraceliftError("What.", "Todo."),
        RecordError("What.", "Todo.", rule="wrong-type"),
        UnknownNameError("kind", "x", ["y"]),
        MissingExtraError("Training", "train"),
    ],
)
def test_an_error_sent_home_by_a_worker_is_the_same_error(error: TraceliftError) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (str(copy), copy.__dict__) == (str(error), error.__dict__)


def test_the_sentence_is_what_and_todo() -> None:
    assert str(TraceliftError("What.", "Todo.")) == "What. Todo."
    assert str(TraceliftError("What.")) == "What."


def test_a_near_name_is_suggested_and_otherwise_all_are_listed() -> None:
    assert suggestion("mising_step", ["missing_step", "other"]) == 'Did you mean "missing_step"?'
    assert suggestion("zzz", ["b", "a"]) == "Known: a, b."
    assert suggestion("zzz", []) == "Known: none."
