"""Features of a plan for a reward model: names without a source or a use, vague steps, code, words against the problem.

The input is the problem and the plan; the program and the tests are not used. As in the features of math traces almost
everything counts something that is missing or odd, up to three times.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

CAP = 3  # of every count
_NAME = re.compile(r"[A-Za-z_]\w*")
_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?!\w)")
_WORD = re.compile(r"[A-Za-z_]\w*|\d+")
_BULLET = re.compile(r"^(\s*)(?:[-*•]|\d+[.)])?\s*")
_TAKES = re.compile(r"\btakes (.+?):?\s*$")
# A name that a step gives a value to, and one that it changes.
_SETS = re.compile(r"\b(?:[Ss]et(?: each of)?|for each|For each|as|called|Take|variable)\s+([A-Za-z_]\w*)")
_ALSO_SETS = re.compile(r"(?:, | and )([A-Za-z_]\w*) (?:to|in|from)\b")
_CHANGES = re.compile(r"\b(?:Add|Subtract) .+ (?:to|from) ([A-Za-z_]\w*)\.?$|\bReplace ([A-Za-z_]\w*) by\b")
_LOOP = re.compile(r"^For each ([A-Za-z_]\w*)")
_CODE = re.compile(r"[^=<>!]==|\+=|-=|\*=|!=|\w\(.*\)|\w\[|^(?:for|if|while|return|def|elif|else)\b.*|\w = ")
_SAME = re.compile(r"\b([A-Za-z_]\w*) (?:plus|minus|times|is|equals|differs|modulo|divided)\b[a-z ]*? \1\b")
_SELF = re.compile(r"\b[Ss]et ([A-Za-z_]\w*) to \1\b\.?$")
_WORDS_OF_PLANS = frozenset("the a an of to in from and or by is it its not with for each set add if then up".split())

# Phrases of a plan that a flaw exchanges, and words of a problem that tell which is meant.
_PHRASES = (
    "larger of",
    "smaller of",
    "at least",
    "at most",
    "greater than",
    "less than",
    "equals",
    "differs from",
    "is in",
    "is not in",
    "plus 1",
    "minus 1",
    "plus",
    "minus",
    "times",
    "divided by",
    "modulo",
    "add",
    "subtract",
    "from 0",
    "from 1",
    "from 2",
    "to 0",
    "to 1",
    "to -1",
    " and ",
    " or ",
    "not ",
)
_CUES = {
    "most": r"larg|max|most|longest|highest|greatest|biggest",
    "least": r"small|minim|fewest|shortest|lowest|least",
    "sum": r"\bsum|total|add",
    "count": r"count|how many|number of",
    "difference": r"differ|subtract|minus",
    "product": r"product|multipl",
    "divisible": r"divis|even|odd|multiple of|remainder|modulo",
    "at least": r"at least|or more|not less",
    "at most": r"at most|up to|not more|within",
    "above": r"more than|greater|above|exceed",
    "below": r"less than|smaller than|below|before",
    "equal": r"equal|same|identical",
    "distinct": r"unique|distinct|different|duplicate|repeat",
    "all": r"\ball\b|every|each",
    "any": r"\bany\b|some|either",
    "none": r"\bno\b|not|without|none",
}
_CUE_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _CUES.items()}


@dataclass(frozen=True)
class _Step:
    """A line of a plan without its bullet; `depth` counts the blanks before it."""

    depth: int
    text: str


def plan_features(problem: str, plan: str) -> dict[str, float] | None:
    """The features that are not zero, by name; None for a plan without steps."""
    steps = [_step(line) for line in plan.splitlines() if line.strip()]
    if not steps:
        return None
    found: Counter[str] = Counter()
    parts = (_names(steps), _blocks(steps), _sentences(steps, problem), _phrases(plan, problem), _roles(steps))
    for names in parts:
        found.update(names)
    return {name: float(min(found[name], CAP)) for name in sorted(found)}


def _step(line: str) -> _Step:
    bullet = _BULLET.match(line)
    assert bullet is not None  # it matches the empty text
    return _Step(len(bullet[1]), line[bullet.end() :].strip())


def _names(steps: list[_Step]) -> Iterator[str]:
    """Names that are changed or used before they have a value, and names that are not used."""
    given = {name for step in steps if (found := _TAKES.search(step.text)) for name in _listed(found[1])}
    set_in: dict[str, int] = {}
    for i, step in enumerate(steps):
        changed = _CHANGES.search(step.text)
        if changed and (name := changed[1] or changed[2]) not in given and set_in.get(name, i) >= i:
            yield "changes a name that has no value"
        for name in (*_SETS.findall(step.text), *_also_set(step.text)):
            set_in.setdefault(name, i)
    known = set_in.keys() | given
    uses = Counter(name for step in steps for name in _NAME.findall(step.text) if name in known)
    yield from ("takes a name that is not used" for name in given if uses[name] < 2)
    yield from ("sets a name that is not used" for name in set_in if uses[name] < 2)
    changes = {name for step in steps if (c := _CHANGES.search(step.text)) for name in c.groups() if name}
    times = Counter(name for step in steps for name in {*_SETS.findall(step.text), *_also_set(step.text)})
    yield from (
        "name set to a number once and never changed"
        for step in steps
        if (constant := re.match(r"Set ([A-Za-z_]\w*) to -?\d+\.?$", step.text))
        and times[constant[1]] == 1
        and constant[1] not in changes
    )
    for step in steps:
        yield from ("unknown name" for name in _NAME.findall(step.text) if "_" in name.strip("_") and name not in known)
    first = next((i for i, step in enumerate(steps) if _TAKES.search(step.text)), None)
    for i, step in enumerate(steps):
        if first is not None and i > first:
            early = (name for name in _NAME.findall(step.text) if name in set_in and set_in[name] > i)
            yield from ("uses a name before it has a value" for name in early if name not in given)


def _also_set(text: str) -> list[str]:
    return _ALSO_SETS.findall(text) if text.startswith(("At the same time", "For each", "Take")) else []


def _listed(text: str) -> list[str]:
    return [name for name in _NAME.findall(text) if name not in _WORDS_OF_PLANS]


def _blocks(steps: list[_Step]) -> Iterator[str]:
    """Blocks without a step, and loops whose name is not used in them."""
    for i, step in enumerate(steps):
        inner = []
        for other in steps[i + 1 :]:
            if other.depth <= step.depth:
                break
            inner.append(other.text)
        if step.text.endswith(":") and not inner:
            yield "block without a step"
        loop = _LOOP.match(step.text)
        if loop and inner and not any(loop[1] in _NAME.findall(text) for text in inner):
            yield "loop whose name is not used"


def _sentences(steps: list[_Step], problem: str) -> Iterator[str]:
    """Steps that say nothing definite or are code, numbers that the problem does not have, and a name with itself."""
    numbers = set(_NUMBER.findall(problem))
    names = {name for step in steps for name in (*_SETS.findall(step.text), *_listed_given(step.text))}
    met: set[str] = set()
    for step in steps:
        own = set(_NAME.findall(step.text)) & names
        definite = own or _NUMBER.search(step.text) or '"' in step.text or step.text.endswith(":")
        if not definite:
            yield "step without a name or a number"
        if _CODE.search(step.text):
            yield "line of code"
        for number in _NUMBER.findall(step.text):
            if number not in numbers and number.lstrip("-") not in ("0", "1", "2"):
                yield "number that the problem does not have"
        if _SELF.search(step.text) or _SAME.search(step.text):
            yield "name with itself"
        if step.text in met:
            yield "step said twice"
        met.add(step.text)
    if not any(re.match(r"(?:return|print|yield|give)", step.text, re.IGNORECASE) for step in steps):
        yield "no result"


def _listed_given(text: str) -> list[str]:
    found = _TAKES.search(text)
    return _listed(found[1]) if found else []


def _phrases(plan: str, problem: str) -> Iterator[str]:
    """Phrases of the plan, alone and beside what the problem speaks of."""
    lower = plan.lower()
    cues = [name for name, pattern in _CUE_PATTERNS.items() if pattern.search(problem)]
    for phrase in _PHRASES:
        count = lower.count(phrase)
        yield from [f"says {phrase.strip()}"] * count
        if count:
            yield from (f"says {phrase.strip()}; the problem: {cue}" for cue in cues)


def _roles(steps: list[_Step]) -> Iterator[str]:
    """The words around each name and number; a name by its role: given, of a loop, constant, or computed."""
    role: dict[str, str] = {}
    for step in steps:
        for name in _listed_given(step.text):
            role.setdefault(name, "GIVEN")
        if loop := _LOOP.match(step.text):
            role.setdefault(loop[1], "LOOP")
        constant = re.match(r"Set ([A-Za-z_]\w*) to -?\d+\.?$", step.text)
        for name in (*_SETS.findall(step.text), *_also_set(step.text)):
            role.setdefault(name, "CONSTANT" if constant else "COMPUTED")
    for step in steps:
        words = _WORD.findall(step.text)
        shown = [role.get(word, _number(word)) for word in words]
        for i, one in enumerate(shown):
            if one.isupper():
                yield f"{shown[i - 1] if i else 'START'} {one}"
                yield f"{one} {shown[i + 1] if i + 1 < len(shown) else 'END'}"
        own = [word for word in words if word in role]
        yield from ["name twice in a step"] * (len(own) - len(set(own)))


def _number(word: str) -> str:
    return word.lower() if not word[-1].isdigit() or word in ("0", "1", "2") else "NUMBER"
