"""An assertion sees the program's functions and objects as in one process, and can't be deceived by them."""

from collections.abc import Iterator

import pytest

from tracelift_groups.sandbox.host.limits import Limits
from tracelift_groups.sandbox.host.sandbox import Sandbox
from tracelift_groups.sandbox.host.test_case import AssertionTest
from tracelift_groups.sandbox.host.verdict import Verdict


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Limits(cpu_seconds=5), workers=1, consent="C") as opened:
        yield opened


def judged(sandbox: Sandbox, program: str, code: str, *helpers: str, entry_point: str = "f") -> Verdict:
    (found,) = sandbox.run(program, [AssertionTest(code, entry_point, helpers=helpers)])
    return found


POINT = """
class Point:
    def __init__(self, x): self.x = x
    def more(self): return self.x + 1
    def __len__(self): return 7
    def __str__(self): return f"P{self.x}"
    def __iter__(self): return iter([self.x])
    def __getitem__(self, place): return 2 * place
def f(x): return Point(x)
"""
RIGHT = {
    "Decimal": (
        "from decimal import Decimal\ndef f(): return Decimal('1.5')",
        "assert f() == 1.5 and f().is_signed() is False",
    ),
    "deque": ("from collections import deque\ndef f(): return deque([1, 2])", "assert f().pop() == 2"),
    "keys of a dict": ("def f(d): return d.keys()", "assert set(f({'a': 1})) == {'a'}"),
    "named tuple": (
        "from collections import namedtuple\nP = namedtuple('P', 'x y')\ndef f(): return P(1, 2)",
        "assert f().x == 1 and f() == (1, 2)",
    ),
    "closure": ("def f(x):\n    return lambda y: x + y", "assert f(1)(2) == 3"),
    "class": (POINT.replace("def f(x)", "f = Point\ndef g(x)"), "assert f(3).more() == 4"),
    "instance": (
        POINT,
        "p = f(3)\nassert (p.x, p.more(), len(p), str(p), f'{p}', p[4]) == (3, 4, 7, 'P3', 'P3', 8)\n"
        "assert list(p) == [3] and 3 in p and 4 not in p\np.x = 9\nassert p.more() == 10",
    ),
    "method of a class": (
        "class Solution:\n    def add(self, a, b): return a + b",
        "assert add(1, 2) == Solution().add(1, 2)",
    ),
    "its own argument": ("def f(x):\n    x.sort()\n    return x", "a = [2, 1]\nassert f(a) is a and a == [1, 2]"),
    "part of its argument": ("def f(m):\n    m[0].append(5)", "row = [1]\nf([row, row])\nassert row == [1, 5]"),
    "keyword argument": ("def f(*, items): items.append(1)", "m = []\nf(items=m)\nassert m == [1]"),
    "printed text": (
        "def f(x): print('hi', x)",
        "import contextlib, io\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n    f(3)\n"
        "assert out.getvalue() == 'hi 3\\n'",
    ),
    "attributes of a function": (
        "def f(x):\n    'doc'",
        "assert f.__doc__ == 'doc' and f.__name__ == 'f' and callable(f)",
    ),
    "own exception": (
        "class E(ValueError): pass\ndef f(): raise E(1, 2)",
        "try:\n    f()\n    assert 0\nexcept ValueError as e:\n    assert (e.args, type(e).__name__) == ((1, 2), 'E')",
    ),
    "coroutine": ("async def f(x): return x + 1", "import asyncio\nassert asyncio.run(f(1)) == 2"),
    "generator": (
        "def f(x): yield from range(x)",
        "import inspect\ng = f(3)\nassert inspect.isgenerator(g) and next(g) == 0 and list(g) == [1, 2]",
    ),
    "function as argument": ("def f(g): return g(2)", "assert f(lambda x: x + 1) == 3 and f(str) == '2'"),
    "functions of the library as arguments": (
        "def f(g, *args): return g(*args)",
        "import math, operator\nfrom decimal import Decimal\n"
        "assert f(len, 'ab') == 2 and f(math.sqrt, 4) == 2 and f(str.upper, 'a') == 'A'\n"
        "assert f(operator.add, 1, 2) == 3 and f(Decimal, '1.5') == 1.5 and f(f, len, 'a') == 1",
    ),
    "truth of a function": ("def f(x): return x", "assert f and bool(f)"),
    "method of the test's list": ("def f(g): g(1)", "seen = []\nf(seen.append)\nassert seen == [1]"),
    "iterator as argument": (
        "def f(items): return sum(items)",
        "assert f(x for x in range(4)) == 6 == f(map(int, '123'))",
    ),
    "calls back and forth": (
        "def f(g, n): return g(n) if n == 0 else f(g, n - 1) + g(n)",
        "def g(n):\n    return f(lambda k: k, 0) + n\nassert f(g, 3) == 6",
    ),
    "exception of the test's": (
        "def f(g): return g()",
        "class Mine(Exception): pass\ndef g(): raise Mine\ntry:\n    f(g)\n    assert 0\nexcept Mine: pass",
    ),
    "threads that call the test": (
        "from concurrent.futures import ThreadPoolExecutor\ndef f(g):\n    with ThreadPoolExecutor(4) as pool:\n"
        "        return list(pool.map(g, range(20)))",
        "assert f(lambda x: 2 * x) == list(range(0, 40, 2))",
    ),
    "long text": ("def f(n): return 'a' * n", "assert f(5_000_000) == 'a' * 5_000_000"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_program_passes(sandbox: Sandbox, name: str) -> None:
    program, code = RIGHT[name]
    entry_point = "Solution.add" if "Solution" in program else "f"
    found = judged(sandbox, program, code, entry_point=entry_point)
    assert found.passed, found


ENUM = "from enum import Enum, IntEnum\nclass C(Enum):\n    RED = 1\n    BLUE = 2\ndef f(): return C.RED\n"


def test_members_of_an_enumeration_are_equal_by_name(sandbox: Sandbox) -> None:
    assert judged(sandbox, ENUM, "assert f() == C.RED != C.BLUE and f().name == 'RED'", "C").passed
    assert judged(sandbox, ENUM, "from enum import Enum\nC = Enum('C', 'RED BLUE')\nassert f() == C.RED").passed
    assert judged(sandbox, ENUM.replace("(Enum)", "(IntEnum)"), "assert f() == 1 and f().name == 'RED'").passed


def test_members_of_an_enumeration_come_back_as_themselves(sandbox: Sandbox) -> None:
    program = ENUM + "    \ndef g(member): return member is C.RED or member.name\n"
    for kind in ("(Enum)", "(IntEnum)"):
        code = "assert g(C.RED) is True and g(C.BLUE) == 'BLUE' and g(f()) is True"
        assert judged(sandbox, program.replace("(Enum)", kind), code, "C", "g").passed
    code = "from http import HTTPStatus\nassert g(HTTPStatus.OK) == 'OK'"
    assert judged(sandbox, program, code, "g").passed
    own = "from enum import Enum\nD = Enum('D', 'ONE', module=__name__)\nassert g(D.ONE) == 'ONE'"
    assert judged(sandbox, program, own, "g").status == "untestable"


def test_a_program_can_not_say_that_it_is_untestable(sandbox: Sandbox) -> None:
    message = b'["untestable", "x"]'
    program = f"import os\ndef f(x):\n    os.write(5, {len(message).to_bytes(4, 'big') + message!r})\n"
    assert judged(sandbox, program, "assert f(1) == 2").status == "runtime_error"


def test_isinstance_asks_the_program_about_its_own_classes(sandbox: Sandbox) -> None:
    assert judged(sandbox, POINT, "assert isinstance(f(1), Point) and not isinstance(3, Point)", "Point").passed


LIAR = "class A:\n" + "".join(
    f"    def __{name}__(self, *_): return {result}\n"
    for name, result in [
        *((name, True) for name in ("eq", "lt", "le", "gt", "ge", "contains", "bool")),
        *((name, "self") for name in ("add", "sub", "abs", "neg", "mul", "mod", "round", "pow")),
        ("hash", 0),
    ]
)
LIAR += "def f(*_): return A()\n"


@pytest.mark.parametrize(
    "code",
    [
        "assert f(3) == 7",
        "assert 7 == f(3)",
        "assert [f(3)] == [7]",
        "assert f(3) < 7",
        "assert 7 < f(3)",
        "assert abs(f(3) - 7) < 1e-9",
        "assert round(f(3), 2) == 7",
        "assert 3 in f(3)",
        "assert f(3) == f(4)",
        "assert f(3) in (7, 8)",
        "assert {f(3)} == {7}",
        "assert {7: 1}[f(3)]",
        "assert max(f(3), 7) == 7",
        "import math\nassert math.isclose(f(3), 7)",
        "import unittest\nunittest.TestCase().assertEqual(f(3), 7)",
        "import unittest\nunittest.TestCase().assertAlmostEqual(f(3), 7)",
    ],
)
def test_an_object_that_says_yes_to_everything_does_not_pass(sandbox: Sandbox, code: str) -> None:
    assert judged(sandbox, LIAR, code).status in ("wrong_answer", "untestable")


@pytest.mark.parametrize(
    ("program", "code", "why"),
    [
        (POINT, "class N: pass\nf(N())", "an object of type N"),
        (
            POINT,
            "try:\n    f(1)\nexcept BaseException:\n    pass\nclass N: pass\ntry:\n    f(N())\nexcept:\n    pass",
            "type N",
        ),
        ("class Q(Exception): pass\ndef f(x): raise Q", "try:\n    f(1)\nexcept Q: pass", "only the program defines"),
        (LIAR, "assert f(1) == f(2)", "compares two objects"),
    ],
)
def test_what_can_not_cross_is_nobodys_fault(sandbox: Sandbox, program: str, code: str, why: str) -> None:
    found = judged(sandbox, program, code, "Q")
    assert found.status == "untestable", found
    assert why in found.why


@pytest.mark.parametrize(
    ("program", "code", "status"),
    [
        ("def f(g): return g()", "def g(): assert 1 == 2\nf(g)", "wrong_answer"),
        ("def f(x): raise StopIteration", "assert all(map(f, [1, 2]))", "runtime_error"),
        ("def f(x): return 'x' * (40 * 2**20)", "assert f('a') == 'a'", "output_limit"),
        ("def f(x):\n    x = []\n    for _ in range(300): x = [x]\n    return x", "f(1)", "output_limit"),
        ("def f(x): return 1", "assert f(1).name == 1", "wrong_answer"),
        ("def f(x): return 'x' * (300 * 2**20)", "assert f('a') == 'a'", "output_limit"),
        ("import os\ndef f(x):\n    os.kill(os.getpid(), 11)", "f(1)", "crashed"),
        ("import os, time\ndef f(x):\n    os.close(5)\n    time.sleep(60)", "f(1)", "runtime_error"),
        (POINT, "assert f(1).other == 1", "runtime_error"),
    ],
)
def test_what_a_program_does_wrong_is_its_fault(sandbox: Sandbox, program: str, code: str, status: str) -> None:
    assert judged(sandbox, program, code).status == status


def test_a_program_has_no_functions_of_the_tests_process(sandbox: Sandbox) -> None:
    program = "def f(g): return g('__import__(\"builtins\").__dict__.update(AssertionError=Warning)')\n"
    assert judged(sandbox, program, "f(eval)\nassert f(len) == 7").status == "wrong_answer"


RANDOM = """
import random
random.seed(0)
def f(x):
    return [random.random() for _ in range(3)]
"""
GUESS = "import random\nassert f(1) == [random.random() for _ in range(3)]"


def test_a_program_can_not_foretell_the_random_numbers_of_its_test(sandbox: Sandbox) -> None:
    assert judged(sandbox, RANDOM, GUESS).status == "wrong_answer"


def test_random_numbers_repeat_with_the_key_and_not_without() -> None:
    code = "import random\nf(random.random())"
    printed = []
    for key in (b"one", b"one", b"two", None, None):
        with Sandbox(workers=1, consent="C", key=key) as opened:
            printed.append(judged(opened, "def f(x): print(x)", code).stdout)
    assert printed[0] == printed[1]
    assert len(set(printed)) == 4


def test_no_test_finds_what_another_one_left() -> None:
    program = "import os\ndef f(x): return x"
    leave = AssertionTest("import os\nopen('left', 'w').write('x')\nassert f(1) == 1", "f")
    hide = AssertionTest("import os\nos.chmod('/tmp', 0o500)\nassert f(1) == 1", "f")
    look = AssertionTest("import os\nopen('own', 'w')\nassert os.listdir('/tmp') == ['own']", "f")
    with Sandbox(workers=1) as opened:
        found = opened.run(program, [leave, look, hide, look, leave, look])
        assert [verdict.status for verdict in found] == ["pass"] * 6, found


def test_tests_of_different_limits_follow_each_other(sandbox: Sandbox) -> None:
    busy = AssertionTest("while True: pass", "f")
    for seconds in (1, 2, 1):
        found = sandbox.run("def f(x): return x", [busy, AssertionTest("assert f(1) == 1", "f")], Limits(seconds))
        assert [verdict.status for verdict in found] == ["timeout", "pass"]
        assert f"used {seconds} seconds" in found[0].why


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.fork()",
        "import os\nos.kill(1, 9)",
        "import os, signal\nos.kill(os.getppid(), signal.SIGTERM)",
        "import os\nos.pidfd_open(1)",
        "import ctypes\nassert ctypes.CDLL(None).prctl(22, 2, 0) == 0",
    ],
)
def test_a_test_can_not_reach_the_process_that_serves_it(sandbox: Sandbox, code: str) -> None:
    assert judged(sandbox, "def f(x): return x", code).status == "wrong_answer"
    assert judged(sandbox, "def f(x): return x", "assert f(1) == 1").passed
