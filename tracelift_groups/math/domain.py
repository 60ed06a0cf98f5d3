"""The math domain: what the pipeline calls for a math problem."""

from collections.abc import Mapping

from tracelift_groups.domain import TraceMeasure
from tracelift_groups.math.gold import check_solution
from tracelift_groups.math.reference import ParsedReference, parse_reference
from tracelift_groups.math.text.markup import leaked_markup, reference_text
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop


class MathDomain:
    """Problems whose answer is a number or a formula; a trace is arithmetic in prose."""

    name = "math"
    rubric = "math"
    reference_engine = "seed_solution"

    def check_gold(self, seed: Seed) -> Drop | None:
        """A Drop when the worked solution is false or does not end in the answer; None when it passes or is absent."""
        return check_solution(seed)

    def reference_text(self, seed: Seed) -> str | Drop:
        """The worked solution without markup, or a Drop by rule no-solution or empty-reference."""
        if not seed.solution:
            reason = "The seed has no worked solution; only a teacher could write its reference trace."
            return Drop("generate", seed.problem_id, "no-solution", reason, seed.problem)
        text = reference_text(seed.solution)
        if not text:
            reason = "Nothing is left of the solution without its final artifact."
            return Drop("generate", seed.problem_id, "empty-reference", reason, seed.solution)
        return text

    def parse_reference(self, seed: Seed, text: str) -> ParsedReference:
        """The claims, quantities and conclusion of a reference trace."""
        return parse_reference(seed, text)

    def verify_artifact(self, seed: Seed, artifact: str) -> bool | None:
        """Whether an answer, or a text that states one, equals the seed's answer; None when undecided."""
        from tracelift_groups.math.answers.verify import verify_answer

        return {"equal": True, "wrong": False, "unknown": None}[verify_answer(seed.answer, artifact).verdict]

    def with_statement_tests(self, seed: Seed) -> Seed:
        """The unchanged seed: a math problem has no tests."""
        return seed

    def measure(self, seed: Seed, trace: str) -> TraceMeasure:
        """Ten points for each dimension, less the cost of each finding."""
        from tracelift_groups.math.checks.findings import findings
        from tracelift_groups.math.checks.score import score

        found = findings(seed, trace)
        reason = " ".join(finding.sentence for finding in found[:3])
        sound = "Every claim was recomputed and every quantity has a source; the trace comes to the answer."
        return TraceMeasure(score(found), reason or sound, min((finding.step for finding in found), default=-1))

    def trace_features(self, problem: str, trace: str) -> Mapping[str, float] | None:
        """What the numbers of a trace rest on, and which words of the problem it leaves unmet."""
        from tracelift_groups.math.trace_features import trace_features

        return trace_features(problem, trace)

    def leaked_markup(self, reasoning: str) -> str | None:
        """The first `####`, box or `final answer:` of a trace; empty when there is none."""
        return leaked_markup(reasoning)


DOMAIN = MathDomain()
