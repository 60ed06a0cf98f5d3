"""Annotators: whoever scores one trace of one seed on a rubric. One file each in `annotators/`, or an entry point."""

from collections.abc import Callable

from tracelift_groups.records.annotation import Annotation
from tracelift_groups.records.rubric import Rubric
from tracelift_groups.records.seed import Seed

# An annotator sees the seed, the trace's text and the rubric, and nothing else: never the kind of a flaw or its edits.
Annotator = Callable[[Seed, str, Rubric], Annotation]
