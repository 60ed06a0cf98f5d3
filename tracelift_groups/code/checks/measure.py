"""Measures a plan: five shares of what each dimension is about, from 0 to 10, and what is wrong with it in words.

A share is that of the program's sentences (plan/narrate.py) that the plan says. What rests on a sentence that is wrong
or missing, because it reads what that one sets, stands in its block or comes after a wrong exit, does not count as
supported. A plan with a result that is not supported leads to a wrong answer or to none.
"""

import ast
import re
from collections.abc import Iterable

from tracelift_groups.code.checks.alignment import Flow, PlanAlignment, flows, without_bullet
from tracelift_groups.code.plan.narrate import Sentence
from tracelift_groups.code.plan.program_share import program_share
from tracelift_groups.code.reference import told
from tracelift_groups.domain import TraceMeasure
from tracelift_groups.errors import shorten
from tracelift_groups.records.annotation import RAW_MAX
from tracelift_groups.records.seed import Seed
from tracelift_groups.records.trace import Trace

TASK, QUALITY, COHERENCE = "task_understanding", "plan_quality", "step_coherence"
SUPPORT, LEAKAGE = "action_support", "non_leakage"
DIMENSIONS = (TASK, QUALITY, COHERENCE, SUPPORT, LEAKAGE)

_WORD = re.compile(r"[A-Za-z_]\w*")
_LEAK = 0.1  # share of the program that a plan may hold by chance


def measure(seed: Seed, text: str) -> TraceMeasure:
    """Scores of a plan. A dimension is None where it can't be told: without a program, or in words that aren't read."""
    steps = tuple(map(without_bullet, Trace.read(text).steps))
    if not steps:
        return TraceMeasure(dict.fromkeys(DIMENSIONS, 0.0), "The plan is empty.", 0, reaches_answer=False)
    program = seed.program or ""
    known = told(program)
    if known is None:
        reason = "Without a program that can be told in sentences, no dimension can be assessed."
        return TraceMeasure(dict.fromkeys(DIMENSIONS), reason, None)
    tree, sentences = known
    plan = PlanAlignment(steps, tuple(sentences), program)
    leak = program_share(program, text)
    raw: dict[str, float | None] = {
        TASK: _scaled(_task(tree, plan)),
        QUALITY: None,
        COHERENCE: None,
        SUPPORT: None,
        LEAKAGE: _scaled([1.0 - leak]),
    }
    if not plan.is_read:
        return TraceMeasure(raw, "Most of the plan is in words that can't be compared with the program.", None)
    flow = flows(plan.expected)
    wrong = {*plan.changed, *plan.missing}
    unsupported = wrong | _resting_on(wrong, flow)
    needed = [i for i, sentence in enumerate(plan.expected) if not isinstance(sentence.node, _NO_ACTION)]
    raw |= {
        QUALITY: _scaled(_structure(plan)),
        COHERENCE: _scaled(_connected(plan, flow)),
        SUPPORT: _scaled(i not in unsupported for i in needed),
    }
    results = [i for i, sentence in enumerate(plan.expected) if _is_result(sentence)]
    reached = not unsupported & set(results)
    return TraceMeasure(raw, _reason(plan, leak), _first_error(plan, leak), reached)


def _is_result(sentence: Sentence) -> bool:
    """Whether a statement gives a result of the program: it returns or prints something, or starts what does."""
    if isinstance(sentence.node, ast.Expr) and isinstance(call := sentence.node.value, ast.Call):
        prints = isinstance(call.func, ast.Name) and call.func.id == "print"
        return prints or not sentence.text.startswith(" ")
    return isinstance(sentence.node, ast.Return)


_NO_ACTION = (ast.FunctionDef, ast.Import, ast.ImportFrom)
_STRUCTURE = (ast.For, ast.While, ast.If, ast.Return, ast.Try, ast.With)


def _scaled(parts: Iterable[float]) -> float:
    """The mean of shares, on the scale of raw scores; full marks where there is nothing to get right."""
    found = [float(part) for part in parts]
    return round(RAW_MAX * sum(found) / len(found), 6) if found else RAW_MAX


def _task(tree: ast.Module, plan: PlanAlignment) -> list[float]:
    """For each parameter of the program's functions, and for a result, whether a step speaks of it."""
    given = [arg.arg for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for arg in node.args.args]
    heads = {
        plan.same[i] for i, s in enumerate(plan.expected) if isinstance(s.node, ast.FunctionDef) and i in plan.same
    }
    said = {word for j, step in enumerate(plan.steps) if j not in heads for word in _WORD.findall(step)}
    ends = any(_WORD.findall(step)[:1] in (["Return"], ["return"], ["Print"], ["print"]) for step in plan.steps)
    pasted = any(isinstance(plan.expected[i].node, ast.Return) for i in plan.pasted)
    return [*(name in said for name in given), ends or pasted]


def _structure(plan: PlanAlignment) -> list[float]:
    """For each loop, branch and result of the program: 1 where the plan has it, ½ where something in it differs."""
    parts = [i for i, sentence in enumerate(plan.expected) if isinstance(sentence.node, _STRUCTURE)]
    return [0.5 if i in plan.changed else float(i not in plan.missing) for i in parts]


def _connected(plan: PlanAlignment, flow: list[Flow]) -> list[float]:
    """For each sentence that the plan has: whether what it reads is set in another one that the plan has."""
    absent = {*plan.missing}
    setters: dict[str, set[int]] = {}
    for i, step in enumerate(flow):
        for name in step.sets:
            setters.setdefault(name, set()).add(i)
    present = [i for i in range(len(flow)) if i not in absent]
    others = [[setters.get(name, set()) - {i} for name in flow[i].reads] for i in present]
    return [all(found - absent for found in read if found) for read in others] or [0.0]


def _resting_on(wrong: set[int], flow: list[Flow]) -> set[int]:
    """Sentences that stand in the block of a wrong one, or read what a wrong one, or one resting on it, has set."""
    tainted = set(wrong)
    grown = True
    while grown:
        grown = False
        for i, step in enumerate(flow):
            if i not in tainted and (tainted & {*step.inside} or any(_spoils(k, i, flow) for k in tainted)):
                tainted.add(i)
                grown = True
    return tainted - wrong


def _spoils(source: int, reader: int, flow: list[Flow]) -> bool:
    """Whether a sentence rests on another: it reads what that sets, or is reached when that does not exit first."""
    left = flow[source].leaves
    if left is not None and source < reader and left in flow[reader].inside:
        return True
    return _feeds(source, reader, flow)


def _feeds(source: int, reader: int, flow: list[Flow]) -> bool:
    """Whether a sentence reads what another sets before it, or in an earlier round of a loop around both."""
    if not flow[source].sets & flow[reader].reads:
        return False
    around = {i for i in flow[source].inside if flow[i].loops}
    return source < reader or bool(around & {*flow[reader].inside, reader})


def _first_error(plan: PlanAlignment, leak: float) -> int:
    """The index of the first step that is wrong, or before which something is missing; -1 when there is none."""
    places = [*plan.changed.values(), *(_place(plan, i) for i in plan.missing)]
    if leak > _LEAK:
        places.append(next((j for j, step in enumerate(plan.steps) if program_share(plan.program, step) > 0), 0))
    return min(places, default=-1)


def _place(plan: PlanAlignment, index: int) -> int:
    """The step after which the sentence of that index would come."""
    before = [j for i, j in {**plan.same, **plan.changed}.items() if i < index]
    return min(max(before, default=-1) + 1, len(plan.steps) - 1)


def _reason(plan: PlanAlignment, leak: float) -> str:
    said = [
        f'Step {j + 1}: "{shorten(plan.steps[j], 120)}" is not what the program does, which is: '
        f'"{shorten(without_bullet(plan.expected[i].text), 120)}"'
        for i, j in sorted(plan.changed.items())
    ]
    said += [f'Nothing says: "{shorten(without_bullet(plan.expected[i].text), 120)}"' for i in plan.missing]
    if leak > _LEAK:
        said.append(f"{leak:.0%} of the program stands in the plan.")
    return " ".join(said[:3]) or "Every statement of the program is told, and none of it stands in the plan."
