"""Checkpoints in the released layout: theirs is scored as they score it, ours comes back as it was written."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from repo_files import SHARED_DATA
from tiny_backbone import tiny_backbone

from tracelift_groups import RewardModel, RunError
from tracelift_groups.errors import ConfigError
from tracelift_groups.reward_model.model import (
    HeadLayout,
    TransformerModel,
    encode_trace,
    load_backbone,
    load_tokenizer,
)
from tracelift_groups.reward_model.model import with_heads as with_new_heads
from tracelift_groups.reward_model.pretrained import read_pretrained, write_pretrained

pytest.importorskip("torch", reason="needs torch (extra train)")
pytest.importorskip("transformers", reason="needs transformers (extra train)")

PROBLEM, TRACE = "A crate holds 36 eggs. How many eggs do 14 crates hold?", "14 * 36 = 504 eggs."
NAMES = ("understanding", "support")


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_backbone(tmp_path_factory.mktemp("model") / "tiny", num_hidden_layers=1)


def _model(backbone: Path, max_length: int = 512, domain: str = "math") -> TransformerModel:
    layout = HeadLayout(NAMES, (0.25, 0.75))
    parts = with_new_heads(load_backbone(backbone), layout, seed=1)
    return TransformerModel(parts, load_tokenizer(backbone), layout, max_length, domain)


@pytest.fixture
def written(backbone: Path, tmp_path: Path) -> Path:
    write_pretrained(_model(backbone), tmp_path / "rm", "tiny", {})
    return tmp_path / "rm"


def _released() -> Path:
    folder = SHARED_DATA / "released_rm"
    if not folder.is_dir():
        pytest.skip("the released fixture isn't beside the checkout")
    return folder


def test_the_released_checkpoint_scores_as_its_authors_score_it() -> None:
    folder = _released()
    rows: list[dict[str, Any]] = json.loads((folder / "expected.json").read_text())
    model, read = RewardModel.load(folder), read_pretrained(folder)
    assert len(rows) >= 5
    for row in rows:
        group = row["group"]
        fields = {"domain": "math", "task_type": group["task_type"], "tests": group.get("tests_or_constraints", "")}
        encoded = encode_trace(read, group["problem"], row["reasoning"], **fields)
        assert encoded is not None
        assert len(encoded.ids) == row["tokens"]
        (found,) = model.score(group["problem"], [row["reasoning"]], **fields)
        assert found is not None
        assert found.total == pytest.approx(row["total"], abs=1e-5)
        assert found.derived == pytest.approx(row["derived"], abs=1e-5)
        assert [4 * value for value in found.dimensions.values()] == pytest.approx(row["expected_dimensions"], abs=1e-5)


def test_a_batch_scores_each_trace_as_it_is_scored_alone(written: Path) -> None:
    model = RewardModel.load(written)
    traces = [TRACE, "Eggs.", f"{TRACE}\nSo there are 504 eggs."]
    together = model.score(PROBLEM, traces)
    for trace, found in zip(traces, together, strict=True):
        (alone,) = model.score(PROBLEM, [trace])
        assert alone is not None
        assert found is not None
        assert found.total == pytest.approx(alone.total, abs=1e-5)
    # The beginning of all three is the same: what is pooled is their end.
    assert len({round(found.total, 5) for found in together if found is not None}) == 3


def test_what_is_written_comes_back_with_the_same_scores(backbone: Path, written: Path) -> None:
    from tracelift_groups.reward_model.model import TransformerScorer

    before = TransformerScorer(_model(backbone)).judge(PROBLEM, [TRACE], domain="math", task_type="math", tests="")
    (after,) = RewardModel.load(written).score(PROBLEM, [TRACE])
    assert after is not None
    assert not isinstance(before[0], str)
    assert after.total == pytest.approx(before[0].total, abs=1e-5)
    assert after.dimensions == pytest.approx(before[0].dimensions, abs=1e-5)


def test_the_layout_is_the_released_one(written: Path) -> None:
    from safetensors import safe_open

    config = json.loads((written / "config.json").read_text())
    assert config["architectures"] == ["Qwen2ForReasonRewardModel"]
    assert (config["rm_dimension_names"], config["rm_dimension_weights"]) == (list(NAMES), [0.25, 0.75])
    assert (config["rm_num_labels"], config["rm_use_total_head"], config["classifier_dropout"]) == (5, True, 0.0)
    metadata = json.loads((written / "rm_metadata.json").read_text())
    assert metadata["dimension_names"] == list(NAMES)
    with safe_open(written / "model.safetensors", "pt") as file:
        names = set(file.keys())
        assert {"dimension_heads.0.weight", "dimension_heads.1.bias", "total_head.weight", "total_head.bias"} <= names
        assert file.get_tensor("dimension_heads.0.weight").shape == (5, 64)
        assert file.get_tensor("total_head.weight").shape == (1, 64)
        assert {name.partition(".")[0] for name in names} == {"model", "dimension_heads", "total_head"}


def test_another_backbone_has_the_same_layout(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="needs transformers (extra train)")
    folder = tiny_backbone(tmp_path / "llama", num_hidden_layers=1)
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
    config = transformers.LlamaConfig(**sizes, vocab_size=len(load_tokenizer(folder)))
    transformers.LlamaModel(config).save_pretrained(folder)
    write_pretrained(_model(folder), tmp_path / "rm", "llama", {})
    assert json.loads((tmp_path / "rm" / "config.json").read_text())["architectures"] == ["LlamaForReasonRewardModel"]
    assert RewardModel.load(tmp_path / "rm").score(PROBLEM, [TRACE])[0] is not None


def test_a_text_that_is_too_long_loses_the_beginning_of_its_problem_never_its_end(backbone: Path) -> None:
    model = _model(backbone, max_length=170)
    whole = _model(backbone, max_length=2000)
    fields = {"domain": "math", "task_type": "math", "tests": ""}
    long = f"{'A crate is a box. ' * 40}{PROBLEM}"
    encoded = encode_trace(model, long, TRACE, **fields)
    assert encoded is not None
    assert encoded.cut
    assert 165 <= len(encoded.ids) <= 170
    text = model.tokenizer.decode(encoded.ids)
    assert text.endswith("crates hold?\n</problem>\n<reasoning>\n14 * 36 = 504 eggs.\n</reasoning>")
    complete = encode_trace(whole, PROBLEM, TRACE, **fields)
    assert complete is not None
    assert not complete.cut
    assert encode_trace(model, PROBLEM, f"{TRACE} " * 40, **fields) is None


def test_a_trace_without_a_score_says_why(backbone: Path, tmp_path: Path) -> None:
    write_pretrained(_model(backbone, max_length=170), tmp_path / "rm", "tiny", {})
    model = RewardModel.load(tmp_path / "rm")
    assert model.judge(PROBLEM, [f"{TRACE} " * 40]) == ["The trace has more than 170 tokens."]
    assert model.score("Sort.", ["Compare."], domain="code") == [None]


@pytest.mark.parametrize("broken", ["model.safetensors", "tokenizer.json"])
def test_a_checkpoint_without_a_file_is_one_sentence(written: Path, broken: str) -> None:
    (written / broken).unlink()
    if broken == "tokenizer.json":
        (written / "tokenizer_config.json").unlink()
    with pytest.raises((RunError, ConfigError), match=r"no whole reward model|no tokenizer"):
        RewardModel.load(written)


def test_a_checkpoint_cut_in_half_is_one_sentence(written: Path) -> None:
    data = (written / "model.safetensors").read_bytes()
    (written / "model.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(RunError, match="no whole reward model"):
        RewardModel.load(written)


def test_a_failed_write_leaves_the_checkpoint_that_was_there(
    backbone: Path, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = RewardModel.load(written).score(PROBLEM, [TRACE])
    monkeypatch.setattr("safetensors.torch.save_file", lambda *_, **__: (_ for _ in ()).throw(OSError(28, "No space")))
    with pytest.raises(RunError, match="Can't write"):
        write_pretrained(_model(backbone), written, "tiny", {})
    assert RewardModel.load(written).score(PROBLEM, [TRACE]) == before
    assert [path.name for path in written.parent.iterdir()] == ["rm"]


def test_a_released_checkpoint_can_be_written_again(tmp_path: Path) -> None:
    folder = _released()
    write_pretrained(read_pretrained(folder), tmp_path / "rm", "released", {})
    ours, theirs = RewardModel.load(tmp_path / "rm"), RewardModel.load(folder)
    assert ours.score(PROBLEM, [TRACE]) == theirs.score(PROBLEM, [TRACE])
    shutil.rmtree(tmp_path / "rm")
