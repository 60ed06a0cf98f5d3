"""Shortcut probes: can a flaw be distinguished from its reference by the trace alone, without the problem?

Each probe is a logistic regression on one view of a trace, fitted on 70 % of the problems and evaluated on the pairs
(flaw, reference) of the others. *Pooled* is one probe over all kinds, *solo* one for a single kind. Comparisons without
a fitted model are in pair_statistics.py. Needs scikit-learn (the extra `audit`), imported inside the functions.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress
from typing import Any  # matrices of numpy and scipy; scikit-learn, which has no types

from tracelift_groups.audit import surface_features as surface
from tracelift_groups.audit.pair_accuracy import Accuracy, accuracy, is_held_out, point
from tracelift_groups.errors import MissingExtraError, RecordError
from tracelift_groups.records.group import Group

NEEDED = 50  # problems; with fewer, the held-out accuracy means nothing
_NEEDED_FITTED, _NEEDED_HELD_OUT = 20, 10  # problems of one kind, for its solo probe
_TELLS = 5
_WORDS = r"\w+|[^\w\s]"
_STRENGTH = 1.0  # inverse regularization strength; 10 and 100 are no more accurate


@dataclass(frozen=True)
class Tell:
    """A feature that distinguishes flaws from references. `ahead` is its mean share of a pair's margin.

    A positive weight means that flaws have more of it. N-grams are shown as `word …` or `characters …`, quoted.
    """

    feature: str
    weight: float
    ahead: float


@dataclass(frozen=True)
class Probe:
    """How well one view of the trace distinguishes flaws from references; strongest tells first.

    `solo` and `tells` have no entry for a kind with too few problems (20 to fit, 10 held out).
    """

    name: str
    pooled: Accuracy
    pooled_tells: tuple[Tell, ...]
    kinds: Mapping[str, Accuracy]
    solo: Mapping[str, Accuracy]
    tells: Mapping[str, tuple[Tell, ...]]


def run_probes(groups: Iterable[Group], names: Sequence[str] = (), sample: int | None = None) -> tuple[Probe, ...]:
    """The probes with these names (none: all), in the order of VIEWS. The same groups give the same result.

    `sample` uses that many problems, chosen by their ids alone. Raises RecordError if fewer than 50 problems have a
    reference and a flaw, MissingExtraError without scikit-learn.
    """
    pairs = _Pairs(_sampled(groups, sample))
    found = len(set(pairs.problem_of_pair))
    if found < NEEDED:
        raise RecordError(
            f"Shortcut probes need at least {NEEDED} problems with a reference and a flaw; found {found}.",
            rule="too-few-groups",
        )
    _require_sklearn("Shortcut probes")
    return tuple(_probe(name, view, pairs) for name, view in VIEWS.items() if not names or name in names)


def probe_scores(name: str, fitted: Iterable[Group], measured: Iterable[Group]) -> list[list[float]]:
    """For each measured group, a score of each candidate: higher is more like a positive of the fitted groups.

    `name` is one of VIEWS. RecordError when no fitted group has a reference and a flaw, MissingExtraError without
    scikit-learn.
    """
    _require_sklearn("The baseline of n-grams")
    import numpy as np

    known = [group for group in fitted if group.positive_pool and group.negative_bank]
    if not known:
        raise RecordError("No group to fit the probe on has a reference and a flaw.", rule="too-few-groups")
    groups = [*known, *measured]
    texts = [candidate.reasoning for group in groups for candidate in group.candidates]
    flawed = np.array([i >= len(g.positive_pool) for g in groups for i in range(len(g.candidates))])
    count = sum(len(group.candidates) for group in known)
    own = np.arange(len(texts)) < count
    matrix, _ = VIEWS[name](texts, own)
    scores = iter((-(matrix @ _fitted(matrix, flawed, np.flatnonzero(own)))).tolist()[count:])
    return [[next(scores) for _ in group.candidates] for group in groups[len(known) :]]


class _Pairs:
    """The traces of all groups, one per row, and every pair of a flaw and a reference of its group, by row."""

    def __init__(self, groups: Iterable[Group]) -> None:
        self.texts: list[str] = []
        self.flawed: list[bool] = []
        self.held_out: list[bool] = []
        self.flaw_of_pair: list[int] = []
        self.reference_of_pair: list[int] = []
        self.kind_of_pair: list[str] = []
        self.problem_of_pair: list[int] = []
        self._problems: dict[str, int] = {}
        for group in groups:
            self._add(group)

    def _add(self, group: Group) -> None:
        if not group.positive_pool or not group.negative_bank:
            return
        problem = self._problems.setdefault(group.problem_id, len(self._problems))
        first = len(self.texts)
        self.texts += [candidate.reasoning for candidate in group.candidates]
        self.flawed += [False] * len(group.positive_pool) + [True] * len(group.negative_bank)
        self.held_out += [is_held_out(group.problem_id)] * len(group.candidates)
        for row, flaw in enumerate(group.negative_bank, start=first + len(group.positive_pool)):
            for reference in range(first, first + len(group.positive_pool)):
                self.flaw_of_pair.append(row)
                self.reference_of_pair.append(reference)
                self.kind_of_pair.append(flaw.negative_kind or "")
                self.problem_of_pair.append(problem)


# A view turns all texts into a matrix and the names of its columns; scales and vocabulary come from the fitted part.
View = Callable[[Sequence[str], Any], tuple[Any, Sequence[str]]]


def _require_sklearn(purpose: str) -> None:
    try:
        import sklearn  # noqa: F401 - checks that it is installed
    except ImportError as cause:
        raise MissingExtraError(purpose, "audit") from cause


def _probe(name: str, view: View, pairs: _Pairs) -> Probe:
    import numpy as np

    held_out, flawed = np.array(pairs.held_out), np.array(pairs.flawed)
    matrix, features = view(pairs.texts, ~held_out)
    flaw, reference = np.array(pairs.flaw_of_pair), np.array(pairs.reference_of_pair)
    kinds, problems = np.array(pairs.kind_of_pair, dtype=object), np.array(pairs.problem_of_pair)
    test = held_out[flaw]

    def row_differences(chosen: Any) -> Any:
        # Rows are subtracted before weighting, so that equal traces tie exactly in any order of summation.
        return matrix[flaw[chosen]] - matrix[reference[chosen]]

    weights = _fitted(matrix, flawed, np.flatnonzero(~held_out))
    difference = row_differences(test)
    pooled = accuracy(difference @ weights, problems[test])
    assert pooled is not None  # of 50 problems, none held out: 1 in 10**7
    pooled_tells = _tells(difference, weights, features)
    by_kind, solo, tells = {}, {}, {}
    for kind in sorted(set(pairs.kind_of_pair)):
        fitted, measured = (kinds == kind) & ~test, (kinds == kind) & test
        difference = row_differences(measured)
        if found := accuracy(difference @ weights, problems[measured]):
            by_kind[kind] = found
        if len(set(problems[fitted])) >= _NEEDED_FITTED and len(set(problems[measured])) >= _NEEDED_HELD_OUT:
            rows = np.unique(np.concatenate([flaw[fitted], reference[fitted]]))
            own = _fitted(matrix, flawed, rows)
            if alone := accuracy(difference @ own, problems[measured]):
                solo[kind] = alone
                tells[kind] = _tells(difference, own, features)
    return Probe(name, pooled, pooled_tells, by_kind, solo, tells)


def _fitted(matrix: Any, flawed: Any, rows: Any) -> Any:
    """The weights of a logistic regression; flaws and references have equal total weight."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_STRENGTH, solver="liblinear", tol=1e-2, max_iter=1000, class_weight="balanced")
    return model.fit(matrix[rows], flawed[rows]).coef_[0]


def _tells(difference: Any, weights: Any, features: Sequence[str]) -> tuple[Tell, ...]:
    import numpy as np

    ahead = np.asarray(difference.mean(axis=0)).ravel() * weights
    strongest = np.argsort(-ahead, kind="stable")[:_TELLS]
    return tuple(Tell(features[i], float(weights[i]), float(ahead[i])) for i in strongest if ahead[i] > 0)


def _ngrams(texts: Sequence[str], fitted: Any) -> tuple[Any, Sequence[str]]:
    """TF-IDF of words (1 and 2; a punctuation mark is a word) and of characters (1 to 4), case-sensitive."""
    import numpy as np
    from scipy.sparse import hstack, vstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    made = partial(TfidfVectorizer, lowercase=False, min_df=2, sublinear_tf=True)
    parts: dict[str, Any] = {
        "word": made(ngram_range=(1, 2), token_pattern=_WORDS),
        "characters": made(analyzer="char", ngram_range=(1, 4)),
    }
    # Fitted and other texts are counted separately, once each; then the rows are restored to their order.
    own, other = (list(compress(texts, rows)) for rows in (fitted, ~fitted))
    order = np.argsort(np.concatenate([np.flatnonzero(fitted), np.flatnonzero(~fitted)]))
    blocks = [vstack([part.fit_transform(own), part.transform(other)]) for part in parts.values()]
    matrix = hstack(blocks, format="csr")[order]
    return matrix, [f"{of} {name!r}" for of, part in parts.items() for name in part.get_feature_names_out()]


def _measures(*functions: Callable[[str], dict[str, float]]) -> View:
    """The view of the features of these functions, each scaled to unit deviation over the fitted part."""

    def view(texts: Sequence[str], fitted: Any) -> tuple[Any, Sequence[str]]:
        import numpy as np

        rows = [[function(text) for function in functions] for text in texts]
        matrix = np.array([[value for part in row for value in part.values()] for row in rows])
        own = matrix[fitted]
        deviation = own.std(axis=0)
        deviation[deviation == 0] = 1
        return (matrix - own.mean(axis=0)) / deviation, [name for part in rows[0] for name in part]

    return view


VIEWS: Mapping[str, View] = {
    "n-grams": _ngrams,
    "length": _measures(surface.lengths),
    "numbers": _measures(surface.numbers),
    "numbers and repetition": _measures(surface.numbers, surface.repetition),
    "style": _measures(surface.style),
}


def _sampled(groups: Iterable[Group], sample: int | None) -> Iterable[Group]:
    if sample is None:
        return groups
    every = list(groups)
    chosen = set(sorted({group.problem_id for group in every}, key=lambda name: point(name, "sample"))[:sample])
    return (group for group in every if group.problem_id in chosen)
