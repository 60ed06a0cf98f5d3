"""Whether an answer is the right one: layers from text to formulas, each of which decides or hands on.

    >>> verify_answer("\\\\frac{1}{2}", "The answer is 0.5.").verdict
    'equal'

What a person would call the same answer is equal; what is not is wrong; what can't be decided, because a formula takes
too much time or memory or the gold can't be read, is unknown, never wrong. An answer that can't be read is wrong.

- A gold without a unit takes an answer with any; a gold with one takes an answer without, with the same, or with one
  that converts exactly (3 hours, 180 minutes).
- A percentage is its hundredth: 50% is 0.5 and not 50. Only where the gold is a bare number of at least 1 is an
  answer's percent sign a unit, so 50 takes 50% and not 0.5.
- Numbers are compared exactly. A gold with a decimal point allows for its rounding, any other gold nothing.
- Where the gold is a number, arithmetic with its value (`9 \\times 2` for 18) is unknown: the texts don't say whether
  computing it was the task. One fraction, power or root is an answer; a sum over n or an integral is none.
- Brackets and order count; in sets, and where "or" or ± makes the list, order does not. A gold list without brackets
  leaves open whether order counts: the same parts in another order are unknown.

No call takes more than 2 seconds on a machine that is not overloaded, whatever the texts are. Call it from any thread;
in asyncio, `await asyncio.to_thread(verify_answer, gold, prediction)`.
"""

from tracelift_groups.math.answers.verify import AnswerVerdict, verify_answer

__all__ = ["AnswerVerdict", "verify_answer"]
