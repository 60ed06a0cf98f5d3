"""A backend that reads its answers from a JSON file: {"last message of the request": "answer"}. For tests and demos."""

from pathlib import Path

import orjson

from tracelift_groups.errors import CallError, SourceError, shorten
from tracelift_groups.models.backend import Backend, Reply, Request
from tracelift_groups.registry import BACKENDS


class ScriptedBackend:
    """Answers by the text of the last message. Raises SourceError if the script can't be read."""

    def __init__(self, path: str) -> None:
        try:
            script = orjson.loads(Path(path).read_bytes())
        except (OSError, orjson.JSONDecodeError) as cause:
            raise SourceError(
                f"{path}: can't be read as a script ({cause}).", "Use a JSON object of strings."
            ) from cause
        if not isinstance(script, dict) or not all(isinstance(answer, str) for answer in script.values()):
            raise SourceError(f"{path}: the script is not a JSON object of strings.", "Map last messages to answers.")
        self._answers: dict[str, str] = script

    async def complete(self, request: Request) -> Reply:
        asked = request.messages[-1][1]
        if asked not in self._answers:
            raise CallError("empty", f"The script has no answer to {shorten(asked)!r}.", "Add one.")
        answer = self._answers[asked]
        return Reply(answer, "stop", sum(len(text.split()) for _, text in request.messages), len(answer.split()))


@BACKENDS.register("scripted")
def scripted(argument: str) -> Backend:
    """Answers from a JSON file (scripted:PATH)."""
    return ScriptedBackend(argument)
