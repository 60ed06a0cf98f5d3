"""Which message may follow which on the channel between an assertion and the program that it tests.

The assertion's end asks, the program's end answers. While it owes an answer, the program's end may ask in turn: call a
function that the test handed over, or take the next item of the test's iterator; then the assertion's end owes the
answer, and may ask again first. So requests nest, the last one is answered first, and nobody speaks out of turn.

| request  | asks for                                | who may ask | answers                            |
|----------|-----------------------------------------|-------------|------------------------------------|
| call     | a function's result                     | both        | value, raised, large               |
| next     | an iterator's next item                 | both        | value, raised, large, stop         |
| get, set | an attribute                            | assertion   | value, raised, large               |
| special  | what an operation on an object gives    | assertion   | value, raised, large               |
| isinstance | whether a value is of a class         | assertion   | value, raised, large               |
| end      | confirmation that nothing is left to say | assertion  | ended                              |

`stop` is the end of an iterator, so only `next` has it for an answer: where a call could be answered with it, a loop of
the test over that call would end without having tested anything. `large`: a result above the limits. That a value can't
cross is decided by the assertion's end alone: a program that could say so would escape its verdict. `end` is asked when
no request is open, and nothing may follow `ended`: an answer that nobody asked for is found there at the latest.

Both ends keep a `Conversation`. Whatever it refuses is the program's fault and ends the test: the assertion's end is
trusted, the program's isn't.
"""

from typing import Final

MAX_NESTED = 40  # requests open at a time

_FAILURES: Final = ("raised", "large")
ANSWERS: Final[dict[str, tuple[str, ...]]] = {
    "call": ("value", *_FAILURES),
    "next": ("value", "stop", *_FAILURES),
    "get": ("value", *_FAILURES),
    "set": ("value", *_FAILURES),
    "special": ("value", *_FAILURES),
    "isinstance": ("value", *_FAILURES),
    "end": ("ended",),
}
PROGRAM_ASKS: Final = ("call", "next")


class OutOfTurnError(Exception):
    """A message that may not follow the ones before it."""


class Conversation:
    """The requests that are open, last one last. Call `pass_on` for each message, sent or received."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._ended = False

    @property
    def program_owes(self) -> bool:
        """Whether the program's end owes the next answer."""
        return len(self._open) % 2 == 1

    def pass_on(self, kind: str, from_program: bool) -> bool:
        """Take note of a message. True if it is a request. Raises OutOfTurnError if it may not come now."""
        if self._ended:
            raise OutOfTurnError(f"{kind} after the end")
        if from_program != self.program_owes:
            raise OutOfTurnError(f"{kind} out of turn")
        if kind in ANSWERS:
            self._ask(kind, from_program)
            return True
        if not self._open or kind not in ANSWERS[self._open[-1]]:
            asked = self._open[-1] if self._open else "nothing"
            raise OutOfTurnError(f"{kind} as the answer to {asked}")
        self._open.pop()
        self._ended = kind == "ended"
        return False

    def _ask(self, kind: str, from_program: bool) -> None:
        if from_program and kind not in PROGRAM_ASKS:
            raise OutOfTurnError(f"{kind}, which a program may not ask")
        if len(self._open) == MAX_NESTED:
            raise OutOfTurnError("too many calls inside each other")
        if kind == "end" and self._open:
            raise OutOfTurnError("the end while a request is open")
        self._open.append(kind)
