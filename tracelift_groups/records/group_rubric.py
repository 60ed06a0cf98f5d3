"""Whether groups are scored on the dimensions that something works with."""

from collections.abc import Iterable

from tracelift_groups.errors import RecordError
from tracelift_groups.records.group import Group
from tracelift_groups.records.rubric import TOTAL


def require_rubric(groups: Iterable[Group], names: Iterable[str], place: str, owner: str) -> None:
    """RecordError when a candidate is scored on a dimension that is not one of `names`; `owner` is who has these.

    The sentence begins with `place`, unless that is empty.
    """
    known = set(names)
    for group in groups:
        for candidate in group.candidates:
            other = [name for name in candidate.rubric if name not in known and name != TOTAL]
            if other:
                what = f'Group {group.problem_id} is scored on "{other[0]}", which {owner} does not have.'
                raise RecordError(f"{place}: {what}" if place else what, f"Its dimensions: {', '.join(sorted(known))}.")
