"""A job for worker processes, in a module that they find by this process's own search path."""

import time
from collections.abc import Sequence


class Echo:
    """Answers in capitals. Three words have an effect: print, hungry (out of memory), late (sleeps a minute)."""

    def load(self) -> None:
        pass

    def run(self, items: Sequence[str]) -> list[str]:
        return [self._one(text) for text in items]

    def _one(self, text: str) -> str:
        if text == "print":
            print("a line that is no answer")
        if text == "hungry":
            raise MemoryError
        if text == "late":
            time.sleep(60)
        return text.upper()
