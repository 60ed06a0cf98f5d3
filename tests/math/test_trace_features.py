"""What a trace's features count, on one problem; the answer is never given."""

import pytest

from tracelift_groups.math.trace_features import CAP, trace_features

PROBLEM = (
    "Natalia sold clips to 48 of her friends in April, and then she sold half as many clips in May. "
    "How many clips did Natalia sell altogether in April and May?"
)
RIGHT = "Natalia sold 48/2 = 24 clips in May.\nNatalia sold 48+24 = 72 clips altogether in April and May."


def _found(text: str) -> dict[str, float]:
    found = trace_features(PROBLEM, text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "feature"),
    [
        (RIGHT.replace("48+24 = 72", "48+15 = 63"), "operand without a source"),
        (RIGHT.replace("48+24 = 72", "48+15 = 63"), "result that is not used"),
        (RIGHT.replace("48+24 = 72", "48+24 = 105"), "false claim"),
        (RIGHT.replace("48/2 = 24", "48*2 = 96").replace("24 = 72", "96 = 144"), "half without /"),
        (RIGHT.replace("48", "40").replace("20", "20"), "given number not used"),
        (RIGHT.splitlines()[0], "last step presents no answer"),
        (f"{RIGHT}\n72-24 = 48", "claim computed back"),
        (f"{RIGHT}\n72-24 = 48", "last result equals a given"),
        ("48/5 = 9.6 clips.", "last result is not whole"),
        (f"{RIGHT.splitlines()[0]}\n{RIGHT}", "claim made twice"),
    ],
)
def test_an_error_is_counted_that_the_right_trace_does_not_have(text: str, feature: str) -> None:
    assert feature in _found(text)
    assert feature not in _found(RIGHT)


def test_a_count_ends_at_its_cap() -> None:
    assert (
        _found("\n".join(f"They sold {7 * i} * 3 = {21 * i + 2} clips." for i in range(50, 60)))["false claim"] == CAP
    )


def test_the_final_answer_and_its_markup_change_nothing() -> None:
    assert _found(f"{RIGHT}\n#### 72") == _found(f"{RIGHT}\nA: 72") == _found(RIGHT)


def test_a_trace_without_steps_has_no_features() -> None:
    assert trace_features(PROBLEM, " \n") is None


def test_prose_without_numbers_has_features() -> None:
    assert "no claim" in _found("She sold more in April.")
