"""The code domain: what the pipeline calls for a code problem."""

import re
from collections.abc import Mapping

from tracelift_groups.code.checks.measure import measure
from tracelift_groups.code.gold import check_program, sandbox_tests
from tracelift_groups.code.plan.narrate import plan_text
from tracelift_groups.code.reference import ProgramReference
from tracelift_groups.code.statement_examples import with_tests
from tracelift_groups.domain import TraceMeasure
from tracelift_groups.errors import RecordError
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop
from tracelift_groups.sandbox.host.verdict import NO_VERDICT
from tracelift_groups.sandbox.shared import run_tests

_CODE = re.compile(r"^\s*(?:[-*•]\s+)?(```|(?:async )?def \w+\(|class \w+[(:]|from \w+ import )", re.MULTILINE)


class CodeDomain:
    """Problems whose answer is a Python program, verified by tests in the sandbox; a trace is a plan in sentences."""

    name = "code"
    rubric = "code"
    reference_engine = "narrated_program"

    def check_gold(self, seed: Seed) -> Drop | None:
        """The reference program passes the seed's own tests, twice with the same outcome."""
        return check_program(seed)

    def reference_text(self, seed: Seed) -> str | Drop:
        """The program in sentences (plan/narrate.py), or a Drop by rule no-program, not-told or no-verdict."""
        if not seed.program:
            reason = "The seed has no program; only a teacher could write its reference plan."
            return Drop("generate", seed.problem_id, "no-program", reason, seed.problem)
        reference = ProgramReference(seed, "")
        try:
            text = plan_text(reference.sentences)
        except RecordError as cause:
            return Drop("generate", seed.problem_id, "not-told", str(cause), seed.program)
        if fault := ProgramReference(seed, text).fault:
            return Drop("generate", seed.problem_id, "no-verdict", fault, seed.program)
        return text

    def parse_reference(self, seed: Seed, text: str) -> ProgramReference:
        """The program of the seed, beside the plan that tells of it."""
        return ProgramReference(seed, text)

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

    def measure(self, seed: Seed, trace: str) -> TraceMeasure:
        """Shares of the seed's program that the plan says, in order, supported, and in words."""
        return measure(seed, trace)

    def trace_features(self, problem: str, trace: str) -> Mapping[str, float] | None:
        """Names without a source or a use, vague steps, code, and words against those of the problem."""
        from tracelift_groups.code.plan_features import plan_features

        return plan_features(problem, trace)

    def leaked_markup(self, reasoning: str) -> str | None:
        """The first code fence or head of a function in a plan; empty when there is none."""
        found = _CODE.search(reasoning)
        return found[1] if found else ""


DOMAIN = CodeDomain()
