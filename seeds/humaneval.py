"""OpenAI's HumanEval: functions to complete, with a test function (MIT).

One row: {"task_id": "HumanEval/2", "prompt": "def truncate_number(number: float) -> float:\\n    \\"\\"\\" Given …",
"entry_point": "truncate_number", "canonical_solution": "    return number % 1.0\\n", "test": "def check(candidate):\\n
    assert candidate(3.5) == 0.5\\n    assert abs(candidate(1.33) - 0.33) < 1e-6\\n …"}
"""

import ast
from collections.abc import Iterator

from tracelift_groups.code.python_source import names_in, needed, tidy, tree_of
from tracelift_groups.code.statement_examples import shown_calls
from tracelift_groups.code.test_tag import call_tag
from tracelift_groups.errors import RecordError
from tracelift_groups.files.jsonl import SourceRow, file_path, json_rows
from tracelift_groups.ingest.source import seeds_from
from tracelift_groups.records.fields import text_field
from tracelift_groups.records.seed import Seed, Test
from tracelift_groups.records.stage import Drop
from tracelift_groups.registry import SOURCES

_NOUN = "a HumanEval row"


@SOURCES.register("humaneval")
def humaneval(path: str) -> Iterator[Seed | Drop]:
    """`humaneval:PATH`: HumanEval's JSON Lines (task_id, prompt, canonical_solution, test, entry_point)

    A test function that has only assertions becomes one test per assertion; any other becomes one test. The id is the
    task_id with a hyphen. Tags: code/test_tag.py.
    """
    return seeds_from(json_rows(file_path(path, "humaneval")), _seed)


def _seed(row: SourceRow) -> Seed:
    name = text_field(row.values, "entry_point", _NOUN).strip()
    prompt = text_field(row.values, "prompt", _NOUN)
    program = tidy(prompt + text_field(row.values, "canonical_solution", _NOUN))
    tree = tree_of(program)
    if tree is None:
        raise RecordError("prompt and canonical_solution together are not Python.", "Fix them.", rule="not-python")
    assertions = _assertions(tidy(text_field(row.values, "test", _NOUN)), name, tree)
    shown = shown_calls(prompt, name)
    return Seed(
        text_field(row.values, "task_id", _NOUN).strip().replace("/", "-"),
        "code",
        "humaneval",
        "code",
        prompt,
        "",
        program=program,
        entry_point=name,
        tests=tuple(Test(assertion=text, tag=call_tag(text, name, shown)) for text in assertions),
        license="MIT",
    )


def _assertions(test: str, name: str, program: ast.Module) -> list[str]:
    module = tree_of(test)
    body = [] if module is None else module.body
    check = next((node for node in body if isinstance(node, ast.FunctionDef) and node.name == "check"), None)
    if check is None or len(check.args.args) != 1:
        raise RecordError(
            'Field "test" has no function check(candidate).', "Define it: def check(candidate): …", rule="missing-test"
        )
    candidate = check.args.args[0].arg
    alone = all(isinstance(node, ast.Assert) for node in check.body) and len(body) == 1 + sum(map(_is_note, body))
    if not alone:
        return [_with_needs(f"{test.strip()}\n\ncheck({name})", program, name)]
    asserts = [node for node in check.body if candidate in names_in(node)]
    if not asserts:
        raise RecordError("No assertion of check calls the candidate.", "Add one.", rule="missing-test")
    renamed = [_Renamed(candidate, name).visit(node) for node in asserts]
    return [_with_needs(ast.unparse(node), program, name) for node in renamed]


def _is_note(node: ast.stmt) -> bool:
    """Whether a module-level statement only sets METADATA, which no assertion uses."""
    return isinstance(node, ast.Assign) and all(isinstance(t, ast.Name) and t.id == "METADATA" for t in node.targets)


def _with_needs(code: str, program: ast.Module, name: str) -> str:
    before = needed(code, program, name)
    return f"{before}\n{code}" if before else code


class _Renamed(ast.NodeTransformer):
    """Renames the candidate to the entry point."""

    def __init__(self, before: str, after: str) -> None:
        self._before, self._after = before, after

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.copy_location(ast.Name(self._after, node.ctx), node) if node.id == self._before else node
