"""Settings of all tests: Hypothesis has no deadline, no verdict depends on a clock; the longest tests start first."""

import pytest
from hypothesis import settings

settings.register_profile("no-clock", deadline=None)
settings.load_profile("no-clock")

LONGEST = ("test_road.py", "test_readme.py")  # a worker that got these last would keep the others waiting


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name not in LONGEST)
