"""The names that the package promises."""

import pytest

import tracelift_groups


@pytest.mark.parametrize("name", tracelift_groups.__all__)
def test_a_promised_name_is_there(name: str) -> None:
    assert getattr(tracelift_groups, name).__name__ == name


def test_other_names_are_refused_as_python_does() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Sead'"):
        _ = tracelift_groups.Sead
