"""Families of near-duplicate problems.

Two problems are near-duplicates when the exact Jaccard similarity of their sets of three-token runs reaches a
threshold; MinHash with banding only proposes the pairs that are compared. Such pairs connect a family; its key is the
smallest problem_id in it.

Tokens are lower-case words, mathematical signs, and one mask for every run of digits: a problem with other numbers is
not new to a model that has seen it ("A train travels 270 miles in 3 hours …" and the same with 360). On GSM8K train at
0.8 the mask finds four pairs, all duplicates by manual reading; without it only one of the four is found. Names are
kept: at that threshold they separate no pair that should be joined.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

_TOKEN = re.compile(r"(?P<number>\d[\d,.]*\d|\d)|[^\W\d_]+|[-+*/^=<>×÷−%|!]")
_RUN = 3  # tokens
_PERMUTATIONS = 128
_MISSED = 1e-6  # accepted chance that a pair exactly at the threshold is never proposed


def families(problems: Mapping[str, str], threshold: float) -> dict[str, str]:
    """problem_id → the key of its family, sorted by problem_id."""
    alike: defaultdict[frozenset[str], list[str]] = defaultdict(list)
    for name in problems:
        alike[_runs(problems[name])].append(name)
    parent = {name: name for name in sorted(problems)}
    for names in alike.values():
        for left, right in pairwise(names):
            _join(parent, left, right)
    sets, names = list(alike), [names[0] for names in alike.values()]
    for i, j in _proposed(sets, threshold):
        if _jaccard(sets[i], sets[j]) >= threshold:
            _join(parent, names[i], names[j])
    return {name: _root(parent, name) for name in parent}


def _runs(problem: str) -> frozenset[str]:
    text = unicodedata.normalize("NFKC", problem).lower()
    tokens = ["0" if match["number"] else match[0] for match in _TOKEN.finditer(text)]
    return frozenset(" ".join(tokens[i : i + _RUN]) for i in range(max(1, len(tokens) - _RUN + 1)))


def _proposed(sets: list[frozenset[str]], threshold: float) -> Iterable[tuple[int, int]]:
    from rensa import RMinHash, RMinHashLSH  # type: ignore[import-untyped]  # ships no types

    rows = next((r for r in (8, 4, 2) if (1 - threshold**r) ** (_PERMUTATIONS // r) < _MISSED), 1)
    hashes = RMinHash.from_token_sets([sorted(runs) for runs in sets], num_perm=_PERMUTATIONS, seed=1)
    index = RMinHashLSH(threshold, _PERMUTATIONS, _PERMUTATIONS // rows)
    index.insert_many(hashes)
    for i, near in enumerate(index.query_all(hashes)):
        yield from ((i, j) for j in sorted(set(near)) if i < j)


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    shared = len(left & right)
    return shared / (len(left) + len(right) - shared)


def _root(parent: dict[str, str], name: str) -> str:
    while parent[name] != name:
        parent[name] = parent[parent[name]]
        name = parent[name]
    return name


def _join(parent: dict[str, str], left: str, right: str) -> None:
    low, high = sorted((_root(parent, left), _root(parent, right)))
    parent[high] = low
