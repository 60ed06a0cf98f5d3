from contextlib import closing
from pathlib import Path

import fake_stages
import orjson
import pytest

from tracelift_groups.config import Config
from tracelift_groups.errors import RunError
from tracelift_groups.ingest import source
from tracelift_groups.pipeline.build import build
from tracelift_groups.pipeline.ledger import Ledger
from tracelift_groups.pipeline.work_queue import WorkQueue
from tracelift_groups.records.stage import Drop


def make(out: Path, *specs: str, limit: int | None = None) -> None:
    build(Config(seeds=specs, limit=limit, workers=1), out, pipeline=fake_stages.PIPELINE)


def drops(out: Path) -> list[tuple[str, str, str]]:
    rows = [orjson.loads(line) for line in (out / "rejected.jsonl").read_bytes().splitlines()]
    return [(row["problem_id"], row["rule"], row["raw"]) for row in rows if row["stage"] == "seed"]


def test_the_first_of_two_seeds_with_one_id_counts(tmp_path: Path) -> None:
    first = fake_stages.write_seeds(tmp_path / "a.jsonl", {"x": "First.", "y": "Other."})
    second = fake_stages.write_seeds(tmp_path / "b.jsonl", {"x": "Second.", "z": "Third."})
    third = fake_stages.write_seeds(tmp_path / "c.jsonl", {"x": "Third.", "x2": "untrue"})
    make(tmp_path / "run", first, second, third)
    assert drops(tmp_path / "run") == [
        ("x", "duplicate-id", "Second."),
        ("x", "duplicate-id", "Third."),
        ("x2", "false-gold", "72"),
    ]
    assert b"First." in (tmp_path / "run" / "groups" / "math_train.jsonl").read_bytes()


def test_a_resumed_run_does_not_take_its_own_items_for_duplicates(tmp_path: Path) -> None:
    first = fake_stages.write_seeds(tmp_path / "a.jsonl", {"x": "First.", "y": "Other."})
    second = fake_stages.write_seeds(tmp_path / "b.jsonl", {"x": "Second."})
    make(tmp_path / "run", first, second)
    before = fake_stages.exported(tmp_path / "run")
    make(tmp_path / "run", first, second)
    make(tmp_path / "run", first)
    assert fake_stages.exported(tmp_path / "run") == before


def test_a_seed_that_changed_under_its_id_is_refused(tmp_path: Path) -> None:
    spec = fake_stages.write_seeds(tmp_path / "a.jsonl", {"x": "First.", "y": "Other."})
    make(tmp_path / "run", spec)
    before = fake_stages.exported(tmp_path / "run")
    fake_stages.write_seeds(tmp_path / "a.jsonl", {"x": "First.", "y": "Altered."})
    with pytest.raises(RunError, match='The problem "y" is not the one'):
        make(tmp_path / "run", spec)
    assert fake_stages.exported(tmp_path / "run") == before


def test_bad_lines_are_kept_under_their_place_without_the_folder(tmp_path: Path) -> None:
    runs = []
    for folder in ("here", "there/deep"):
        file = tmp_path / folder / "bad.jsonl"
        file.parent.mkdir(parents=True)
        fake_stages.write_seeds(file, {"x": "First."})
        with file.open("ab") as out:
            out.write(b'{"problem_id": "x", \n[1]\n{"problem_id": "w"}\n')
        make(tmp_path / folder / "run", f"file:{file}")
        runs.append(fake_stages.exported(tmp_path / folder / "run"))
        assert len(drops(tmp_path / folder / "run")) == 3
    assert runs[0] == runs[1]
    assert str(tmp_path).encode() not in runs[0]["rejected.jsonl"]


def test_a_place_of_a_third_party_source_loses_its_folder_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = f"{tmp_path}/bad.jsonl:3"
    drop = Drop("seed", "", "malformed", f"{place}: not JSON.", place=place)
    monkeypatch.setattr(source, "read_seeds", lambda _: iter([drop, drop]))
    make(tmp_path / "run", "theirs")
    lines = [orjson.loads(line) for line in (tmp_path / "run" / "rejected.jsonl").read_bytes().splitlines()]
    assert [(line["problem_id"], line["place"], line["reason"]) for line in lines] == [
        ("bad.jsonl:3", "bad.jsonl:3", "bad.jsonl:3: not JSON.")
    ] * 2


def test_the_limit_counts_the_seeds_of_each_source(tmp_path: Path) -> None:
    a = fake_stages.write_seeds(tmp_path / "a.jsonl", {"a1": "A.", "a2": "A.", "a3": "A."})
    b = fake_stages.write_seeds(tmp_path / "b.jsonl", {"b1": "B.", "b2": "B.", "b3": "B."})
    names = [item.name for item in WorkQueue(None).read(Config(seeds=(a, b), limit=2))]
    assert names == ["a1", "a2", "b1", "b2"]


def test_only_failed_items_are_tried_again_and_only_when_asked(tmp_path: Path) -> None:
    make(tmp_path / "run", fake_stages.write_seeds(tmp_path / "a.jsonl", {"a": "A.", "b": "crash", "c": "untrue"}))
    with closing(Ledger(tmp_path / "run" / "ledger.sqlite")) as ledger:
        assert list(WorkQueue(ledger).unfinished("validate", retry_failed=False)) == []
        (again,) = WorkQueue(ledger).unfinished("validate", retry_failed=True)
    assert (again.name, again.start, list(again.payloads or {})) == ("b", "perturb", ["generate"])


def test_an_unknown_problem_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    spec = fake_stages.write_seeds(tmp_path / "a.jsonl", {"item-1": "A.", "other": "B."})
    make(tmp_path / "run", spec)
    with closing(Ledger(tmp_path / "run" / "ledger.sqlite")) as ledger:
        intake = WorkQueue(ledger)
        with pytest.raises(RunError, match=r'has no problem "item-l".* Did you mean "item-1"'):
            list(intake.named(["item-l"], tmp_path))
        assert [item.start for item in intake.named(["item-1", "item-1"], tmp_path)] == ["seed"]
