"""The problems that come with the package."""

import pytest

from tracelift_groups.errors import SourceError
from tracelift_groups.seed import Seed
from tracelift_groups.source import read_seeds


def test_every_bundled_row_is_a_seed_with_its_own_id_and_tags() -> None:
    seeds = list(read_seeds("bundled"))
    assert len(seeds) >= 60
    assert all(isinstance(seed, Seed) for seed in seeds)
    assert len({seed.problem_id for seed in seeds}) == len(seeds)
    assert all(isinstance(seed, Seed) and {"topic", "difficulty"} <= set(seed.metadata) for seed in seeds)


def test_an_argument_is_refused() -> None:
    with pytest.raises(SourceError, match="no argument"):
        list(read_seeds("bundled:math"))
