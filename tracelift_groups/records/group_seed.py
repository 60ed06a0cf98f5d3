"""What a group keeps of its seed, and the seed that a group gives back: all that a certificate needs to be recomputed.

For code that is the program (`reference_solution`), the samples in words (`tests_or_constraints`, which a reward model
may see), and in the metadata the entry point and all tests (which it may not).
"""

from collections.abc import Mapping
from typing import Any  # JSON

from tracelift_groups.records.group import Group
from tracelift_groups.records.seed import Seed, Test, needs_answer


def group_fields(seed: Seed) -> dict[str, Any]:
    """`reference_solution`, `tests_or_constraints` and `metadata` of a group of this seed."""
    metadata: dict[str, Any] = {"domain": seed.domain, "license": seed.license, "seed": dict(seed.metadata)}
    if needs_answer(seed.domain):
        return {"reference_solution": seed.answer, "tests_or_constraints": "", "metadata": metadata}
    if seed.entry_point:
        metadata["entry_point"] = seed.entry_point
    metadata["tests"] = [test.to_json() for test in seed.tests]
    shown = [_shown(test) for test in seed.tests if not test.rewards]
    return {
        "reference_solution": seed.program or "",
        "tests_or_constraints": "\n".join(shown),
        "metadata": metadata,
    }


def gold_field(domain: str) -> str:
    """The field of a seed that holds what `reference_solution` holds in a group: answer, or program."""
    return "answer" if needs_answer(domain) else "program"


def seed_of(group: Group) -> Seed:
    """The seed of a group, as far as the group keeps it. RecordError when its fields make no seed."""
    row: dict[str, Any] = {
        "problem_id": group.problem_id,
        "domain": group.domain,
        "source": group.source,
        "task_type": group.task_type,
        "problem": group.problem,
    }
    seed_metadata = group.metadata.get("seed")
    if isinstance(seed_metadata, Mapping):
        row["metadata"] = seed_metadata
    if isinstance(license := group.metadata.get("license"), str):
        row["license"] = license
    row[gold_field(group.domain)] = group.reference_solution
    if needs_answer(group.domain):
        return Seed.from_json(row)
    row["tests"] = group.metadata.get("tests") or []
    return Seed.from_json(row | {"entry_point": group.metadata.get("entry_point")})


def _shown(test: Test) -> str:
    if test.assertion is not None:
        return test.assertion
    return f"Input:\n{(test.input or '').rstrip()}\nOutput:\n{(test.output or '').rstrip()}"
