from contextlib import closing
from pathlib import Path

import fake_stages
import pytest

from tracelift_groups.config import Config
from tracelift_groups.errors import RunError
from tracelift_groups.pipeline import fingerprint
from tracelift_groups.pipeline.build import build
from tracelift_groups.pipeline.fingerprint import facts, refuse_changes
from tracelift_groups.pipeline.ledger import Ledger


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fingerprint")
    spec = fake_stages.write_seeds(folder / "seeds.jsonl", {"x": "Add."})
    build(Config(seeds=(spec,), workers=1), folder / "run", pipeline=fake_stages.PIPELINE)
    return folder / "run"


@pytest.mark.parametrize(
    ("changed", "difference", "redone"),
    [
        (Config(max_negatives=5), "max_negatives: 6 → 5.", "redo validate."),
        (
            Config(kinds=("a",), min_negatives=3),
            'kinds: [] → ["a"]; min_negatives: 4 → 3.',
            "redo perturb, annotate, validate.",
        ),
        (Config(seed=1), "seed: 0 → 1.", "redo generate, perturb, annotate, validate."),
        (Config(near_duplicate=0.7), "near_duplicate: 0.8 → 0.7.", "redo only the export."),
    ],
)
def test_a_changed_configuration_is_refused_with_its_difference(
    run: Path, changed: Config, difference: str, redone: str
) -> None:
    with closing(Ledger(run / "ledger.sqlite")) as ledger, pytest.raises(RunError) as caught:
        refuse_changes(ledger, facts(changed), run)
    assert caught.value.what == f"{run} was built with another configuration. {difference}"
    assert redone in caught.value.todo
    assert "--fresh" in caught.value.todo


def test_seeds_limit_and_workers_may_change(run: Path) -> None:
    with closing(Ledger(run / "ledger.sqlite")) as ledger:
        refuse_changes(ledger, facts(Config(seeds=("bundled",), limit=3, workers=7)), run)


def test_another_version_or_rubric_is_a_change_too(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint, "tool_version", lambda: "9.9.9")
    found = facts(Config()) | {"contents of rubric math": "other"}
    with closing(Ledger(run / "ledger.sqlite")) as ledger, pytest.raises(RunError) as caught:
        refuse_changes(ledger, found, run)
    assert '→ "9.9.9"' in caught.value.what
    assert 'contents of rubric math: "' in caught.value.what
    assert "redo seed, generate, perturb, annotate, validate." in caught.value.todo


def test_what_no_result_rests_on_yet_may_change(tmp_path: Path) -> None:
    spec = fake_stages.write_seeds(tmp_path / "seeds.jsonl", {"x": "Add."})
    build(Config(seeds=(spec,), workers=1), tmp_path / "run", upto="generate", pipeline=fake_stages.PIPELINE)
    build(Config(seeds=(spec,), workers=1, max_negatives=5), tmp_path / "run", pipeline=fake_stages.PIPELINE)
    with pytest.raises(RunError, match="max_negatives: 5 → 6"):
        build(Config(seeds=(spec,), workers=1), tmp_path / "run", pipeline=fake_stages.PIPELINE)
