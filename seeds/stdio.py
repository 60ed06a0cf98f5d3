"""Programs that read and print text: JSON Lines in the style of CodeContests, or `deepmind/code_contests` itself.

One row of a file: {"id": "110_e_lucky_tree_11049", "problem": "# 110_E. Lucky Tree\\n\\n**ID:** … ## Description\\n\\n
Petya loves lucky numbers. …", "solution": "from sys import stdin\\n…", "tags": "dp\\ndsu\\ntrees", "tests": [{"input":
"4\\n1 2 4\\n1 3 47\\n1 4 7447", "output": "24"}, …]}. A Markdown page is reduced to its description.

`stdio:hf:NAME` streams a data set with the columns of deepmind/code_contests: name, description, public_tests,
private_tests and generated_tests ({"input": […], "output": […]}), solutions ({"language": [3, …], "solution": […]};
3 is Python 3), cf_rating, input_file, output_file. Its rows may be large, so a seed gets the first solution in Python
3, all public tests, and the first twenty of the other tests that are not too long.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any  # JSON

from tracelift_groups.code.python_source import tidy, tree_of
from tracelift_groups.code.statement_examples import printed_examples, with_tests
from tracelift_groups.code.test_tag import text_tag
from tracelift_groups.errors import RecordError, shorten
from tracelift_groups.files.jsonl import RAW_LIMIT, SourceRow, file_path, json_rows, no_rows, row_id
from tracelift_groups.ingest.huggingface import HubSplit
from tracelift_groups.ingest.source import seeds_from
from tracelift_groups.records.fields import LIST, OBJECT, TEXT, json_type_name, require_fields, text_field
from tracelift_groups.records.seed import TEST_LIMIT, Seed, Test
from tracelift_groups.records.stage import Drop
from tracelift_groups.registry import SOURCES

_NOUN = "a row of stdio:"
_CODE_CONTESTS = "CC-BY-4.0"
_PYTHON_3 = 3
_HIDDEN_TESTS = 20
_TEST_COLUMNS = ("public_tests", "private_tests", "generated_tests")
_COLUMNS = ("name", "description", "solutions", "cf_rating", "input_file", "output_file", *_TEST_COLUMNS)
_TEXTS = ("solution", "tags", "license", "compare")
_PAGE = re.compile(r"^## Description\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)


@SOURCES.register("stdio")
def stdio(argument: str) -> Iterator[Seed | Drop]:
    """`stdio:PATH`: programs that read and print (id, problem, solution, tests); stdio:hf:NAME: deepmind/code_contests

    A row without tests gets the examples of its statement. The license is the row's. Rows of CodeContests are CC-BY-4.0
    and their output is compared by words, as in rows with "compare": "tokens". Tags: code/test_tag.py.
    """
    name, colon, rest = argument.partition(":")
    if name == "hf" and colon:
        split = HubSplit.read(rest, "stdio:hf")
        values = split.stream(lambda names: [column for column in names if column in _COLUMNS])
        return seeds_from(_hub_rows(values, split.label), lambda row: _contest_seed(row, split.source))
    return seeds_from(json_rows(file_path(argument, "stdio")), _file_seed)


def _file_seed(row: SourceRow) -> Seed:
    values = require_fields(row.values, _NOUN, {}, dict.fromkeys(_TEXTS, TEXT) | {"tests": LIST})
    text = text_field(values, "problem", _NOUN)
    page = _PAGE.search(text)
    pairs = [_pair(test, index) for index, test in enumerate(values.get("tests") or [])]
    contest = page is not None and "**ID:**" in text
    return _seed(
        row,
        values.get("id"),
        page[1].strip() if page and page[1].strip() else text,
        values.get("solution") or None,
        pairs,
        source="code_contests" if contest else "stdio",
        license=values.get("license") or (_CODE_CONTESTS if contest else "unknown"),
        metadata=({"topics": values["tags"].split("\n")} if values.get("tags") else {})
        | ({"compare": "tokens"} if contest or values.get("compare") == "tokens" else {}),
    )


def _contest_seed(row: SourceRow, source: str) -> Seed:
    noun = "a row of code_contests"
    values = require_fields(row.values, noun, {"solutions": OBJECT}, {"input_file": TEXT, "output_file": TEXT})
    if values.get("input_file") or values.get("output_file"):
        todo = "Only standard input and output are used."
        raise RecordError("The program has to read or write a file.", todo, rule="needs-files")
    public, *others = (_columns(values.get(name), name, ("input", "output")) for name in _TEST_COLUMNS)
    short = [pair for pairs in others for pair in pairs if len(pair[0]) + len(pair[1]) <= TEST_LIMIT]
    texts = _columns(values["solutions"], "solutions", ("language", "solution"))
    programs = (tidy(text) for language, text in texts if language == _PYTHON_3 and isinstance(text, str))
    program = next((program for program in programs if tree_of(program)), None)
    if program is None:
        raise RecordError("No solution is in Python 3.", "Leave the row out.", rule="no-program")
    return _seed(
        row,
        values.get("name"),
        text_field(values, "description", noun),
        program,
        [*public, *short[:_HIDDEN_TESTS]],
        source=source,
        license=_CODE_CONTESTS,
        metadata=({"difficulty": values["cf_rating"]} if values.get("cf_rating") else {}) | {"compare": "tokens"},
    )


def _seed(
    row: SourceRow,
    name: object,
    problem: str,
    program: str | None,
    pairs: Sequence[tuple[str, str]],
    *,
    source: str,
    license: str,
    metadata: dict[str, Any],
) -> Seed:
    if name is not None and not isinstance(name, str | int):
        raise RecordError(f"The row's name must be text, not {json_type_name(name)}.", rule="wrong-type")
    examples = {tuple(given.split()) for given, _ in printed_examples(problem)}
    tests = tuple(Test(given, expected, tag=text_tag(given, examples)) for given, expected in dict.fromkeys(pairs))
    return with_tests(
        Seed(
            str(name or row.problem_id),
            "code",
            source,
            "code",
            problem,
            "",
            program=tidy(program) if program else None,
            tests=tests,
            license=license,
            metadata=metadata,
        )
    )


def _pair(test: object, index: int) -> tuple[str, str]:
    values = require_fields(test, f"test {index + 1}", {"input": TEXT, "output": TEXT})
    return values["input"], values["output"]


def _columns(found: object, name: str, parts: tuple[str, str]) -> list[tuple[Any, Any]]:
    """The pairs of {"input": […], "output": […]}, or of a list of objects; none for null."""
    if found is None:
        return []
    if isinstance(found, dict) and all(isinstance(found.get(part), list) for part in parts):
        first, second = (found[part] for part in parts)
        pairs = list(zip(first, second, strict=False)) if len(first) == len(second) else None
    elif isinstance(found, list) and all(isinstance(item, dict) and item.keys() >= set(parts) for item in found):
        pairs = [(item[parts[0]], item[parts[1]]) for item in found]
    else:
        pairs = None
    if pairs is None or not all(isinstance(second, str) for _, second in pairs):
        raise RecordError(f'Field "{name}" is not lists of {parts[0]} and {parts[1]}.', rule="wrong-type")
    if parts[0] == "input" and not all(isinstance(first, str) for first, _ in pairs):
        raise RecordError(f'Field "{name}" holds an input that is not text.', rule="wrong-type")
    return pairs


def _hub_rows(stream: Iterator[dict[str, Any]], label: str) -> Iterator[SourceRow]:
    index = -1
    for index, values in enumerate(stream):
        raw = shorten(str(values.get("description") or ""), RAW_LIMIT)
        yield SourceRow(row_id(label, index), f"{shorten(label)}:{index + 1}", raw, values)
    if index < 0:
        raise no_rows(label)
