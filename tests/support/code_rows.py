"""What the tests of code sources share: rows with fields exchanged for anything, and how many seeds of a file hold."""

from typing import Any

from hypothesis import strategies as st

from tracelift_groups.pipeline.check_seeds import check_seeds

_ODD = ["def f(x):\n\treturn x\n", "assert f(1) == 1", "[", "{}", "[[1]]", "1 - " * 400 + "1", "(" * 300, "f(1) == 1\\"]
_TEXTS = st.text(max_size=30) | st.sampled_from(_ODD)
_ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def any_row(row: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The row with some of its fields exchanged for any JSON, some for other text, and some left out."""
    changes = st.dictionaries(st.sampled_from(sorted(row)), _ANY, max_size=2)
    gone = st.sets(st.sampled_from(sorted(row)), max_size=1)
    return st.builds(
        lambda change, names: {name: value for name, value in {**row, **change}.items() if name not in names},
        changes,
        gone,
    )


def checked(spec: str) -> tuple[int, int]:
    """Seeds whose gold holds, and all rows; none may be without a verdict."""
    sifted = check_seeds(spec)
    assert not sifted.failures
    return sifted.seeds, sifted.seeds + len(sifted.drops)
