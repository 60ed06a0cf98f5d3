import re

from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.report.charts import histogram, stacked


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40))
def test_every_bin_with_anything_in_it_is_seen_and_none_leaves_the_picture(counts: list[int]) -> None:
    bars = re.findall(
        r'<rect class="bar" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', histogram(counts, "t")
    )
    assert len(bars) == len(counts)
    for count, (x, y, width, height) in zip(counts, bars, strict=True):
        assert (float(height) > 0) == (count > 0)
        assert float(y) >= 0
        assert float(x) + float(width) <= 640


def test_titles_carry_the_numbers_and_are_escaped() -> None:
    assert "<title>0.50 to 1.00: 1,234</title>" in histogram([0, 1234], "t")
    picture = stacked({"a<b": [1, 3]}, 't"', ["low", "high"])
    assert "<title>a&lt;b, high: 3 (75.0%)</title>" in picture
    assert 'aria-label="t&quot;"' in picture


def test_shares_fill_the_bar_and_nothing_is_an_empty_bar() -> None:
    widths = [float(width) for width in re.findall(r'width="([\d.]+)" height', stacked({"a": [1, 2, 1]}, "t", "xyz"))]
    assert sum(widths) == 450
    assert "rect" not in stacked({"a": [0, 0]}, "t", "xy")
