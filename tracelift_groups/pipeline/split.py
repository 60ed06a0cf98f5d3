"""Which split a problem belongs to. A family of near-duplicates goes to one split whole.

Two problems are near-duplicates when the exact Jaccard similarity of their sets of three-token runs reaches
`near_duplicate`; MinHash with banding only proposes the pairs that are compared. A family is what such pairs connect,
and its `split_key` is the smallest problem_id in it. The split follows from a hash of (seed, split_key) against the
cumulative shares, so neither the order nor the number of the other problems matters, unless one of them joins the
family.

Tokens are lower-case words, mathematical signs, and one mask for every run of digits: a problem with other numbers put
in is the same problem to a model that has seen it ("A train travels 270 miles in 3 hours …" and its twin with 360).
Over GSM8K train at 0.8 the mask finds four pairs, all of them twins on reading; with the digits kept only one of the
four is found, and names, which stay, keep apart no pair that was worth joining at that threshold.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from tracelift_groups.config import Config
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
    point = int.from_bytes(sha256(f"{config.seed}\x1f{key}".encode()).digest()[:8]) / 2**64
    names = sorted(name for name, share in config.splits.items() if share > 0)
    for name in names:
        point -= config.splits[name]
        if point < 0:
            return name
    return names[-1]
