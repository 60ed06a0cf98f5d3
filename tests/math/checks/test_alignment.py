"""Alignment of a trace's claims with those of the worked solution."""

from tracelift_groups.math.checks.alignment import align
from tracelift_groups.math.text.parsed_trace import parse_trace
from tracelift_groups.records.trace import Trace

PROBLEM = "A shop has 14 shelves with 18 jars each and sells 37 jars."
GOLD = parse_trace(PROBLEM, Trace.read("It holds 14 * 18 = 252 jars.\nThen 252 - 37 = 215 jars are left."))


def pairs(text: str) -> dict[int, int]:
    return align(parse_trace(PROBLEM, Trace.read(text)), GOLD).pairs


def test_claims_pair_whatever_their_order_and_wording() -> None:
    assert pairs("18 x 14 = 252 and so\n215 stay because 252 - 37 = 215.") == {0: 0, 1: 1}


def test_a_changed_number_or_operator_keeps_the_pair() -> None:
    assert pairs("14 * 19 = 266\n266 - 37 = 229") == {0: 0, 1: 1}
    assert pairs("14 + 18 = 32\n32 - 37 = 5") == {0: 0, 1: 1}


def test_an_inserted_claim_does_not_take_the_place_of_the_right_one() -> None:
    assert pairs("14 * 18 = 252\n252 / 18 = 14\n252 - 37 = 215") == {0: 0, 2: 1}


def test_a_claim_about_something_else_has_no_pair() -> None:
    assert pairs("60 * 24 = 1440") == {}
