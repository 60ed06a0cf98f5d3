"""The slot for a checker of certificates.

A checker is one file in the folder `checkers/` of its domain, or an entry point in group `tracelift_groups.checkers`.
It sees the reference, the text of the flaw and the edits between them, and returns a certificate or one sentence on why
there is none. Nothing of a stored certificate goes in, so one function issues certificates and verifies them again.
"""

from collections.abc import Callable
from typing import Any  # the reference is of the type that the checker's domain parses references to

from tracelift_groups.records.certificate import Certificate
from tracelift_groups.records.perturbation import Perturbation

Check = Callable[[Any, str, Perturbation], Certificate | str]
