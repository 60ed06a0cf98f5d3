"""What counts as the right output."""

import pytest

from tracelift_groups.sandbox.host.output import output_difference


@pytest.mark.parametrize(
    ("expected", "found"), [("3\n", "3"), ("3", "3  \n\n\n"), ("a b\nc\n", "a b \nc\r\n"), ("", "\n"), ("\n\n", "")]
)
def test_space_at_the_ends_of_lines_and_of_the_output_does_not_count(expected: str, found: str) -> None:
    assert output_difference(expected, found) is None


@pytest.mark.parametrize(
    ("expected", "found", "why"),
    [
        ("3", "4", "line 1 is 4, not 3"),
        ("a b", "a  b", "line 1 is a  b, not a b"),
        ("a\nb", "a b", "line 1 is a b, not a"),
        ("a\nb", "a", "1 lines instead of 2"),
        ("a", " a", "line 1 is  a, not a"),
        ("a", "\na", "line 1 is '', not a"),
        ("1.0", "1", "line 1 is 1, not 1.0"),
    ],
)
def test_everything_else_does(expected: str, found: str, why: str) -> None:
    assert output_difference(expected, found) == why


def test_tokens_ignore_lines() -> None:
    assert output_difference("1 2\n3", "1\n2 3 ", tokens=True) is None
    assert output_difference("1 2 3", "1 2", tokens=True) == "2 words instead of 3"


@pytest.mark.parametrize(("found", "right"), [("0.3333333", True), ("0.3334", False), ("nan", False), ("inf", False)])
def test_numbers_may_differ_only_by_a_tolerance_that_the_test_gives(found: str, right: bool) -> None:
    assert (output_difference("0.33333334", found, tolerance=1e-6) is None) == right
    assert output_difference("0.33333334", found) is not None


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        ("inf", "5"),
        ("1e999", "0"),
        ("5", "inf"),
        ("1" + "0" * 30, "1" + "0" * 29 + "1"),
        ("10", "1_0"),
        ("3", "٣"),
        ("1e500", "1e400"),
    ],
)
def test_a_tolerance_is_for_plain_finite_numbers(expected: str, found: str) -> None:
    assert output_difference(expected, found, tolerance=1e-6) == f"line 1 is {found}, not {expected}"


@pytest.mark.parametrize(
    ("expected", "found"), [("a\nb", "a\r\nb\r\n"), ("a\r\nb", "a\nb"), ("a\nb", "a\rb"), ("a\rb", "a\nb")]
)
def test_line_ends_are_the_same_unless_they_are_kept(expected: str, found: str) -> None:
    assert output_difference(expected, found) is None
    kept = output_difference(expected, found, keep_line_ends=True)
    assert (kept is None) == ("\r\n" in expected + found)


def test_a_flood_is_wrong_without_being_taken_apart() -> None:
    assert output_difference("1", "a " * 2**21) == f"{2**22 - 1} characters instead of 1"
