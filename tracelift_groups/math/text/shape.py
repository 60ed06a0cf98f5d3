"""Whether two expressions have the same form, or compute with the same numbers."""

from tracelift_groups.math.text.expression import Expression, Number, Unread, operands


def same_shape(left: Expression, right: Expression) -> bool:
    """Whether two expressions have the same operators in the same places; unparsed text must be equal."""
    if isinstance(left, Unread) or isinstance(right, Unread):
        return left == right
    if isinstance(left, Number) or isinstance(right, Number):
        return isinstance(left, Number) and isinstance(right, Number)
    if left.symbol != right.symbol or len(left.args) != len(right.args):
        return False
    return all(same_shape(a, b) for a, b in zip(left.args, right.args, strict=True))


def same_numbers(left: Expression, right: Expression) -> bool:
    """Whether two expressions compute with the same quantities in the same order."""
    return [n.quantity for n in operands(left)] == [n.quantity for n in operands(right)]
