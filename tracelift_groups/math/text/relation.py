"""Relations that a problem states between quantities: twice, half, three times as many; more, fewer, older."""

from tracelift_groups.math.text.expression import Operation, operands
from tracelift_groups.math.text.parsed_trace import ParsedTrace

_INVERSE = {"+": "-", "-": "+", "*": "/", "/": "*"}
_FACTORS = frozenset("half twice double doubled triple tripled thrice third quarter fourth fifth times time as".split())
_COMPARISONS = frozenset(
    "more less fewer older younger taller shorter longer heavier lighter higher lower faster slower greater than "
    "extra additional above below".split()
)


def inverse(symbol: str) -> str:
    """The operator that undoes + - * or /."""
    return _INVERSE[symbol]


def relation_of(parsed: ParsedTrace, claim: int, op: Operation) -> str:
    """The problem's word for the relation that an operation of a claim implements; empty when there is none."""
    if op.symbol not in _INVERSE or len(op.args) != 2:
        return ""
    words = _FACTORS if op.symbol in "*/" else _COMPARISONS
    starts = {numeral.start for arg in op.args for numeral in operands(arg)}
    for operand in parsed.operands_of(claim):
        for source in operand.sources if operand.numeral.start in starts else ():
            if source.type == "given":
                quantity = parsed.givens.quantities[source.index]
                found = [word for word in (quantity.text.lower(), quantity.noun) if word in words]
                if found:
                    return found[0]
    return ""
