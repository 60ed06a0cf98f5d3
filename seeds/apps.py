"""APPS: problems from programming sites, with tests and solutions as JSON inside JSON (MIT).

One row: {"id": 0, "question": "Polycarp has $n$ different binary words. …", "solutions": "[\\"for _ in
range(int(input())):\\\\n    n = …\\", …]", "input_output": "{\\"inputs\\": [\\"4\\\\n4\\\\n0001 …\\"], \\"outputs\\":
[\\"1\\\\n3 …\\"]}", "difficulty": "interview", "url": "https://codeforces.com/problemset/problem/1259/D"}; with
"fn_name" in input_output, inputs are argument lists and outputs are results.
"""

from collections.abc import Iterator
from typing import Any  # JSON

from tracelift_groups.code.python_source import defined_by, names_in, tidy, tree_of
from tracelift_groups.code.statement_examples import printed_examples, shown_calls, with_tests
from tracelift_groups.code.test_tag import call_tag, text_tag
from tracelift_groups.errors import RecordError, shorten
from tracelift_groups.files.jsonl import Line, SourceRow, file_path, json_row, json_rows
from tracelift_groups.ingest.source import seeds_from
from tracelift_groups.records.fields import LIST, TEXT, json_type_name, require_fields, text_field
from tracelift_groups.records.seed import Seed, Test
from tracelift_groups.records.stage import Drop
from tracelift_groups.registry import SOURCES

_NOUN = "an APPS row"
_SOLUTIONS_TRIED = 20
_TOLERANCE = 1e-5  # numpy.allclose, which APPS uses for outputs that are all numbers


@SOURCES.register("apps")
def apps(path: str) -> Iterator[Seed | Drop]:
    """`apps:PATH`: APPS in JSON Lines (question, solutions, input_output with or without fn_name)

    The program is the first solution that is Python 3. A method of a class Solution is wrapped in a function of its
    name. As in APPS's own check, a result may equal the given output or, if that is a list of one entry, the entry;
    tuples count as lists; output is compared by words, and its numbers with a tolerance of 1e-5. A row without tests
    gets the examples of its statement. Tags: code/test_tag.py.
    """
    return seeds_from(json_rows(file_path(path, "apps")), _seed)


def _seed(row: SourceRow) -> Seed:
    values = require_fields(
        row.values, _NOUN, {}, {"solutions": TEXT, "input_output": TEXT, "difficulty": TEXT, "url": TEXT}
    )
    question = text_field(values, "question", _NOUN)
    cases = _decoded(values.get("input_output") or "{}", "input_output")
    require_fields(cases, "input_output", {}, {"inputs": LIST, "outputs": LIST, "fn_name": TEXT})
    name = (cases.get("fn_name") or "").strip() or None
    if name and not name.isidentifier():
        raise RecordError(f'"{shorten(name)}" is not a function name.', "Fix fn_name.", rule="no-entry-point")
    inputs, outputs = cases.get("inputs") or [], cases.get("outputs") or []
    if len(inputs) != len(outputs):
        what = f"input_output has {len(inputs)} inputs and {len(outputs)} outputs."
        raise RecordError(what, "Make them as many.", rule="wrong-type")
    make = _calls(question, name) if name else _texts(question)
    tests = tuple(dict.fromkeys(make(*pair) for pair in zip(inputs, outputs, strict=True)))
    return with_tests(
        Seed(
            _id(row),
            "code",
            "apps",
            "code",
            question,
            "",
            program=_program(values.get("solutions") or "[]", name),
            entry_point=name,
            tests=tests,
            license="MIT",
            metadata={key: values[key] for key in ("difficulty", "url") if values.get(key)}
            | ({} if name else {"compare": "tokens", "tolerance": _TOLERANCE}),
        )
    )


def _id(row: SourceRow) -> str:
    number = row.values.get("problem_id", row.values.get("id"))
    if number is None or number == "":
        return row.problem_id
    if isinstance(number, bool) or not isinstance(number, int | str):
        raise RecordError(f"The id must be a number or text, not {json_type_name(number)}.", rule="wrong-type")
    return f"apps-{number}"


def _decoded(text: str, name: str) -> Any:
    """A field's text decoded as JSON, within the limits of a row. Raises RecordError if it is not JSON."""
    try:
        return json_row(Line(1, f'{{"{name}": {text}}}'.encode(), ""))[name]
    except RecordError as cause:
        raise RecordError(f'Field "{name}": {cause.what}', cause.todo, rule=cause.rule) from cause


def _program(text: str, name: str | None) -> str | None:
    """The first solution that is Python 3 and defines the function `name`, if there is one; None without one."""
    solutions = _decoded(text, "solutions")
    if not isinstance(solutions, list):
        raise RecordError(f'Field "solutions" must hold a list, not {json_type_name(solutions)}.', rule="wrong-type")
    for solution in solutions[:_SOLUTIONS_TRIED]:
        program = tidy(solution) if isinstance(solution, str) and solution.strip() else ""
        tree = tree_of(program)
        if not program or tree is None:
            continue
        if name is None:
            return program
        defined = {found for node in tree.body for found in defined_by(node)}
        if name in defined:
            return program
        if "Solution" in defined:
            typing = "from typing import *\n\n" if names_in(tree) & {"List", "Optional", "Dict", "Tuple"} else ""
            return (
                f"{typing}{program.rstrip()}\n\n\ndef {name}(*arguments):\n    return Solution().{name}(*arguments)\n"
            )
    return None


def _texts(question: str) -> Any:
    examples = {tuple(given.split()) for given, _ in printed_examples(question)}

    def make(given: object, expected: object) -> Test:
        given, expected = _joined(given), _joined(expected)
        return Test(given, expected, tag=text_tag(given, examples))

    return make


def _joined(text: object) -> str:
    """The text; some rows have it as a list of lines."""
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        return "\n".join(text)
    if not isinstance(text, str):
        raise RecordError(f"A test of texts holds {json_type_name(text)}.", "Fix input_output.", rule="wrong-type")
    return text


def _calls(question: str, name: str) -> Any:
    shown_ones = shown_calls(question, name)

    def make(given: object, expected: object) -> Test:
        if not isinstance(given, list):
            raise RecordError(
                f"The arguments of a call must be a list, not {json_type_name(given)}.", rule="wrong-type"
            )
        call = f"{name}({', '.join(map(repr, given))})"
        only = repr(expected[0]) if isinstance(expected, list) and len(expected) == 1 else ""
        result = f"json.loads(json.dumps({call}))" if isinstance(expected, list) else call  # its tuples are lists
        code = f"assert {result} in ({expected!r}, {only})" if only else f"assert {result} == {expected!r}"
        code = f"import json\n\n{code}" if isinstance(expected, list) else code
        return Test(assertion=code, tag=call_tag(code, name, shown_ones))

    return make
