"""The checker type, an extension point: a checker issues and verifies certificates.

A checker is one file in the folder `checkers/` of its domain, or an entry point in group `tracelift_groups.checkers`.
It takes the reference, the text of the flaw and the edits between them, and returns a certificate or one sentence that
says why there is none. A stored certificate is not an input: the same function issues certificates and verifies them.
"""

from collections.abc import Callable
from typing import Any  # the type of parsed references in the checker's domain

from tracelift_groups.records.certificate import Certificate
from tracelift_groups.records.perturbation import Perturbation

Check = Callable[[Any, str, Perturbation], Certificate | str]
