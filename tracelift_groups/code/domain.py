"""The code domain. Groups are not made of code problems yet."""

from typing import NoReturn

from tracelift_groups.code.gold import check_program, sandbox_tests
from tracelift_groups.code.statement_examples import with_tests
from tracelift_groups.errors import RecordError
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop
from tracelift_groups.sandbox.host.verdict import NO_VERDICT
from tracelift_groups.sandbox.shared import run_tests


class CodeDomain:
    """Problems whose answer is a Python program, verified by tests in the sandbox."""

    name = "code"
    rubric = "code"

    def check_gold(self, seed: Seed) -> Drop | None:
        """The reference program passes the seed's own tests, twice with the same outcome."""
        return check_program(seed)

    def reference_text(self, seed: Seed) -> str | Drop:
        """A Drop with rule no-code-groups: code problems have no traces yet."""
        reason = "Groups are not made of code problems yet, only of math problems."
        return Drop("generate", seed.problem_id, "no-code-groups", reason, seed.problem)

    def parse_reference(self, seed: Seed, text: str) -> NoReturn:  # noqa: ARG002 - as in the Domain protocol
        """Raises RecordError: code problems have no traces yet."""
        raise RecordError(f"Problem {seed.problem_id} is a code problem, whose traces can't be parsed yet.")

    def verify_artifact(self, seed: Seed, artifact: str) -> bool | None:
        """Whether a program passes the seed's tests; None without tests, or if none failed and one gave no verdict.

        InfrastructureError where programs can't be isolated.
        """
        statuses = {verdict.status for verdict in run_tests(artifact, sandbox_tests(seed))} if seed.tests else set()
        if statuses - {"pass", *NO_VERDICT}:
            return False
        return True if statuses == {"pass"} else None

    def with_statement_tests(self, seed: Seed) -> Seed:
        """The seed; if it has no tests, it gets the examples of its statement, tagged sample."""
        return with_tests(seed)

    def trace_features(self, problem: str, trace: str) -> None:
        """None: the linear reward model has no features of plans."""

    def leaked_markup(self, reasoning: str) -> str | None:  # noqa: ARG002 - as in the Domain protocol
        """Always None: a program in a trace has no markup to search for."""
        return None


DOMAIN = CodeDomain()
