"""Who made a text."""

from importlib.metadata import version

from tracelift_groups.records.provenance import from_seed, symbolic, tool_version


def test_provenance_names_the_engine_the_seed_and_the_release() -> None:
    assert tool_version() == version("tracelift-groups")
    assert symbolic(7) == {"engine": "symbolic", "seed": 7, "version": tool_version()}
    assert from_seed("seed_solution") == {"engine": "seed_solution", "version": tool_version()}
