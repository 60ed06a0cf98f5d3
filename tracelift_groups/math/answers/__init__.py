"""Compares an answer with the gold answer, in layers from text to formulas: each decides or passes on.

    >>> verify_answer("\\\\frac{1}{2}", "The answer is 0.5.").verdict
    'equal'

The verdict is equal, wrong or unknown. It is unknown, never wrong, when a formula takes too much time or memory or the
gold can't be parsed. An answer that can't be parsed is wrong.

- A gold without a unit matches an answer with any unit. A gold with a unit matches an answer without one, with the same
  unit, or with one that converts exactly (3 hours, 180 minutes).
- 50% equals 0.5, not 50. Only if the gold is a bare number of at least 1 is the percent sign of an answer a unit: a
  gold of 50 matches 50%, not 0.5.
- Numbers are compared exactly, except that a gold with a decimal point allows for its own rounding.
- If the gold is a number, unevaluated arithmetic with its value (`9 \\times 2` for 18) is unknown: the texts don't say
  whether evaluating it was the task. One fraction, power or root is an answer; a sum over n or an integral is not.
- Brackets and order matter, except that order is ignored in sets and in lists made by "or" or ±. For a gold list
  without brackets, the same parts in another order are unknown.

A call takes at most 2 seconds for any texts, unless the machine is overloaded. It is thread-safe; in asyncio, use
`await asyncio.to_thread(verify_answer, gold, prediction)`.
"""
