import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracelift_groups.audit.surface_features import lengths, numbers, repetition, style

VIEWS = [lengths, numbers, repetition, style]


def test_length_is_characters_words_and_steps() -> None:
    assert lengths("One two.\nThree four five.") == {"characters": 25, "words": 5, "steps": 2}


def test_numbers_are_read_with_commas_and_decimals() -> None:
    found = numbers("He pays $1,250 and .50, then 2.5 and 7.0")
    shown = {name: found[name] for name in ("numbers", "not whole", "with decimals", "decimals", "with a comma")}
    assert shown == {"numbers": 4, "not whole": 2, "with decimals": 3, "decimals": 4, "with a comma": 1}
    assert (found["first digit 1"], found["first digit 5"], found["last digit 0"]) == (0.25, 0.25, 0.75)


def test_repetition_knows_the_last_number_and_numbers_that_stand_alone() -> None:
    assert repetition("3 + 4 = 7, so 7") == {
        "the last number was seen before": 1.0,
        "numbers that occur once": 2,
        "share of numbers that occur once": 0.5,
    }
    assert repetition("3 + 4 = 8")["the last number was seen before"] == 0.0


def test_style_counts_signs_connectives_and_how_steps_end() -> None:
    found = style("So 2+2 = 4.\nThen stop\n```x```")
    assert (found["sign ="], found["sign +"], found["word so"], found["word then"], found["fences"]) == (1, 1, 1, 1, 2)
    assert (found["steps without ="], found["steps that end in a stop"], found["= in the last step"]) == (2, 1, 0.0)


@pytest.mark.parametrize("view", VIEWS)
@given(text=st.text())
def test_every_text_has_the_same_features_all_finite(view, text: str) -> None:  # type: ignore[no-untyped-def]
    found = view(text)
    assert list(found) == list(view("2 + 2 = 4"))
    assert all(abs(value) < 1e308 for value in found.values())


@pytest.mark.parametrize("text", ["9" * 100_000, "", "x " * 50_000, "1," * 50_000, "٣ + ٤ = ٧"])
@pytest.mark.parametrize("view", VIEWS)
def test_huge_and_strange_texts_have_finite_features(view, text: str) -> None:  # type: ignore[no-untyped-def]
    assert all(abs(value) < 1e308 for value in view(text).values())
