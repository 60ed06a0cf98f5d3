"""Which split a problem belongs to; a family of near-duplicates goes to one split whole.

The split follows from a hash of (seed, split_key), where the split_key is the key of the family, against the cumulative
shares. So neither the order nor the number of the other problems matters, unless one of them joins the family.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tracelift_groups.config import Config
from tracelift_groups.rng import unit_hash
from tracelift_groups.validation.near_duplicates import families


@dataclass(frozen=True)
class Placement:
    """Where a problem goes. Problems with one `split_key` are near-duplicates of each other."""

    split: str
    split_key: str


def assign(problems: Mapping[str, str], config: Config) -> dict[str, Placement]:
    """problem_id → placement, for problem_id → problem text; the same for every order of `problems`."""
    keys = families(problems, config.near_duplicate)
    return {name: Placement(_split(config, key), key) for name, key in keys.items()}


def _split(config: Config, key: str) -> str:
    point = unit_hash(config.seed, key)
    names = sorted(name for name, share in config.splits.items() if share > 0)
    for name in names:
        point -= config.splits[name]
        if point < 0:
            return name
    return names[-1]
