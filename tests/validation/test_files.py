import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracelift_groups.config import Config
from tracelift_groups.errors import RunError, SourceError, UnknownNameError
from tracelift_groups.pipeline.build import build
from tracelift_groups.validation import files as validate_files
from tracelift_groups.validation.files import ValidationLimits, validate_paths

LABELS = {"problem_understanding": 4, "solution_strategy": 4, "step_coherence": 4, "calculation_correctness": 4}
GOOD = {
    "problem_id": "gsm8k-1",
    "source": "gsm8k",
    "task_type": "math",
    "problem": "Tom has 3 bags of 4 nuts.",
    "reference_solution": "12",
    "tests_or_constraints": "",
    "positive_pool": [
        {"reasoning": "3 x 4 = 12", "label": "positive", "rubric": {**LABELS, "answer_support": 4, "total": 1.0}}
    ],
    "negative_bank": [
        {
            "reasoning": f"3 x 4 = {n}",
            "negative_kind": "arithmetic_slip",
            "negative_index": n,
            "label": "negative",
            "rubric": {**LABELS, "calculation_correctness": 1, "answer_support": 1, "total": 0.7},
        }
        for n in range(4)
    ],
}


def written(path: Path, *rows: dict[str, Any] | bytes) -> Path:
    path.write_bytes(b"".join(row if isinstance(row, bytes) else orjson.dumps(row) + b"\n" for row in rows))
    return path


def problem(number: int, split: str = "") -> dict[str, Any]:
    return GOOD | {"problem_id": f"{split}{number}", "problem": f"word{number} and {'x' * number} is {split} what"}


def test_a_file_in_the_released_layout_passes_and_says_what_it_does_not_hold(tmp_path: Path) -> None:
    report = validate_paths(
        [written(tmp_path / "math_train.jsonl", GOOD, b"\n", problem(2))], ValidationLimits(certificates=True)
    )
    assert (report.groups, report.negatives, report.findings) == (2, 8, [])
    assert (report.recomputed, report.held) == (0, 0)
    assert report.unchecked["TG090"] == 2


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (b'{"problem_id": \n', "not valid JSON"),
        (b"[1]\n", "The line is not a JSON object."),
        (b"\xff\xfe\n", "not valid JSON"),
        (b'{"problem": "x"}\n', 'Field "problem_id"'),
        (b'{"problem_id": "a", "problem": "b", "positive_pool": [3], "negative_bank": []}\n', "positive"),
        (b'{"problem_id": NaN}\n', "not valid JSON"),
        (b"[" * 100_000 + b"\n", "not valid JSON"),
    ],
)
def test_a_bad_line_is_one_finding_and_the_next_line_is_read(tmp_path: Path, line: bytes, sentence: str) -> None:
    path = written(tmp_path / "x.jsonl", GOOD, line, problem(2))
    report = validate_paths([path], ValidationLimits())
    (finding,) = report.findings
    assert (finding.code, finding.place) == ("TG001", f"{path}:2")
    assert sentence in finding.message
    assert report.groups == 2


def test_places_hold_across_chunks_and_any_number_of_workers_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [problem(n) for n in range(40)]
    rows[33] = rows[33] | {"reference_solution": ""}
    path = written(tmp_path / "math_train.jsonl", *rows)
    whole = validate_paths([path], ValidationLimits(), workers=1)
    monkeypatch.setattr(validate_files, "_CHUNK", 5000)
    for workers in (1, 2):
        assert validate_paths([path], ValidationLimits(), workers=workers) == whole
    assert [(finding.code, finding.place) for finding in whole.findings] == [("TG010", f"{path}:34")]


def test_files_are_compared_with_each_other_by_their_split(tmp_path: Path) -> None:
    train = written(tmp_path / "math_train.jsonl", GOOD)
    again = written(tmp_path / "other_train.jsonl", GOOD | {"problem_id": "2"})
    dev = written(tmp_path / "math_dev.jsonl", GOOD | {"problem_id": "3"})
    assert validate_paths([train, again], ValidationLimits()).findings == []
    assert [finding.code for finding in validate_paths([train, dev], ValidationLimits()).findings] == ["TG111"]


def test_a_missing_file_and_an_unknown_rubric_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere\.jsonl"):
        validate_paths([tmp_path / "nowhere.jsonl"], ValidationLimits())
    with pytest.raises(UnknownNameError, match="mth"):
        validate_paths([written(tmp_path / "x.jsonl", GOOD)], ValidationLimits(rubric="mth"))


_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
_PLACES = [
    ("metadata",),
    ("metadata", "format_version"),
    ("metadata", "domain"),
    ("positive_pool",),
    ("negative_bank",),
    ("tests_or_constraints",),
    *[("negative_bank", 0, name) for name in ("rubric", "negative_kind", "metadata", "rubric_score_raw", "label")],
    *[("negative_bank", 1, "rubric", name) for name in ("total", "answer_support", "x")],
    *[("positive_pool", 0, "metadata", name) for name in ("annotations", "perturbation")],
    *[("negative_bank", 2, "metadata", name) for name in ("annotations", "perturbation", "certificate", "provenance")],
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(_PLACES), _JUNK), min_size=1, max_size=3))
def test_whatever_a_file_holds_the_answer_is_findings(tmp_path_factory: Any, changes: list[tuple[Any, Any]]) -> None:
    row = json.loads(json.dumps(GOOD | {"metadata": {"format_version": 1}}))
    for candidate in (*row["positive_pool"], *row["negative_bank"]):
        candidate["metadata"] = {"perturbation": {"kind": "x"}, "certificate": {"checker": "x"}}
    for path, junk in changes:
        at: Any = row
        for part in path[:-1]:
            try:
                at = at[part]
            except (KeyError, IndexError, TypeError):  # junk that came before
                at = None
        if isinstance(at, dict):
            at[path[-1]] = junk
    path = written(tmp_path_factory.mktemp("junk") / "x.jsonl", row)
    assert validate_paths([path], ValidationLimits(certificates=True)).findings


def test_a_run_without_groups_is_no_clean_run(tmp_path: Path) -> None:
    build(Config(seeds=("bundled",), limit=1, workers=1), tmp_path / "run", upto="generate")
    with pytest.raises(RunError, match="holds no groups yet"):
        validate_paths([tmp_path / "run"], ValidationLimits())


def test_a_run_is_measured_by_its_own_limits_and_a_file_by_the_given_ones(tmp_path: Path) -> None:
    run, few = (
        tmp_path / "run",
        written(tmp_path / "few.jsonl", problem(1) | {"negative_bank": GOOD["negative_bank"][:2]}),
    )
    build(Config(limit=12, workers=1, min_negatives=2), run)
    for paths in ([run, few], [few, run]):
        (finding,) = [found for found in validate_paths(paths, ValidationLimits()).findings if found.code == "TG030"]
        assert finding.place == f"{few}:1"


def test_lines_whose_check_dies_are_never_taken_for_checked(tmp_path: Path) -> None:
    path = written(tmp_path / "math_train.jsonl", problem(1))
    chunk = validate_files._Chunk(path, 0, path.stat().st_size, 1, ValidationLimits())
    with pytest.raises(RunError, match=r"math_train\.jsonl:1: .*died twice \(killed by SIGKILL\)"):
        validate_files._CheckChunks().died((0, chunk), "killed by SIGKILL")
