"""The table of units."""

from fractions import Fraction

from tracelift_groups.math.text.units import UNIT_TABLE, UNITS, UNITS_IN_PROSE


def test_factors_between_units_are_exact() -> None:
    def ratio(one: str, other: str) -> Fraction:
        assert UNITS[one][0] == UNITS[other][0]
        return UNITS[one][1] / UNITS[other][1]

    assert [ratio("mile", "foot"), ratio("foot", "inch"), ratio("pound", "ounce")] == [5280, 12, 16]
    assert [ratio("week", "hour"), ratio("decade", "year")] == [168, 10]
    assert ratio("inch", "cm") == Fraction(254, 100)


def test_no_word_names_two_units() -> None:
    words = [word for units in UNIT_TABLE.values() for names in units for word in names.split()]
    assert len(words) == len(set(words)) == len(UNITS)


def test_a_preposition_is_no_inch_in_a_sentence() -> None:
    assert UNITS["in"] == UNITS["inch"]
    assert "in" not in UNITS_IN_PROSE
    assert "inch" in UNITS_IN_PROSE
