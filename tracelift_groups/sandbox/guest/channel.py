"""One end of the channel between an assertion and the program that it tests: asks, and answers what it is asked.

A message is a four-byte length and JSON: a list with its kind first. protocol/conversation.py says which may follow
which, protocol/objects.py how values cross. Both ends may be hostile: messages are bounded in size and depth.

    request   ["call", target, args, kwargs], ["next", object], ["get", object, name], ["set", object, name, value],
              ["special", object, operation, args], ["isinstance", value, class], ["end"]
    answer    ["value", form, changes, output], ["raised", built-in class, own class, args, text, number, output],
              ["stop", output], ["large", text], ["ended", output]

`output` is what the program has printed since its last answer, empty from the assertion's end. `number` is that of an
exception which a function of the test raised, so that it comes back to the test as itself.
"""

import os
from _thread import RLock
from collections.abc import Callable
from contextlib import suppress
from typing import Any  # JSON

from tracelift_groups.sandbox.protocol.conversation import Conversation, OutOfTurnError
from tracelift_groups.sandbox.protocol.values import ValueRefusedError, dumps, loads


class GoneError(BaseException):
    """The other end is closed. Not an Exception, so that no test catches it by accident; so are the next two."""


class BrokenError(BaseException):
    """The other end sent what can't be read, or spoke out of turn."""


class TooLargeError(BaseException):
    """The program's result is above the limits."""


class UntestableError(BaseException):
    """The test needs a value to cross that can't."""


class Channel:
    """Messages to and from the other end, in the order that the conversation allows.

    `answer` is called with a request of the other end's and returns the answer. After the first failure of any of the
    kinds above every later use raises it again: a test that catches everything gains nothing.
    """

    answer: Callable[[list[Any]], list[Any]]

    def __init__(self, descriptor: int, most: int, is_program: bool) -> None:
        self._descriptor = descriptor
        self._most = most
        self._is_program = is_program
        self._conversation = Conversation()
        self.fault: BaseException | None = None
        self.turn = RLock()  # several threads of a program may call functions of the test

    @property
    def may_ask(self) -> bool:
        """Whether this end may send a request now."""
        return self._conversation.program_owes == self._is_program

    def ask(self, request: list[Any]) -> list[Any]:
        """The answer to a request. Answers the requests that come before it."""
        try:
            if self.fault:
                raise self.fault
            self._send(request)
            while True:
                message = self._receive()
                if message is None:
                    raise GoneError
                if not self._note(message, not self._is_program):
                    return message
                self._reply(message)
        except (GoneError, BrokenError, TooLargeError, UntestableError) as fault:
            self.fault = self.fault or fault
            raise

    def serve(self) -> None:
        """Answer requests until the other end closes."""
        while (message := self._receive()) is not None:
            self._note(message, not self._is_program)
            self._reply(message)

    def _reply(self, request: list[Any]) -> None:
        answer = self.answer(request)
        with self.turn:
            self._send(answer)

    def expect_silence(self) -> None:
        """Raises BrokenError if the other end has said more than it was asked."""
        os.set_blocking(self._descriptor, False)
        with suppress(OSError):  # nothing is there
            if os.read(self._descriptor, 1):
                raise self.refuse(BrokenError("more after the end"))

    def refuse(self, fault: BaseException) -> BaseException:
        """Remember the fault and return it, to be raised."""
        self.fault = self.fault or fault
        return self.fault

    def _note(self, message: list[Any], from_program: bool) -> bool:
        try:
            return self._conversation.pass_on(message[0], from_program)
        except OutOfTurnError as error:
            raise BrokenError(str(error)) from error

    def _send(self, message: list[Any]) -> None:
        try:
            text = dumps(message, self._most)
        except (ValueRefusedError, RecursionError, MemoryError) as error:
            if not self._is_program:
                raise UntestableError(f"What the test hands over is too much: {error}") from error
            message = ["large", str(error) or "The result does not fit into memory."]
            text = dumps(message, self._most)
        self._note(message, self._is_program)
        rest = memoryview(len(text).to_bytes(4, "big") + text)
        try:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as cause:
            raise GoneError from cause

    def _receive(self) -> list[Any] | None:
        """The next message; None when the other end is closed."""
        head = self._read(4)
        if head is None:
            return None
        size = int.from_bytes(head, "big")
        if size > self._most:
            raise BrokenError("a message above the limit")
        text = self._read(size)
        if text is None:
            raise BrokenError("half a message")
        try:
            message = loads(text, self._most)
        except ValueRefusedError as cause:
            raise BrokenError("a message that can't be read") from cause
        if type(message) is not list or not message or type(message[0]) is not str:
            raise BrokenError("a message of no kind")
        return message

    def _read(self, size: int) -> bytes | None:
        """So many bytes; None at the end."""
        parts = bytearray()
        while len(parts) < size:
            try:
                part = os.read(self._descriptor, min(size - len(parts), 1 << 20))
            except OSError:
                return None
            if not part:
                if parts:
                    raise BrokenError("half a message")
                return None
            parts += part
        return bytes(parts)
