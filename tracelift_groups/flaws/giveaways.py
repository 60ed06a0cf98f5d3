"""Give-away phrases: words that identify a flaw without reading the problem.

A writer who is asked for a mistake tends to announce it ("by mistake", "wait, let me reconsider"). A reward model
trained on such text learns the announcement. A phrase that the reference uses too ("he gave back too much by mistake")
is allowed. Each entry of PHRASES is a regular expression for whole words; case and runs of white space are ignored.
"""

import re
from functools import lru_cache

PHRASES = (
    # an announced error
    r"(?:by|in) (?:mistake|error|accident)",
    r"(?:mistaken|erroneous|incorrect|wrong|faulty)ly",
    r"accidentally",
    r"(?:a|an|the|this|our|my) (?:(?:small|simple|common|subtle|deliberate|intentional) )?(?:mistake|error|flaw)",
    r"(?:is|are|was|were|be) (?:incorrect|erroneous|mistaken|flawed|not (?:quite )?(?:right|correct))",
    r"(?:incorrect|wrong|erroneous|flawed|faulty) (?:step|answer|result|value|calculation|logic|formula|plan)",
    r"miscalculat\w*",
    r"mis(?:read|copied|interpret\w*|understood|appl(?:y|ied|ying))",
    r"(?:should|ought to) (?:actually |really )?(?:be|have been) [^.!?\n]{0,40} (?:instead|rather)",
    r"instead of the (?:correct|right|actual|true)",
    r"the (?:correct|right|actual|true) (?:answer|result|value) (?:is|would be|should be)",
    r"(?:ignor|overlook|forget|neglect)(?:s|ing|ed)? (?:that|the fact|to)",
    r"(?:I|we) (?:forgot|overlooked|ignored|missed|confused|mixed up)",
    # self-correction
    r"wait,",
    r"(?:oops|whoops|hmm|sorry|my bad)",
    r"on second thought",
    r"(?:let me|let's|let us|we should|I should) "
    r"(?:re-?consider|re-?think|re-?check|double[- ]check|(?:correct|fix) (?:this|that|it)|try again|start over)",
    r"actually,? (?:no|(?:that|this|it)(?: is|'s) (?:not|wrong))",
    r"(?:that|this) (?:doesn't|does not|can't|cannot) be right",
    r"scratch that",
    # mentions of the task itself
    r"(?:perturb|corrupt|inject|introduc)(?:e|s|ed|ing)? (?:an? |the )?(?:error|mistake|flaw|step|trace|reasoning)",
    r"(?:for the sake of|as part of) (?:this|the) (?:exercise|task|perturbation)",
    r"(?:flawed|modified|altered|perturbed|negative) (?:version|trace|reasoning|solution)",
    r"(?:original|reference|gold) (?:trace|solution|reasoning|answer)",
    r"as an AI(?: language)? model",
)
_ANY = re.compile(rf"(?<!\w)(?:{'|'.join(PHRASES)})(?!\w)", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def find(text: str, reference: str = "") -> str | None:
    """The first give-away phrase, as written in `text`, that `reference` does not contain; None if there is none."""
    return next((phrase for phrase in _phrases(text) if phrase.lower() not in _flat(reference).lower()), None)


@lru_cache(maxsize=64)  # each flaw is searched when it is made and again in its group
def _phrases(text: str) -> tuple[str, ...]:
    return tuple(match[0] for match in _ANY.finditer(_flat(text)))


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text.replace("’", "'"))
