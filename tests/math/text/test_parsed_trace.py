"""A trace parsed with its problem."""

import sys
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from synthetic_problems import World, worlds

from tracelift_groups.math.text.parsed_trace import (
    MAX_SOURCES,
    NumberSource,
    Occurrence,
    ParsedTrace,
    _parse_step,
    parse_trace,
)
from tracelift_groups.math.text.quantity import givens
from tracelift_groups.records.trace import Trace


def parsed(problem: str, *steps: str) -> ParsedTrace:
    return parse_trace(problem, Trace.read("\n".join(steps)))


def number(found: ParsedTrace, text: str, nth: int = 0) -> Occurrence:
    return [o for o in found.occurrences if found.trace.text[o.numeral.start : o.numeral.end] == text][nth]


@pytest.mark.parametrize(
    ("problem", "step", "text", "quantity"),
    [
        ("48 clips, half as many in May", "48 / 2 = 24", "48", 0),
        ("48 clips, half as many in May", "48 / 2 = 24", "2", 1),
        ("48 clips, half as many in May", "0.5 * 48 = 24", "0.5", 1),
        ("48 clips, half as many in May", "half of 48 is 24", "half", 1),
        ("He has 9, she has twice as many", "9 * 2 = 18", "2", 1),
        ("3 eggs, then a dozen", "3 + 12 = 15", "12", 1),
        ("20% off 50 dollars", "20% of 50 is 10", "20", 0),
        ("20% off 50 dollars", "0.2 * 50 = 10", "0.2", 0),
        ("3/4 of 80 seats", "80 / 4 = 20", "4", 0),
        ("twelve eggs in 5 boxes", "12 * 5 = 60", "12", 0),
    ],
)
def test_an_operand_is_resolved_to_the_quantity_it_uses(problem: str, step: str, text: str, quantity: int) -> None:
    found = parsed(problem, step)
    assert found.origin(number(found, text)) == NumberSource("given", quantity)


@pytest.mark.parametrize(
    ("problem", "step", "text"),
    [
        ("He runs 3 miles a day. How far in a week?", "3 * 7 = 21", "7"),
        ("a box of 5 hours", "5 * 60 = 300", "60"),
        ("It loses 30% of 50", "50 * 0.7 = 35", "0.7"),
    ],
)
def test_a_constant_has_no_source_and_is_grounded(problem: str, step: str, text: str) -> None:
    found = parsed(problem, step)
    assert found.origin(number(found, text)) is None
    assert found.is_grounded(number(found, text))


def test_a_number_without_a_source_is_not_grounded() -> None:
    found = parsed("He has 12 eggs", "12 + 17 = 29")
    assert [found.is_grounded(o) for o in found.occurrences] == [True, False, True]


def test_an_operand_is_resolved_to_the_earlier_result_it_repeats() -> None:
    found = parsed("48 and 13", "48 - 13 = 35", "35 * 3 = 105", "So 105 are left")
    assert found.origin(number(found, "35", 1)) == NumberSource("claim", 0)
    assert found.origin(number(found, "105", 1)) == NumberSource("claim", 1)
    assert [o.role for o in found.occurrences] == ["operand", "operand", "result"] * 2 + ["mention"]


def test_a_result_is_never_taken_from_a_later_claim() -> None:
    found = parsed("48 and 13", "35 + 3 = 38", "48 - 13 = 35")
    assert number(found, "35").sources == ()


@pytest.mark.parametrize(
    ("problem", "steps", "text", "nth"),
    [
        ("5 apples and 5 pears", ["5 + 5 = 10"], "5", 0),
        ("5 apples and 3 pears and 8 figs", ["5 + 3 = 8", "8 * 8 = 64"], "8", 1),
        ("6 and 4", ["6 + 4 = 10", "4 + 6 = 10", "10 * 3 = 30"], "10", 2),
    ],
)
def test_a_number_with_two_possible_sources_is_undecided(problem: str, steps: list[str], text: str, nth: int) -> None:
    found = parsed(problem, *steps)
    occurrence = number(found, text, nth)
    assert len(occurrence.sources) > 1
    assert found.origin(occurrence) is None


def test_the_noun_beside_a_number_decides() -> None:
    found = parsed("5 apples and 5 pears", "5 apples * 2 = 10 apples")
    assert found.origin(number(found, "5")) == NumberSource("given", 0)


def test_a_percentage_and_the_result_it_restates_are_one_thing() -> None:
    found = parsed("8 of 10", "He is 80% there because 8 / 10 * 100 = 80", "He still needs 80% of it")
    assert [o.sources for o in found.occurrences if o.role == "mention"] == [(NumberSource("claim", 0),)] * 2
    found = parsed("a", "3 / 5 * 100 = 60%", "The rest is 100 - 60 = 40")
    assert found.origin(number(found, "60", 1)) == NumberSource("claim", 0)


def test_a_mention_in_unparsed_arithmetic_is_marked() -> None:
    found = parsed("a", "90 + 10 = 100", "With 10% = 10 / 100 off, y = 100 - 3x", "So 100 are left")
    assert [o.unread for o in found.occurrences if o.value == 100] == [False, True, True, False]


def test_a_result_that_continues_into_unparsed_arithmetic_is_marked() -> None:
    found = parsed("a", "5 + 6 = 11 = 1 + 10", "6 / 2 = 3 x 4 = 12", "6 / 8 = 3/4", "5 - 8 = -3")
    assert [o.unread for o in found.occurrences if o.role == "result"] == [True, False, False, False, False]


def test_the_parts_of_an_earlier_fraction_are_linked_and_undecided() -> None:
    found = parsed("a", "6 / 8 = 3/4", "1 - 3/4 = 1/4", "So 3/4 are left")
    parts = [o for o in found.occurrences if o.step in (1, 2) and o.role != "result" and o.value in (3, 4)]
    assert [{source.index for source in o.sources} for o in parts] == [{0}] * 4
    assert [found.origin(o) for o in parts] == [None] * 4


def test_uses_are_all_places_that_may_come_from_a_source() -> None:
    found = parsed("48 and 13", "48 - 13 = 35", "35 * 3 = 105", "35 and 105")
    assert [o.step for o in found.uses(NumberSource("claim", 0))] == [1, 2]
    assert [o.step for o in found.uses(NumberSource("given", 1))] == [0]


def test_claims_know_their_step_and_the_words_around_them_allow_rounding() -> None:
    found = parsed("a", "10 / 4 = 2", "Rounded down, 10 / 4 = 2")
    assert [(claim.step, claim.holds) for claim in found.claims] == [(0, False), (1, True)]


def test_one_paragraph_is_parsed_sentence_by_sentence() -> None:
    found = parse_trace("a", Trace.read("He has 3 + 4 = 7 eggs. He eats 2, so 7 - 2 = 5 are left. That is 5."))
    assert [claim.step for claim in found.claims] == [0, 1]
    assert [o.step for o in found.occurrences] == [0, 0, 0, 1, 1, 1, 1, 2]


def test_an_empty_text_has_no_claims() -> None:
    found = parse_trace("", Trace.read(""))
    assert (found.claims, found.occurrences, found.steps) == ((), (), ())


@given(worlds())
def test_the_known_graph_is_found(world: World) -> None:
    found = world.case.parsed
    assert [claim.result_value for claim in found.claims] == world.values()
    for i, step in enumerate(world.steps):
        for operand, (sort, index) in zip(found.operands_of(i), (step.left, step.right), strict=True):
            assert found.origin(operand) == NumberSource("given" if sort == "given" else "claim", index)


PIECES = [
    *"0123456789",
    ".",
    ",",
    "%",
    "$",
    "+",
    "-",
    "*",
    "/",
    "=",
    "(",
    ")",
    "{",
    "}",
    "\\frac{",
    "\\sqrt{",
    "x",
    " ",
]
PIECES += [" of ", " is ", "half of", "½", "٣", "３", "−", "\n", "\\[", "\\]", "\u202e", "a", " cm", "!", "^", "**"]


@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join), st.text(max_size=40))
def test_any_text_is_parsed_without_an_error(arithmetic: str, text: str) -> None:
    for trace in (arithmetic, text, arithmetic + text):
        found = parse_trace(text + arithmetic, Trace.read(trace))
        for claim in found.claims:
            assert 0 <= claim.start < claim.end <= len(found.trace.text)
        for occurrence in found.occurrences:
            numeral = occurrence.numeral
            assert 0 <= numeral.start < numeral.end <= len(found.trace.text)


LONG = {
    "digits": "1" * 100_000 + " + 2 = 3",
    "nesting": ("(" * 500 + "1" + ")" * 500 + " + 2 = 3\n") * 90,
    "open brackets": "(" * 30_000,
    "one sum": "1 + " * 25_000 + "1 = 5",
    "one chain": "1 = " * 25_000,
    "sums in a chain": "1 + 1 = " * 12_500,
    "powers": "2^" * 50_000,
    "shares": "1/2 of " * 14_000,
    "steps": "1 + 1 = 2\n" * 10_000,
    "sentences": "It is so. " * 10_000,
    "units": "3 a b c d e f " * 7_000,
    "spaces": "1" + " " * 99_998 + "1",
    "halves": "½" * 100_000,
    "fractions": "\\frac{" * 15_000,
    "products": "4(5)" * 25_000,
    "Arabic": "٣ + ٤ = ٧ " * 10_000,
    "full width": "３ + ４ = ７ " * 10_000,
    "right to left": "\u202e3 + 4 = 7 " * 8_000,
    "commas": "1,000" * 20_000,
    "unclosed blocks": "\\begin{a}" * 11_000,
}


@pytest.mark.parametrize("name", LONG)
def test_work_grows_with_the_length_of_the_text_and_no_faster(name: str) -> None:
    long = calls(LONG[name][:16_000])
    assert long <= 6 * calls(LONG[name][:4_000]) + 20_000
    assert long <= 500 * 16_000


@pytest.mark.parametrize("name", ["digits", "nesting", "one chain", "steps", "Arabic", "right to left"])
def test_a_hundred_thousand_characters_are_parsed_without_an_error(name: str) -> None:
    assert len(LONG[name]) > 50_000
    assert parse_trace(LONG[name], Trace.read(LONG[name])).trace.text == LONG[name].strip()


def calls(text: str) -> int:
    """Function calls while a text is parsed as a problem and as a trace: a measure of work without a clock."""
    count = 0

    def profile(frame: object, event: str, arg: object) -> None:  # noqa: ARG001 - the interpreter's signature
        nonlocal count
        count += event in ("call", "c_call")

    for cache in (parse_trace, _parse_step, givens):
        cache.cache_clear()
    trace = Trace.read(text)
    sys.setprofile(profile)
    try:
        parse_trace(text, trace)
    finally:
        sys.setprofile(None)
    return count


def test_no_claim_is_parsed_in_a_step_that_is_too_long() -> None:
    assert len(parsed("p", "3 + 4 = 7 and " * 500).claims) == 500
    assert not parsed("p", "3 + 4 = 7 and " * 1000).claims
    assert len(parsed("p", "3 + 4 = 7 and " * 1000, "3 + 4 = 7").claims) == 1


def test_a_value_with_thousands_of_sources_keeps_a_few() -> None:
    found = parsed("5 " * 100, *["2 + 3 = 5"] * 100)
    assert max(len(o.sources) for o in found.occurrences) <= 3 * MAX_SOURCES


def test_a_digit_that_is_not_ascii_is_no_number() -> None:
    assert parsed("٣ + ٤", "３ + ４ = ７").occurrences == ()


def test_values_are_exact() -> None:
    found = parsed("a", "0.1 + 0.2 = 0.3")
    assert found.claims[0].value == Fraction(3, 10)
    assert found.claims[0].holds


def test_two_equal_numbers_of_one_claim_are_undecided_when_they_share_their_sources() -> None:
    found = parse_trace(
        "The base is 8 years, 25% more, plus 2 extra years.",
        Trace.read("8 * 25% = 2 years.\n8 + 2 years + 2 years = 12 years."),
    )
    twins = [o for o in found.operands_of(1) if o.value == 2]
    assert [found.origin(o) for o in twins] == [None, None]
