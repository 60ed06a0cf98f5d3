from random import Random

import pytest

from tracelift_groups.audit.pair_accuracy import HELD_OUT, accuracy, is_held_out


def test_a_tie_counts_half() -> None:
    found = accuracy([1.5, -0.1, 0.0, 0.0], [0, 1, 2, 3])
    assert found is not None
    assert (found.value, found.pairs, found.problems) == (0.5, 4, 4)


def test_no_pairs_have_no_accuracy() -> None:
    assert accuracy([], []) is None


def test_the_interval_holds_the_value_and_widens_when_pairs_share_problems() -> None:
    margins = [Random(1).choice((1, -1)) for _ in range(1)] * 40 + [1, -1] * 80
    alone, shared = accuracy(margins, range(200)), accuracy(margins, [i // 20 for i in range(200)])
    assert alone is not None
    assert shared is not None
    assert alone.low < alone.value < alone.high
    assert shared.value == alone.value
    assert shared.problems == 10
    same_within = accuracy([1] * 100 + [-1] * 100, [i // 20 for i in range(200)])
    assert same_within is not None
    independent = accuracy([1, -1] * 100, range(200))
    assert independent is not None
    assert same_within.high - same_within.low > 2 * (independent.high - independent.low)


def test_the_held_out_part_is_the_same_in_every_run_and_about_its_share() -> None:
    names = [f"problem-{i}" for i in range(4000)]
    assert sum(map(is_held_out, names)) / len(names) == pytest.approx(HELD_OUT, abs=0.03)
    assert [name for name in names[:10] if is_held_out(name)] == ["problem-1", "problem-6", "problem-8", "problem-9"]
