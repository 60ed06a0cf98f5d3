"""Comparing answers: one test for each trap; no text of a model raises or takes long."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repo_files import ROOT

from tracelift_groups.math.answers import symbolic
from tracelift_groups.math.answers.extract import extract
from tracelift_groups.math.answers.listing import read_listing
from tracelift_groups.math.answers.normalize import normalise
from tracelift_groups.math.answers.number import read_number
from tracelift_groups.math.answers.unit import take_apart, total
from tracelift_groups.math.answers.verify import verify_answer

PAIRS = [json.loads(line) for line in (ROOT / "tests" / "data" / "answer_pairs.jsonl").read_text("utf-8").splitlines()]
# Right answers that are not accepted. Remove an entry once it is accepted.
REJECTED = [
    ("120", "5!"),
    ("-3, 5", "5, -3"),
    ("3.5 hours", "3:30"),
    ("yes", "Yes, it is"),
    ("0.25", "one quarter"),
    ("18", "So she makes 18 dollars every day."),
    ("xy", "yx"),
]


def equal(gold: str, prediction: str) -> bool:
    return verify_answer(gold, prediction).verdict == "equal"


def soon_equal(gold: str, prediction: str) -> bool:
    """Whether one of a few tries says so: on a busy machine a new worker may start too late for the first."""
    return any(equal(gold, prediction) for _ in range(8))


def test_the_pairs_are_many_and_each_has_its_reason() -> None:
    assert len(PAIRS) >= 130
    assert len({(row["gold"], row["prediction"]) for row in PAIRS}) == len(PAIRS)
    assert all(row["reason"] and isinstance(row["equal"], bool) for row in PAIRS)
    assert min(Counter(row["equal"] for row in PAIRS).values()) >= 60


def test_few_pairs_are_wrong_and_no_wrong_answer_is_accepted() -> None:
    wrong = [row for row in PAIRS if equal(row["gold"], row["prediction"]) != row["equal"]]
    assert not [row for row in wrong if not row["equal"]], "false accepts"
    assert len(wrong) <= 0.06 * len(PAIRS)
    assert [(row["gold"], row["prediction"]) for row in wrong] == REJECTED


def test_every_answer_but_an_empty_one_equals_itself() -> None:
    answers = {row["gold"] for row in PAIRS} - {"", "nan"}
    assert len(answers) >= 80
    assert not [answer for answer in answers if not equal(answer, answer)]


@pytest.mark.parametrize(
    ("gold", "prediction", "layer"),
    [
        ("Monday", "monday", "text"),
        ("5.5", "5 1/2", "number"),
        ("\\{1,2\\}", "\\{2,1\\}", "list"),
        ("A", "(A) 5 cm", "choice"),
        ("\\sqrt{8}", "2\\sqrt{2}", "symbolic"),
    ],
)
def test_the_verdict_names_the_layer_that_decided(gold: str, prediction: str, layer: str) -> None:
    found = verify_answer(gold, prediction)
    assert (found.verdict, found.layer) == ("equal", layer)
    assert found.why.endswith(".")


@pytest.mark.parametrize("gold", ["", " ", "$$", "\\boxed{}", "nan", "NaN"])
@pytest.mark.parametrize("prediction", ["", "0", "nan", "\\boxed{}", "5"])
def test_an_empty_gold_is_never_matched(gold: str, prediction: str) -> None:
    assert verify_answer(gold, prediction).verdict == "wrong"


def test_integers_of_any_length_are_compared_to_the_last_digit() -> None:
    digits = "7" * 100_000
    assert verify_answer(digits, digits + ".0").verdict == "equal"
    assert verify_answer(digits, f"The answer is {digits}.").verdict == "equal"
    assert verify_answer(digits, digits[:-1] + "8").verdict == "wrong"
    assert verify_answer("7", digits).verdict == "wrong"


SLOW = [
    "9^{9^{9^{9}}}",
    "2^{2^{2^{2^{2^{2}}}}} - 1",
    "100000000!",
    "((10!)!)!",
    "\\binom{10^9}{10^8}",
    "(x+1)^{100000}",
    "\\sum_{n=1}^{10^9} \\frac{1}{n}",
    "\\prod_{n=1}^{10^9} n",
    "\\{" + ",".join(f"\\sqrt{{{n}}}" for n in range(150)) + "\\}",
]
HARD = [
    "\\int_0^1 x^x \\, dx",
    "1e999999999999",
    "10^{999999999999}",
    "1e99999999999999999999",
    "\\sqrt{" * 100 + "2" + "}" * 100,
    "\\frac{1}{1+" * 500 + "1" + "}" * 500,
    "{" * 500 + "(" * 500,
    "\\left(" * 500 + "x" + "\\right)" * 500,
    "\\boxed{" * 20_000,
    "answer is " * 10_000,
    "#### " * 20_000,
    "\\text{" * 20_000 + "1" + "}" * 20_000,
    "1," * 50_000,
    "1 " * 50_000,
    "-" * 100_000,
    "x" * 100_000,
    "\\" * 100_000,
    "$" * 100_000,
    "1/0",
    "0/0",
    "0^{-1}",
    "\\frac{1}{0}",
    "\ud800",
    "\x00",
    "جواب ٣",
    "\u202e" * 1000 + "3",
    "__import__('os').system('true')",
]


@pytest.mark.parametrize(
    ("gold", "predictions"), [("5", SLOW + HARD), ("\\sqrt{2}", HARD), ("\\{1, \\sqrt{2}\\}", HARD)]
)
def test_nothing_raises_or_is_accepted(gold: str, predictions: list[str]) -> None:
    for prediction in predictions:
        assert verify_answer(gold, prediction).verdict != "equal", prediction[:40]


@pytest.mark.parametrize("prediction", ["9^{9^{9^{9}}}", "100000000!"])
def test_what_takes_too_long_is_unknown_and_the_next_pair_is_not_affected(prediction: str) -> None:
    assert verify_answer("5", prediction).verdict == "unknown"
    assert soon_equal("\\sqrt{8}", "2\\sqrt{2}")


def test_what_takes_too_much_memory_is_unknown() -> None:
    assert symbolic.compare("2^{2^{34}}", "3", 0) in ("memory", "late", "failed")  # type: ignore[arg-type]  # 0 is a Fraction


def test_a_gold_that_is_not_mathematics_is_unknown_unless_the_texts_agree() -> None:
    assert verify_answer("5 \\foo{3}", "7").verdict == "unknown"
    assert verify_answer("5 \\foo{3}", "5\\foo{3}").verdict == "equal"


def test_a_list_without_brackets_in_another_order_is_unknown() -> None:
    assert verify_answer("-3, 5", "5, -3").verdict == "unknown"
    assert verify_answer("-3, 5", "5, 3").verdict == "wrong"


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("0123456789.,-+/%$\\{}()[] \n'°√½eExboxedanswer is#:∞٣"), max_size=30))
def test_no_text_raises(text: str) -> None:
    assert verify_answer("17", text).verdict in ("equal", "wrong", "unknown")
    assert verify_answer(text, "17").verdict in ("equal", "wrong", "unknown")


@given(st.fractions(-(10**6), 10**6, max_denominator=1000), st.fractions(-(10**6), 10**6, max_denominator=1000))
def test_fractions_are_equal_when_they_are(left: object, right: object) -> None:
    assert equal(str(left), f"The answer is ${right}$.") == (left == right)
    assert equal(str(left), f"\\boxed{{{left}}}")


# Where it runs


def test_it_works_in_many_threads_at_once() -> None:
    pairs = [("\\sqrt{8}", f"{n}\\sqrt{{2}}") for n in range(12)]
    with ThreadPoolExecutor(6) as threads:
        found = list(threads.map(lambda pair: verify_answer(*pair).verdict, pairs))
    assert found == ["equal" if n == 2 else "wrong" for n in range(12)]


def test_it_works_in_asyncio_and_leaves_the_alarm_alone() -> None:
    async def all_of_them() -> list[str]:
        found = await asyncio.gather(
            *(asyncio.to_thread(verify_answer, "\\sqrt{8}", f"{n}\\sqrt{{2}}") for n in range(4))
        )
        return [verdict.verdict for verdict in found]

    def ours(*_: object) -> None: ...

    before = signal.signal(signal.SIGALRM, ours)
    try:
        assert asyncio.run(all_of_them()) == ["wrong", "wrong", "equal", "wrong"]
        assert signal.getsignal(signal.SIGALRM) is ours
    finally:
        signal.signal(signal.SIGALRM, before)


_IN_A_CHILD = """
import multiprocessing, sys
from tracelift_groups.math.answers import symbolic
from tracelift_groups.math.answers.verify import verify_answer

def child(pair):
    return verify_answer(*pair).verdict

def workers(_):
    return symbolic._pool.pids

if __name__ == "__main__":
    assert child(("\\\\sqrt{8}", "2\\\\sqrt{2}")) == "equal"
    with multiprocessing.get_context(sys.argv[1]).Pool(2) as pool:
        assert workers(0) and not set().union(*pool.map(workers, range(8), chunksize=1))
        print(pool.map(child, [("\\\\sqrt{8}", "2\\\\sqrt{2}"), ("\\\\sqrt{8}", "2")]))
    print(child(("\\\\sqrt{8}", "2\\\\sqrt{2}")))
"""


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_it_works_in_worker_processes_however_they_are_started(method: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(_IN_A_CHILD, encoding="utf-8")
    done = subprocess.run([sys.executable, str(script), method], capture_output=True, text=True, timeout=60)
    assert done.stdout.split("\n")[:2] == ["['equal', 'wrong']", "equal"], done.stderr


_ENDS = """
import os, signal, sys
from tracelift_groups.math.answers import symbolic
from tracelift_groups.math.answers.verify import verify_answer
verify_answer("\\\\pi", "3")
print(*symbolic._pool.pids, flush=True)
if sys.argv[1] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize("way", ["ended", "killed"])
def test_workers_end_with_their_parent(way: str) -> None:
    done = subprocess.run([sys.executable, "-c", _ENDS, way], capture_output=True, text=True, timeout=30)
    pids = done.stdout.split()
    assert pids, done.stderr
    assert done.returncode == (-signal.SIGKILL if way == "killed" else 0)
    until = time.monotonic() + 10
    while any(_runs(pid) for pid in pids) and time.monotonic() < until:
        os.sched_yield()
    assert not [pid for pid in pids if _runs(pid)]


def _runs(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_nothing_starts_and_nothing_heavy_loads_before_a_formula_is_asked_for() -> None:
    code = """
import sys, threading
from tracelift_groups.math.answers.verify import verify_answer
assert verify_answer("1/2", "0.5").verdict == "equal"
print(sorted({"sympy", "math_verify", "subprocess", "multiprocessing"} & set(sys.modules)), threading.active_count())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[] 1", done.stderr


def test_a_worker_that_was_killed_meanwhile_is_replaced() -> None:
    verify_answer("\\pi", "3")
    for worker in symbolic._pool._all:
        worker._process.kill()
    assert soon_equal("\\sqrt{8}", "2\\sqrt{2}")


# The layers one by one


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("\\boxed{5}", "5"),
        ("\\boxed{\\frac{1}{2}} cm", "\\frac{1}{2}"),
        ("\\boxed{\\boxed{5}}", "5"),
        ("\\boxed{5} \\boxed{6", "5"),
        ("\\boxed{\\{1, 2\\}}", "\\{1, 2\\}"),
        ("\\boxed{4}\n#### 5 apples\nbye", "5 apples"),
        ("#### 4\n\\boxed{5}", "5"),
        ("The answer is 4. No, the answer is 5.50, so pay it.", "5.50"),
        ("**Final answer:** $5$", "$5$"),
        ("Answer:\n\n5", "5"),
        ("the answer is 5 or 7", "5 or 7"),
        ("5. 6", "5. 6"),
        ("5! ", "5!"),
        ("18. She is rich.", "18"),
        ("", ""),
    ],
)
def test_the_last_statement_of_an_answer_is_taken(text: str, stated: str) -> None:
    assert extract(text) == stated


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("$\\dfrac12$", "\\frac{1}{2}"),
        ("\\tfrac 1{12}", "\\frac{1}{12}"),
        ("\\sqrt3", "\\sqrt{3}"),
        ("1{,}234", "1234"),
        ("1\\,234", "1234"),
        ("\\text{ (A) }", "(A)"),
        ("\\left(1, 2\\right)", "(1, 2)"),
        ("\\$5", "¤5"),
        ("$5", "¤5"),
        ("$5$", "5"),
        ("30^\\circ", "30 degree"),
        ("−５", "-5"),
        ("x³", "x^{3}"),
        ("5½", "5 1/2"),
        ("**5**.", "5"),
        ("{{5}}", "5"),
    ],
)
def test_equivalent_notations_have_one_normal_form(text: str, form: str) -> None:
    assert normalise(text) == form


@pytest.mark.parametrize("text", ["nan", "inf", "1_000", "0x10", "1e5e5", "1,23", "", "-", ".", "1..2", "+-5/", "Ⅷ"])
def test_other_texts_are_not_numbers(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("18 dollars", "18"),
        ("5 cm^2", "5"),
        ("3\\pi", "3\\pi"),
        ("5x", "5x"),
        ("5 or 7", "5 or 7"),
        ("5 thirds", "5 thirds"),
    ],
)
def test_only_a_unit_is_taken_off(text: str, shown: str) -> None:
    assert take_apart(text).body == shown


@pytest.mark.parametrize(
    "text", ["3 hours", "3 hours 20 dollars", "20 minutes 3 hours", "3 apples 2 pears", "3 h = 2 min"]
)
def test_only_quantities_of_falling_units_add_up(text: str) -> None:
    assert total(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [("[1,2)", "[)"), ("⦃1⦄", "set"), ("1, 2", "bare"), ("1 or 2", "either"), ("1:2", "ratio"), ("\\pm 2", "either")],
)
def test_a_listing_knows_its_brackets(text: str, kind: str) -> None:
    found = read_listing(text)
    assert found is not None
    assert found.kind == kind


@pytest.mark.parametrize("text", ["5", "(5)", "1,234", "f(1, 2)", "x + (1, 2)"])
def test_a_single_value_is_not_a_listing(text: str) -> None:
    assert read_listing(text) is None
