"""Limits that are out of range or of the wrong type are refused, each by its name."""

import pytest

from tracelift_groups.errors import ConfigError
from tracelift_groups.sandbox.host.limits import Limits


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("cpu_seconds", "5", "'5'"),
        ("cpu_seconds", 0, "0"),
        ("cpu_seconds", True, "True"),
        ("cpu_seconds", None, "None"),
        ("cpu_seconds", float("inf"), "inf"),
        ("cpu_seconds", 10**400, "a number of many digits"),
        ("wall_seconds", float("nan"), "nan"),
        ("wall_seconds", [1], "a value of type list"),
        ("memory_mib", 64.5, "64.5"),
        ("memory_mib", -1, "-1"),
        ("output_mib", None, "None"),
        ("scratch_mib", "16", "'16'"),
        ("threads", 10**7, "10000000"),
        ("threads", False, "False"),
        ("lines", 0, "0"),
        ("lines", 1e6, "1000000.0"),
    ],
)
def test_a_bad_limit_is_named(name: str, value: object, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Limits(**{name: value})  # type: ignore[arg-type]  # of the wrong type on purpose
    assert caught.value.what == f"The limit {name} is {words}."
    assert "above 0 and at most 1,000,000" in caught.value.todo


def test_the_wall_clock_limit_follows_the_processor_time() -> None:
    assert Limits(cpu_seconds=2).wall == 8
    assert Limits(cpu_seconds=2, wall_seconds=0.5, lines=None).wall == 0.5
