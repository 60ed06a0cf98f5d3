"""Surface balance of a bank."""

from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.flaws.surface_balance import change, imbalance, surface_counts

LINE = "Then 3 x 4 = 12.\n"


def edit(before: str, after: str) -> dict[str, str]:
    return {"before": before, "after": after}


def test_a_line_more_and_a_line_less_cancel() -> None:
    gone, added = change([edit(LINE, "")]), change([edit("", LINE)])
    assert imbalance([gone]) > 1
    assert imbalance([gone, added]) == 0


def test_a_number_as_common_as_the_old_one_changes_nothing() -> None:
    assert imbalance([change([edit("12", "12")])]) == 0
    assert imbalance([change([edit("60", "61")])]) > imbalance([change([edit("60", "50")])])


def test_signs_are_counted_as_they_are_typed() -> None:
    assert surface_counts("3 x 4") == surface_counts("3 × 4") == surface_counts("3 * 4")
    assert surface_counts("3 − 4") == surface_counts("3 - 4") != surface_counts("3 + 4")


@given(st.lists(st.tuples(st.text(), st.text()), max_size=6))
def test_undone_edits_leave_no_imbalance(pairs: list[tuple[str, str]]) -> None:
    there = change([edit(a, b) for a, b in pairs])
    back = change([edit(b, a) for a, b in pairs])
    assert imbalance([there, back]) < 1e-9
