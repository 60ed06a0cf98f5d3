"""The annotator type: a function that scores one trace of a seed on a rubric. A file here or an entry point."""

from collections.abc import Callable

from tracelift_groups.records.annotation import Annotation
from tracelift_groups.records.rubric import Rubric
from tracelift_groups.records.seed import Seed

# The arguments are the seed, the trace text and the rubric. The kind of a flaw and its edits are withheld on purpose.
Annotator = Callable[[Seed, str, Rubric], Annotation]
