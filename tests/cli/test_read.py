"""The commands that only read: show, stats, kinds, rubrics, validate."""

import json
import re
from pathlib import Path

import pytest
from small_run import built
from typer.testing import CliRunner, Result

from tracelift_groups.cli import app
from tracelift_groups.files.group_files import read_groups
from tracelift_groups.records.group import Group
from tracelift_groups.registry import KINDS
from tracelift_groups.validation.rule import RULES


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture(scope="module")
def group(run: Path) -> Group:
    return next(iter(read_groups(min((run / "groups").glob("*.jsonl")))))


def called(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_show_marks_each_edit_and_prints_certificate_and_scores(run: Path, group: Group) -> None:
    printed = called("show", run, group.problem_id).stdout
    assert group.problem in printed
    assert group.positive_pool[0].reasoning in printed
    for flaw in group.negative_bank:
        assert f"{flaw.negative_index} {flaw.negative_kind}" in printed
        assert f"total {flaw.total:g}" in printed
        for edit in flaw.metadata["perturbation"]["edits"]:
            assert f"⟦{edit['before']} → {edit['after']}⟧" in printed
        assert str(flaw.metadata["certificate"]["claim"]) in printed


def test_show_prints_the_row_itself(run: Path, group: Group) -> None:
    assert json.loads(called("show", run, group.problem_id, "--json").stdout) == group.to_json()


def test_stats_prints_what_its_json_holds(run: Path) -> None:
    found = json.loads(called("stats", run, "--json").stdout)
    printed = called("stats", run).stdout
    for kind, count in found["kinds"].items():
        assert re.search(rf"{kind} .*\b{count['kept']}\b", printed)
    assert "Mean labels" in printed


def test_kinds_lists_every_kind() -> None:
    rows = json.loads(called("kinds", "--json").stdout)
    assert [row["name"] for row in rows] == KINDS.names()
    assert len(rows) >= 8
    printed = called("kinds").stdout
    for row in rows:
        assert row["wrong"] in printed
        assert row["needs"] in printed
        assert row["weight"]["value"] > 0
        assert row["weight"]["why"]


def test_rubrics_lists_all_or_prints_one() -> None:
    assert "answer_support (0.2)" in called("rubrics").stdout
    assert json.loads(called("rubrics", "math", "--json").stdout)["name"] == "math"
    assert "labels: strong from" in called("rubrics", "math").stdout


def test_validate_recomputes_every_certificate_of_a_run(run: Path) -> None:
    result = called("validate", run, "--certificates", "--workers", 1)
    assert result.exit_code == 0
    recomputed, held = re.findall(r"recomputed: ([\d,]+); ([\d,]+) hold \(100.00%\)", result.stdout)[0]
    assert recomputed == held
    assert int(recomputed.replace(",", "")) >= 30


def test_validate_finds_a_tampered_flaw_and_its_exit_code_says_so(tmp_path: Path, group: Group) -> None:
    row = json.loads(json.dumps(group.to_json()))
    row["negative_bank"][0]["metadata"]["certificate"]["found"] = "7919"
    row["negative_bank"][1]["reasoning"] += " By mistake."
    path = tmp_path / "math_dev.jsonl"
    path.write_text(json.dumps(row) + "\nnot json\n", encoding="utf-8")
    result = called("validate", path, "--certificates", "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [finding["code"] for finding in report["findings"]] == ["TG070", "TG080", "TG090", "TG090", "TG001"]
    assert report["certificates"]["recomputed"] - report["certificates"]["held"] == 2
    printed = called("validate", path).stdout
    assert f"{path}:1, {group.problem_id}, negative 1" in printed
    assert f"{path}:2: TG001 error" in printed


def test_validate_lists_the_rules() -> None:
    printed = called("validate", "--rules").stdout
    assert all(rule.code in printed and rule.what in printed for rule in RULES.values())
    assert [row["code"] for row in json.loads(called("validate", "--rules", "--json").stdout)] == list(RULES)


def test_validate_of_nothing_is_a_mistake_in_the_call() -> None:
    assert called("validate").exit_code == 2
