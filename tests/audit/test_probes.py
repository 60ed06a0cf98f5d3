"""Planted tells are found, what is no tell is not, and nothing that was fitted on is measured on."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from random import Random

import numpy as np
import pytest
from synthetic_groups import candidate, groups, keep

from tracelift_groups.audit import probes
from tracelift_groups.audit.pair_accuracy import is_held_out
from tracelift_groups.audit.probes import NEEDED, VIEWS, Probe, run_probes
from tracelift_groups.errors import MissingExtraError, RecordError
from tracelift_groups.records.group import Group

pytest.importorskip("sklearn", reason="needs scikit-learn (the extra audit)")
COUNT = 300


def _run(name: str, made: list[Group]) -> Probe:
    (found,) = run_probes(made, (name,))
    return found


def _word(text: str, rng: Random) -> str:
    lines = text.split("\n")
    place = rng.randrange(3)
    lines[place] = lines[place].replace(" has ", " surely has ")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("name", "plant"),
    [
        ("n-grams", _word),
        ("length", lambda text, _: text + "\n" + text.split("\n")[0]),
        ("numbers", lambda text, _: text.replace("\n", " or 7.77\n", 1)),
        ("numbers and repetition", lambda text, _: text + " " + text.split(" ")[2]),
        ("n-grams", lambda text, _: text.replace(" has ", " Has ")),
        ("style", lambda text, _: text.replace("+", "−")),
    ],
)
def test_a_planted_tell_is_found_by_its_probe(name: str, plant: Callable[[str, Random], str]) -> None:
    found = _run(name, groups(COUNT, plant))
    assert found.pooled.value > 0.97
    assert min(accuracy.value for accuracy in found.solo.values()) > 0.97
    assert found.tells["first"][0].ahead > 0


@pytest.mark.parametrize("name", VIEWS)
def test_traces_that_differ_by_chance_alone_are_not_told_apart(name: str) -> None:
    found = _run(name, groups(COUNT, keep))
    assert found.pooled.low <= 0.5 <= found.pooled.high
    assert 0.4 < found.pooled.value < 0.6


def test_the_tell_is_named() -> None:
    tells = _run("n-grams", groups(COUNT, _word)).tells["first"]
    assert "surely" in " ".join(tell.feature for tell in tells)
    assert all(tell.weight > 0 for tell in tells[:1])


def test_a_kind_with_a_tell_stands_out_from_one_without() -> None:
    found = _run("n-grams", groups(COUNT, {"loud": _word, "quiet": keep}))
    assert found.kinds["loud"].value > 0.95
    assert found.solo["quiet"].value < 0.65
    assert found.kinds.keys() == found.solo.keys() == {"loud", "quiet"}


def test_a_tell_under_shuffled_labels_is_none() -> None:
    rng = Random(0)
    made = [replace(g, negative_bank=g.negative_bank[:1]) for g in groups(3 * COUNT, {"a": _word})]
    shuffled = [_exchanged(group) if rng.random() < 0.5 else group for group in made]
    assert _run("n-grams", made).pooled.value > 0.97
    assert 0.4 < _run("n-grams", shuffled).pooled.value < 0.6


def _exchanged(group: Group) -> Group:
    """The one flaw and the reference in each other's place."""
    flaw, reference = group.negative_bank[0].reasoning, group.positive_pool[0].reasoning
    return replace(group, positive_pool=(candidate(flaw),), negative_bank=(candidate(reference, "a"),))


def test_flaws_of_the_held_out_part_never_reach_the_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    made = groups(COUNT, _word)
    silent = [group for group in made if not is_held_out(group.problem_id)]
    loud = [group for group in groups(COUNT, keep) if is_held_out(group.problem_id)]
    seen: list[int] = []
    fitted = probes._fitted
    monkeypatch.setattr(probes, "_fitted", lambda m, f, rows: seen.append(len(rows)) or fitted(m, f, rows))
    _run("n-grams", silent + loud)
    assert seen == [5 * len(silent), 3 * len(silent), 3 * len(silent)]


def test_the_same_groups_give_the_same_result() -> None:
    made = groups(120, _word)
    assert run_probes(made) == run_probes(iter(made))
    assert [probe.name for probe in run_probes(made)] == list(VIEWS)


def test_results_are_json() -> None:
    (found,) = run_probes(groups(120, _word), ("length",))
    assert json.loads(json.dumps(asdict(found)))["pooled"]["pairs"] == found.pooled.pairs


def test_a_sample_takes_so_many_problems_whatever_their_order() -> None:
    made = groups(400, _word)
    one, two = (run_probes(order, ("length",), sample=100) for order in (made, made[::-1]))
    assert one[0].pooled.value == pytest.approx(two[0].pooled.value)
    assert one[0].pooled.problems == two[0].pooled.problems < 60


def test_equal_traces_are_a_tie() -> None:
    made = [replace(g, negative_bank=(candidate(g.positive_pool[0].reasoning, "a"),) * 3) for g in groups(80)]
    for probe in run_probes(made):
        assert probe.pooled.value == probe.pooled.low == probe.pooled.high == 0.5


@pytest.mark.parametrize("count", [0, 1, NEEDED - 1])
def test_too_few_problems_are_refused_with_the_number_needed(count: int) -> None:
    with pytest.raises(RecordError, match=f"at least {NEEDED} problems.*found {count}"):
        run_probes(groups(count))


def test_groups_without_a_flaw_or_a_reference_do_not_count() -> None:
    bare = [replace(group, negative_bank=()) for group in groups(NEEDED)]
    bare += [replace(group, positive_pool=()) for group in groups(NEEDED)]
    with pytest.raises(RecordError, match="found 0"):
        run_probes(bare)


@pytest.mark.parametrize(("fitted", "held_out", "enough"), [(20, 10, True), (19, 10, False), (20, 9, False)])
def test_a_kind_has_a_solo_probe_with_20_problems_to_fit_and_10_held_out(
    fitted: int, held_out: int, enough: bool
) -> None:
    rare = groups(200, {"rare": keep}, start=COUNT)
    some = [group for group in rare if not is_held_out(group.problem_id)][:fitted]
    some += [group for group in rare if is_held_out(group.problem_id)][:held_out]
    found = _run("length", groups(COUNT, keep) + some)
    assert ("rare" in found.solo, "rare" in found.tells) == (enough, enough)
    assert found.kinds["rare"].problems == held_out


def test_groups_of_different_sizes_keep_their_own_rows() -> None:
    made = [replace(g, negative_bank=g.negative_bank[: 1 + i % 4]) for i, g in enumerate(groups(COUNT, _word))]
    found = _run("n-grams", made)
    assert found.pooled.value > 0.97
    assert found.pooled.pairs == sum(len(g.negative_bank) for g in made if is_held_out(g.problem_id))


def test_words_are_seen_by_two_and_characters_by_four_as_they_are_written() -> None:
    _, features = VIEWS["n-grams"](["So Abcd = 4"] * 3, np.array([True, True, False]))
    assert {"word 'So Abcd'", "word 'Abcd ='", "characters 'Abcd'", "characters 'o Ab'"} <= set(features)
    assert not [name for name in features if "abcd" in name or len(name) > len("characters '1234'") + 2]


def test_without_scikit_learn_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(MissingExtraError, match=r"tracelift-groups\[audit\]"):
        run_probes(groups(NEEDED))


def test_importing_probes_loads_no_numbers_library() -> None:
    code = "import sys, tracelift_groups.audit.probes; print({'numpy', 'scipy', 'sklearn'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "set()"
