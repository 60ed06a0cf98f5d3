"""Every registered source keeps the same promises; third parties' sources are found like ours."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracelift_groups.errors import RecordError, SourceError, UnknownNameError
from tracelift_groups.files.jsonl import SourceRow, json_rows
from tracelift_groups.ingest.source import read_seeds, seeds_from, source_notes
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.stage import Drop
from tracelift_groups.registry import SOURCES

OF_FILES = dict.fromkeys(("apps", "file", "gsm8k", "humaneval", "math", "mbpp", "stdio"), ".jsonl")
OURS = ["apps", "bundled", "file", "gsm8k", "hf", "humaneval", "math", "mbpp", "stdio"]


def test_the_sources_are_those_that_the_readme_names() -> None:
    assert SOURCES.names() == OURS


@pytest.mark.parametrize("name", SOURCES.names())
def test_every_source_says_how_its_spec_is_written_and_what_it_reads(name: str) -> None:
    (note,) = [note for note in source_notes() if note.name == name]
    assert note.form.partition(":")[0] == name
    assert len(note.phrase) > 10


@pytest.mark.parametrize("name", [name for name in SOURCES.names() if name != "bundled"])
def test_a_source_without_its_argument_says_how_to_write_it(name: str) -> None:
    with pytest.raises(SourceError, match=f"{name}:"):
        list(read_seeds(name))


@pytest.mark.parametrize(("name", "suffix"), OF_FILES.items())
def test_places_and_ids_do_not_depend_on_the_folder(tmp_path: Path, name: str, suffix: str) -> None:
    def drops(folder: str) -> list[Seed | Drop]:
        path = tmp_path / folder / f"some_rows{suffix}"
        path.parent.mkdir()
        path.write_bytes(b'{"problem": 3}\n\xff\n')
        return list(read_seeds(f"{name}:{path}"))

    found = drops("one")
    assert [drop.place for drop in found if isinstance(drop, Drop)] == ["some_rows.jsonl:1", "some_rows.jsonl:2"]
    assert [drop.problem_id for drop in found] == ["some-rows-000000", "some-rows-000001"]
    assert found == drops("two")


@pytest.mark.parametrize(("name", "suffix"), [*OF_FILES.items(), ("file", ".csv"), ("file", ".parquet")])
@given(content=st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "surrogatepass"))))
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_give_seeds_drops_or_a_source_error(tmp_path: Path, name: str, suffix: str, content: bytes) -> None:
    path = tmp_path / f"any{suffix}"
    path.write_bytes((b"PAR1" if suffix == ".parquet" else b"") + content)
    try:
        found = list(read_seeds(f"{name}:{path}"))
    except SourceError:
        return
    assert all(isinstance(item, Seed | Drop) for item in found)


def test_a_path_in_place_of_a_spec_is_told_how_to_be_read(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    path.write_text("{}")
    with pytest.raises(SourceError, match="names no source") as caught:
        read_seeds(str(path))
    assert f"gsm8k:{path}" in caught.value.todo


def test_an_unknown_source_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(UnknownNameError, match="gsm8k"):
        read_seeds("gsm8:train.jsonl")


def seed(row: SourceRow) -> Seed:
    return Seed.from_json({"domain": "math", "source": "s", "task_type": "math", "problem_id": "i", **row.values})


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"problem": "p " + "7" * 1_001, "answer": "1"}, "number-too-long"),
        ({"problem": "p", "answer": "1" + ",000" * 400}, "number-too-long"),
        ({"problem": "p", "answer": "1", "solution": "9" * 900_000}, "number-too-long"),
        ({"problem": "p", "answer": "1", "metadata": {"big": 2**70}}, "not-json"),
        ({"problem": " ", "answer": "1"}, "empty-field"),
        ({"problem": "p", "answer": 1}, "wrong-type"),
        ({"answer": "1"}, "missing-field"),
    ],
)
def test_a_row_that_later_stages_could_not_bear_is_dropped(row: dict[str, object], rule: str) -> None:
    (drop,) = seeds_from([SourceRow("x-000000", "x.jsonl:1", "raw", dict(row))], seed)
    assert isinstance(drop, Drop)
    assert (drop.stage, drop.rule, drop.place, drop.raw) == ("seed", rule, "x.jsonl:1", "raw")


def test_a_number_of_a_thousand_digits_and_a_list_of_many_numbers_are_kept() -> None:
    rows = [SourceRow("x-000000", "x:1", "", {"problem": "7" * 1_000 + " and " + "1, 22, " * 2_000, "answer": "1"})]
    (kept,) = seeds_from(rows, seed)
    assert isinstance(kept, Seed)


def test_drops_of_the_reader_pass_through_in_order(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{\n{"problem": "p", "answer": "1"}\n')
    assert [type(item) for item in seeds_from(json_rows(path), seed)] == [Drop, Seed]


def test_a_bug_in_a_source_is_not_taken_for_a_bad_row() -> None:
    def broken(_: SourceRow) -> Seed:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(seeds_from([SourceRow("x", "x:1", "", {})], broken))


PLUGIN = '''
from tracelift_groups.models.backend import Reply
from tracelift_groups.flaws.kind import Draft, kind
from tracelift_groups.records.rubric import Dimension, Rubric
from tracelift_groups.records.seed import Seed

def one(argument):
    """`one:WORDS`: a single problem of somebody else's"""
    yield Seed("one-0", "math", "one", "math", argument, "4")

ANCHORS = dict.fromkeys((0.0, 2.5, 5.0, 7.5, 10.0), "words")
CLARITY = Rubric(
    "clarity", "1", "math", (Dimension("clear", 1.0, "Is it clear?", ANCHORS),),
    {"strong": 0.8, "acceptable": 0.6, "weak": 0.3, "bad": 0.0},
)

@kind("lost_start", breaks="step_coherence", answer="either", checker="missing_support", needs="two steps")
def lost_start(case, rng):
    """The first step is gone."""
    yield Draft(0, ((0, len(case.parsed.steps[0]), ""),))

class Echo:
    async def complete(self, request):
        return Reply(request.messages[-1][1], "stop", 1, 1)

def echo(argument):
    return Echo()
'''

USE = (
    f"""OURS = {[*OURS]}"""
    + """
from tracelift_groups.records.rubric import load_rubric, rubric_names
from tracelift_groups.records.seed import Seed
from tracelift_groups.ingest.source import read_seeds, source_notes
from tracelift_groups.registry import SOURCES
assert SOURCES.names() == sorted([*OURS, "one"]), SOURCES.names()
assert [seed.problem for seed in read_seeds("one:What is 2 + 2?")] == ["What is 2 + 2?"]
assert [note.phrase for note in source_notes() if note.form == "one:WORDS"] == ["a single problem of somebody else's"]
assert "clarity" in rubric_names()
assert load_rubric("clarity").names == ("clear",)

import asyncio
from tracelift_groups.models.backend import Request, open_backend
from tracelift_groups.registry import KINDS
from tracelift_groups.flaws.ladder import verify_flaw
from tracelift_groups.math.reference import parse_reference
assert asyncio.run(open_backend("echo").complete(Request("none", (("user", "hello"),)))).text == "hello"
kind = KINDS.get("lost_start")
case = parse_reference(Seed("a", "math", "t", "math", "Ann has 12 pens, Bob 3 times as many and 5 more.", "41"),
               "Bob has 12 * 3 = 36 pens.\\nWith the rest he has 36 + 5 = 41 pens.")
(draft,) = kind.apply(case, None)
assert verify_flaw(kind, case, draft.perturbation(kind.name, case)).expected == "36"
print("found")
"""
)


def test_an_installed_package_adds_a_source_a_rubric_a_kind_and_a_backend(tmp_path: Path) -> None:
    info = tmp_path / "plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[tracelift_groups.sources]\none = plugin:one\n[tracelift_groups.rubrics]\nclarity = plugin:CLARITY\n"
        "[tracelift_groups.kinds]\nlost_start = plugin:lost_start\n[tracelift_groups.backends]\necho = plugin:echo\n"
    )
    (tmp_path / "plugin.py").write_text(PLUGIN)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", USE], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "found\n", "")


def test_records_that_break_their_contract_are_named_by_rule() -> None:
    assert RecordError("x").rule == "bad-record"
