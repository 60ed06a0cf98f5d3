"""Certified, rubric-annotated groups of reasoning traces: one right trace and several localized flaws per problem.

The names in `__all__` are the public API, stable within a minor version. Each is imported when it is first asked
for, so importing the package costs nothing.
"""

from importlib import import_module

TYPE_CHECKING = False  # true for type checkers; typing.TYPE_CHECKING would cost the import of typing
# The same list as below, for type checkers and editors; a test compares the two.
if TYPE_CHECKING:
    from tracelift_groups.annotators.judge import Judge as Judge
    from tracelift_groups.annotators.judged_group import judge_file as judge_file
    from tracelift_groups.annotators.trace_file import annotate_file as annotate_file
    from tracelift_groups.config import Config as Config
    from tracelift_groups.domain import Domain as Domain
    from tracelift_groups.errors import CallError as CallError
    from tracelift_groups.errors import ConfigError as ConfigError
    from tracelift_groups.errors import EndpointError as EndpointError
    from tracelift_groups.errors import InfrastructureError as InfrastructureError
    from tracelift_groups.errors import MissingExtraError as MissingExtraError
    from tracelift_groups.errors import RecordError as RecordError
    from tracelift_groups.errors import RunError as RunError
    from tracelift_groups.errors import SandboxError as SandboxError
    from tracelift_groups.errors import SourceError as SourceError
    from tracelift_groups.errors import TraceliftError as TraceliftError
    from tracelift_groups.errors import UnknownNameError as UnknownNameError
    from tracelift_groups.files.group_files import read_groups as read_groups
    from tracelift_groups.files.group_files import write_groups as write_groups
    from tracelift_groups.files.jsonl import SourceRow as SourceRow
    from tracelift_groups.files.jsonl import json_rows as json_rows
    from tracelift_groups.flaws.certify import recheck as recheck
    from tracelift_groups.flaws.kind import Draft as Draft
    from tracelift_groups.flaws.kind import Kind as Kind
    from tracelift_groups.flaws.kind import Weight as Weight
    from tracelift_groups.flaws.kind import kind as kind
    from tracelift_groups.hub.pull import Pulled as Pulled
    from tracelift_groups.hub.pull import pull as pull
    from tracelift_groups.hub.push import Pushed as Pushed
    from tracelift_groups.hub.push import push as push
    from tracelift_groups.ingest.import_seeds import SeedReport as SeedReport
    from tracelift_groups.ingest.import_seeds import import_seeds as import_seeds
    from tracelift_groups.ingest.oracle import write_oracles as write_oracles
    from tracelift_groups.ingest.source import read_seeds as read_seeds
    from tracelift_groups.ingest.source import seeds_from as seeds_from
    from tracelift_groups.math.answers.verify import AnswerVerdict as AnswerVerdict
    from tracelift_groups.math.answers.verify import verify_answer as verify_answer
    from tracelift_groups.math.reference import ParsedReference as ParsedReference
    from tracelift_groups.models.backend import Reply as Reply
    from tracelift_groups.models.backend import Request as Request
    from tracelift_groups.models.executor import Draw as Draw
    from tracelift_groups.models.executor import Executor as Executor
    from tracelift_groups.models.model_spec import open_model as open_model
    from tracelift_groups.pipeline.build import Summary as Summary
    from tracelift_groups.pipeline.build import build as build
    from tracelift_groups.pipeline.build import dry_run as dry_run
    from tracelift_groups.pipeline.build import redo as redo
    from tracelift_groups.pipeline.build import resume as resume
    from tracelift_groups.pipeline.check_seeds import check_seeds as check_seeds
    from tracelift_groups.pipeline.judge_run import judge_run as judge_run
    from tracelift_groups.planner.executors import open_executor as open_executor
    from tracelift_groups.planner.uplift import UpliftReport as UpliftReport
    from tracelift_groups.planner.uplift import measure_uplift as measure_uplift
    from tracelift_groups.records.annotation import Annotation as Annotation
    from tracelift_groups.records.certificate import Certificate as Certificate
    from tracelift_groups.records.group import Candidate as Candidate
    from tracelift_groups.records.group import Group as Group
    from tracelift_groups.records.perturbation import Edit as Edit
    from tracelift_groups.records.perturbation import Perturbation as Perturbation
    from tracelift_groups.records.rubric import Dimension as Dimension
    from tracelift_groups.records.rubric import Rubric as Rubric
    from tracelift_groups.records.rubric import load_rubric as load_rubric
    from tracelift_groups.records.seed import Seed as Seed
    from tracelift_groups.records.seed import Test as Test
    from tracelift_groups.records.stage import Drop as Drop
    from tracelift_groups.records.trace import Trace as Trace
    from tracelift_groups.registry import ANNOTATORS as ANNOTATORS
    from tracelift_groups.registry import BACKENDS as BACKENDS
    from tracelift_groups.registry import CHECKERS as CHECKERS
    from tracelift_groups.registry import KINDS as KINDS
    from tracelift_groups.registry import SOURCES as SOURCES
    from tracelift_groups.reward_model.reward_model import RewardModel as RewardModel
    from tracelift_groups.reward_model.reward_score import RewardScore as RewardScore
    from tracelift_groups.sandbox.host.limits import Limits as Limits
    from tracelift_groups.sandbox.host.sandbox import Sandbox as Sandbox
    from tracelift_groups.sandbox.host.test_case import AssertionTest as AssertionTest
    from tracelift_groups.sandbox.host.test_case import CallTest as CallTest
    from tracelift_groups.sandbox.host.test_case import StdioTest as StdioTest
    from tracelift_groups.sandbox.host.verdict import Verdict as Verdict
    from tracelift_groups.validation.files import ValidationLimits as ValidationLimits
    from tracelift_groups.validation.files import validate_paths as validate_paths

# Where each public name is defined.
_HOME = {
    "ANNOTATORS": "registry",
    "Annotation": "records.annotation",
    "AnswerVerdict": "math.answers.verify",
    "AssertionTest": "sandbox.host.test_case",
    "BACKENDS": "registry",
    "CHECKERS": "registry",
    "CallError": "errors",
    "CallTest": "sandbox.host.test_case",
    "Candidate": "records.group",
    "Certificate": "records.certificate",
    "Config": "config",
    "ConfigError": "errors",
    "Dimension": "records.rubric",
    "Domain": "domain",
    "Draft": "flaws.kind",
    "Draw": "models.executor",
    "Drop": "records.stage",
    "Edit": "records.perturbation",
    "EndpointError": "errors",
    "Executor": "models.executor",
    "Group": "records.group",
    "InfrastructureError": "errors",
    "Judge": "annotators.judge",
    "KINDS": "registry",
    "Kind": "flaws.kind",
    "Limits": "sandbox.host.limits",
    "MissingExtraError": "errors",
    "ParsedReference": "math.reference",
    "Perturbation": "records.perturbation",
    "Pulled": "hub.pull",
    "Pushed": "hub.push",
    "RecordError": "errors",
    "Reply": "models.backend",
    "Request": "models.backend",
    "RewardModel": "reward_model.reward_model",
    "RewardScore": "reward_model.reward_score",
    "Rubric": "records.rubric",
    "RunError": "errors",
    "SOURCES": "registry",
    "Sandbox": "sandbox.host.sandbox",
    "SandboxError": "errors",
    "Seed": "records.seed",
    "SeedReport": "ingest.import_seeds",
    "SourceError": "errors",
    "SourceRow": "files.jsonl",
    "StdioTest": "sandbox.host.test_case",
    "Summary": "pipeline.build",
    "Test": "records.seed",
    "Trace": "records.trace",
    "TraceliftError": "errors",
    "UnknownNameError": "errors",
    "UpliftReport": "planner.uplift",
    "ValidationLimits": "validation.files",
    "Verdict": "sandbox.host.verdict",
    "Weight": "flaws.kind",
    "annotate_file": "annotators.trace_file",
    "build": "pipeline.build",
    "check_seeds": "pipeline.check_seeds",
    "dry_run": "pipeline.build",
    "import_seeds": "ingest.import_seeds",
    "json_rows": "files.jsonl",
    "judge_file": "annotators.judged_group",
    "judge_run": "pipeline.judge_run",
    "kind": "flaws.kind",
    "load_rubric": "records.rubric",
    "measure_uplift": "planner.uplift",
    "open_executor": "planner.executors",
    "open_model": "models.model_spec",
    "pull": "hub.pull",
    "push": "hub.push",
    "read_groups": "files.group_files",
    "read_seeds": "ingest.source",
    "recheck": "flaws.certify",
    "redo": "pipeline.build",
    "resume": "pipeline.build",
    "seeds_from": "ingest.source",
    "validate_paths": "validation.files",
    "verify_answer": "math.answers.verify",
    "write_groups": "files.group_files",
    "write_oracles": "ingest.oracle",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
