"""Claims that look false and are not."""

import pytest

from tracelift_groups.math.text.parsed_trace import parse_trace
from tracelift_groups.math.text.tolerance import is_tolerated
from tracelift_groups.records.trace import Trace


@pytest.mark.parametrize(
    "text",
    [
        "2 * 110 = 220 cents = $2.20",
        "4 pounds - 6 ounces = 58 ounces",
        "17 / 3 = 5 and 2/3 loads",
        "The last digit of $17^4$ is 1",
        "Modulo 5 we have 7 * 3 = 1",
        "44 / 3 = 14.67 and then 2 * 14.67 = 29.33",
    ],
)
def test_a_claim_in_another_unit_form_or_rounding_is_not_false(text: str) -> None:
    parsed = parse_trace("", Trace.read(text))
    false = [i for i, claim in enumerate(parsed.claims) if not claim.holds]
    assert false
    assert all(is_tolerated(parsed, i) for i in false)


@pytest.mark.parametrize(
    "text",
    [
        "- 3 * 12 = 34 pens",
        "**Total:** 3 * 12 = 34",
        "2 * 110 = 210 cents = $2.10",
        "The sum of 3 + 4 is 8",
        "17 / 3 = 5 and 1/3 loads",
        "44 / 3 = 14.67 and then 2 * 14.67 = 29.43",
    ],
)
def test_false_arithmetic_stays_false(text: str) -> None:
    parsed = parse_trace("", Trace.read(text))
    assert any(not claim.holds and not is_tolerated(parsed, i) for i, claim in enumerate(parsed.claims))
