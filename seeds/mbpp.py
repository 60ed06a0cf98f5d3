"""Google's MBPP: short tasks with three assertions each, as JSON Lines or, sanitized, as one JSON array (CC BY 4.0).

One row: {"task_id": 2, "text": "Write a function to find the shared elements from the given two lists.",
"code": "def similar_elements(test_tup1, test_tup2):\\r\\n  res = …", "test_setup_code": "", "test_list": ["assert
similar_elements((3, 4, 5, 6),(5, 7, 4, 10)) == (4, 5)", …], "challenge_test_list": []}; a sanitized one has prompt in
place of text, and test_imports in place of test_setup_code.
"""

import ast
from collections.abc import Iterator

from tracelift_groups.code.python_source import calls_of, needed, tidy, tree_of
from tracelift_groups.code.test_tag import call_tag
from tracelift_groups.errors import RecordError
from tracelift_groups.files.json_array import rows_of
from tracelift_groups.files.jsonl import SourceRow, file_path
from tracelift_groups.ingest.source import seeds_from
from tracelift_groups.records.fields import LIST, TEXT, json_type_name, require_fields, text_field
from tracelift_groups.records.seed import Seed, Test
from tracelift_groups.records.stage import Drop
from tracelift_groups.registry import SOURCES

_NOUN = "an MBPP row"


@SOURCES.register("mbpp")
def mbpp(path: str) -> Iterator[Seed | Drop]:
    """`mbpp:PATH`: MBPP, mbpp.jsonl or sanitized-mbpp.json (text or prompt, code, test_list)

    The statements don't name the function, so the first assertion is appended to them and tagged sample. The id is
    mbpp- plus the task_id.
    """
    return seeds_from(rows_of(file_path(path, "mbpp")), _seed)


def _seed(row: SourceRow) -> Seed:
    values = require_fields(
        row.values, _NOUN, {}, {"test_setup_code": TEXT, "test_imports": LIST, "challenge_test_list": LIST}
    )
    text = text_field(values, "prompt" if "prompt" in values else "text", _NOUN).strip()
    code = tidy(text_field(values, "code", _NOUN))
    tree = tree_of(code)
    if tree is None:
        raise RecordError('Field "code" is not Python.', "Fix it.", rule="not-python")
    asserts = _texts(require_fields(values, _NOUN, {"test_list": LIST})["test_list"], "test_list")
    if not asserts:
        raise RecordError('Field "test_list" is empty.', "Add an assertion.", rule="missing-test")
    setup = [*_texts(values.get("test_imports") or [], "test_imports"), tidy(values.get("test_setup_code") or "")]
    name = _entry_point(asserts, tree)
    asserts += _texts(values.get("challenge_test_list") or [], "challenge_test_list")
    before = "\n".join(line for line in setup if line.strip())
    return Seed(
        _id(row),
        "code",
        "mbpp",
        "code",
        f"{text}\n\nThe function is called {name}; this must hold:\n\n{asserts[0]}",
        "",
        program=code,
        entry_point=name,
        tests=tuple(
            Test(assertion=_whole(before, text, tree, name), tag=call_tag(text, name, ()) if index else "sample")
            for index, text in enumerate(asserts)
        ),
        license="CC-BY-4.0",
    )


def _id(row: SourceRow) -> str:
    number = row.values.get("task_id")
    if isinstance(number, bool) or not isinstance(number, int | str):
        raise RecordError(f'Field "task_id" must be a number, not {json_type_name(number)}.', rule="wrong-type")
    return f"mbpp-{number}"


def _texts(found: object, name: str) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise RecordError(f'Field "{name}" must be a list of texts.', rule="wrong-type")
    return [tidy(text).strip() for text in found if text.strip()]


def _entry_point(asserts: list[str], program: ast.Module) -> str:
    """The function of the program that the first assertion calls."""
    first = tree_of(asserts[0]) or ast.Module([], [])
    defined = [node.name for node in program.body if isinstance(node, ast.FunctionDef)]
    called = [name for name in defined if next(calls_of(first, name), None)]
    if not called:
        todo = "Let it call one, such as assert f(1) == 2."
        raise RecordError("The first assertion calls no function of the code.", todo, rule="no-entry-point")
    return called[-1]  # helpers are defined before the function that uses them


def _whole(before: str, assertion: str, program: ast.Module, name: str) -> str:
    own = "\n".join(part for part in (before, assertion) if part)
    rest = needed(own, program, name)
    return f"{rest}\n{own}" if rest else own
