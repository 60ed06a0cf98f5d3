"""Code seeds with small programs, for tests of kinds, checkers and measures of plans."""

from tracelift_groups.code.domain import DOMAIN
from tracelift_groups.code.reference import ProgramReference
from tracelift_groups.records.seed import Seed, Test

ABOVE = Seed(
    "above",
    "code",
    "test",
    "code",
    "Write above(xs, limit): how many of the first numbers, up to the first negative one, are above the limit.",
    "",
    program="""def above(xs, limit):
    n = 0
    for i in range(len(xs)):
        if xs[i] < 0:
            break
        if xs[i] > limit:
            n += abs(1)
    return n
""",
    entry_point="above",
    tests=(
        Test(assertion="assert above([1, 5, 9], 5) == 1", tag="sample"),
        Test(assertion="assert above([6, 7, -1, 9], 5) == 2"),
        Test(assertion="assert above([], 5) == 0", tag="edge"),
        Test(assertion="assert above([9], 9) == 0", tag="edge"),
    ),
    license="Apache-2.0",
)


def plan_of(seed: Seed) -> str:
    text = DOMAIN.reference_text(seed)
    assert isinstance(text, str)
    return text


def reference_of(seed: Seed) -> ProgramReference:
    return DOMAIN.parse_reference(seed, plan_of(seed))
