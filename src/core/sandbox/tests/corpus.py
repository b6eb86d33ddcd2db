"""What hostile code tries, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.sandbox import (
    DEFAULT,
    CodeError,
    CodeLimitError,
    CodeLimits,
    CodeRaisedError,
    CodeSyntaxError,
    CodeValueError,
    ForbiddenCodeError,
)

#: Loops are as endless after 0.3 s as after one.
SHORT = CodeLimits(time_s=0.3)


@dataclass(frozen=True, slots=True)
class Snippet:
    """``error`` is the class of the error that must come, with ``says`` in its text; without one the run must give ``value``."""

    name: str
    code: str
    error: type[CodeError] | None = None
    says: str = ""
    value: Any = None
    limits: CodeLimits = SHORT


def refused(name: str, code: str, says: str) -> Snippet:
    """The sandbox does not have it."""
    return Snippet(name, code, ForbiddenCodeError, says)


def stopped(name: str, code: str, says: str, limits: CodeLimits = SHORT) -> Snippet:
    """It runs into a limit."""
    return Snippet(name, code, CodeLimitError, says, limits=limits)


def harmless(name: str, code: str, value: Any = None) -> Snippet:
    """It runs, and gives ``value``."""
    return Snippet(name, code, value=value)


TIME, MEMORY, PRINTED, LARGE = "takes longer than", "MB of memory", "prints more than", "KB of JSON"

ESCAPES = [
    refused("os.system", "import os\nos.system('id')", "module 'os' has no system"),
    refused("os.popen", "import os\nos.popen('id').read()", "module 'os' has no popen"),
    refused("os.environ", "import os\nos.environ['PATH']", "no os.environ"),
    refused("os.getenv", "import os\nos.getenv('DATABASE_URL')", "no os.getenv"),
    refused("os.listdir", "import os\nos.listdir('/')", "no files"),
    refused("from os import fork", "from os import fork", "no fork"),
    refused("subprocess", "import subprocess\nsubprocess.run(['id'])", "no module 'subprocess'"),
    refused("socket", "import socket\nsocket.socket()", "no module 'socket'"),
    refused("urllib", "import urllib.request", "no module 'urllib"),
    refused("ctypes", "import ctypes\nctypes.CDLL(None)", "no module 'ctypes'"),
    refused("pickle", "import pickle\npickle.loads(b'')", "no module 'pickle'"),
    refused("importlib", "import importlib\nimportlib.import_module('os')", "no module 'importlib'"),
    refused("inspect", "import inspect\ninspect.stack()", "no module 'inspect'"),
    refused("gc", "import gc\ngc.get_objects()", "no module 'gc'"),
    refused("threading", "import threading", "no module 'threading'"),
    refused("multiprocessing", "import multiprocessing", "no module 'multiprocessing'"),
    refused("signal", "import signal\nsignal.alarm(0)", "no module 'signal'"),
    refused("django", "from django.conf import settings", "no module 'django"),
    refused("open", "open('/etc/passwd').read()", "no files"),
    refused("open to write", "open('/tmp/x', 'w').write('x')", "no files"),
    refused("with open", "with open('/proc/self/environ') as f:\n    f.read()", "no files"),
    refused("Path.read_text", "from pathlib import Path\nPath('/etc/passwd').read_text()", "no files"),
    refused("Path.iterdir", "from pathlib import Path\nlist(Path('/').iterdir())", "no files"),
    refused("__import__", "__import__('os').system('id')", "no __import__"),
    refused("compile", "compile('1', 'x', 'eval')", "no compile"),
    refused("globals", "globals()['__builtins__']", "no globals"),
    refused("input", "input()", "no input"),
    refused("breakpoint", "breakpoint()", "no breakpoint"),
    refused("__class__", "().__class__.__bases__[0].__subclasses__()", "no __class__"),
    refused("__subclasses__", "object.__subclasses__()", "no __subclasses__"),
    refused("__globals__", "def f(): pass\nf.__globals__", "no __globals__"),
    refused("__code__", "def f(): pass\nf.__code__", "no __code__"),
    refused("__builtins__", "print.__self__", "no __self__"),
    refused("getattr", "getattr((), '__cla' + 'ss__')", "no __class__"),
    refused("type's mro", "type(1).__mro__", "no __mro__"),
    refused("str.format attributes", "'{0.__class__}'.format(1)", "no __class__"),
    refused("f-string attributes", "x = 1\nf'{x.__class__}'", "no __class__"),
    refused(
        "traceback", "try:\n    1/0\nexcept Exception as e:\n    e.__traceback__.tb_frame", "no __traceback__"
    ),
    refused("sys.modules", "import sys\nsys.modules['os']", "module 'sys' has no modules"),
    refused("sys._getframe", "import sys\nsys._getframe(0).f_back", "module 'sys' has no _getframe"),
    refused("metaclass", "class M(type): pass", "class inheritance and metaclasses"),
    refused("metaclass keyword", "class A(metaclass=type): pass", "class inheritance and metaclasses"),
    refused("generator frames", "def g():\n    yield 1\ng().gi_frame", "yield expressions"),
    refused("eval reaches no further", "eval(\"__import__('os')\")", "no __import__"),
    refused("exec reaches no further", 'exec("import socket")', "no module 'socket'"),
    refused("eval of open", "eval(\"open('/etc/passwd')\")", "no files"),
    harmless("eval of arithmetic", "eval('6 * 7')", 42),
    harmless(
        "text of exceptions",
        "try:\n    open('/etc/passwd')\nexcept Exception as e:\n    x = str(e)\nx",
        "Permission denied: '/etc/passwd'",
    ),
    harmless("where it is", "import os\n[__file__, os.getcwd()]", ["/main.py", "/"]),
    harmless("what it runs on", "import sys\n[sys.version, sys.platform]", ["3.14.0 (Monty)", "monty"]),
    harmless("locals", "locals()", {}),
    refused("sleep", "import time\ntime.sleep(60)", "no time.sleep"),
    refused("async sleep", "import asyncio\nawait asyncio.sleep(60)", "no asyncio.sleep"),
]

BOMBS = [
    stopped("list of 10^12", "[i for i in range(10**12)]", MEMORY),
    stopped("dict of 10^12", "{i: i for i in range(10**12)}", MEMORY),
    stopped("set of 10^12", "{i for i in range(10**12)}", ""),
    stopped("sum to 10^12", "sum(range(10**12))", TIME),
    stopped("string", "'a' * 10**9", MEMORY),
    stopped("string by doubling", "s = 'a'\nwhile True: s += s", MEMORY),
    stopped("raw bytes", "bytes(10**9)", MEMORY),
    stopped("list", "[0] * 10**9", MEMORY),
    stopped("nested list", "x = [0]\nwhile True: x = [x * 1000]", MEMORY),
    stopped("9**9**9", "9**9**9", MEMORY),
    stopped("shift", "1 << 10**10", MEMORY),
    stopped("squaring", "x = 10**5_000_000\nwhile True: y = x * x", TIME),
    stopped("squaring with growth", "x = 7\nwhile True: x = x * x", ""),
    stopped("factorial", "import math\nmath.factorial(10**8)", ""),
    stopped("comb", "import math\nmath.comb(10**8, 5 * 10**7)", ""),
    stopped("product", "import itertools\nlist(itertools.product(range(1000), repeat=4))", MEMORY),
    stopped("permutations", "import itertools\nlist(itertools.permutations(range(20)))", MEMORY),
    stopped("count", "import itertools\nfor i in itertools.count(): pass", TIME),
    stopped("sorted", "sorted(range(10**9))", MEMORY),
    stopped("format width", "f'{1:>1000000000}'", MEMORY),
    stopped("percent width", "'%1000000000d' % 1", MEMORY),
    stopped("ljust", "'x'.ljust(10**9)", MEMORY),
    stopped("join", "'a'.join('b' for _ in range(10**9))", MEMORY),
    stopped("replace", "a = 'a' * 1000\nfor i in range(30): a = a.replace('a', 'aa')", MEMORY, CodeLimits()),
    stopped(
        "decimal precision",
        "import decimal\ndecimal.getcontext().prec = 10**9\ndecimal.Decimal(1) / 3",
        MEMORY,
    ),
    Snippet("digits of a number", "str(1 << 10_000_000)", CodeRaisedError, "4300 digits"),
    stopped("hashing", "import hashlib\nwhile True: hashlib.sha512(b'x' * 10**6)", TIME),
]

LOOPS = [
    stopped("endless, for all of a second", "while True: pass", "takes longer than 1 s", DEFAULT),
    stopped(
        "except BaseException",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
        TIME,
    ),
    stopped(
        "finally", "while True:\n    try:\n        while True: pass\n    finally:\n        continue", TIME
    ),
    stopped(
        "memory error swallowed", "x = []\nwhile True:\n    try: x.append('a' * 10**6)\n    except: pass", ""
    ),
    stopped("recursion", "def f(): return f()\nf()", "200 deep"),
    stopped("recursion of two", "def f(): return g()\ndef g(): return f()\nf()", "200 deep"),
    stopped("lambda recursion", "f = lambda: f()\nf()", "200 deep"),
    stopped(
        "suspension flood",
        "for i in range(1000):\n    try: nothing\n    except NameError: pass",
        "asks too often",
    ),
    stopped("clock flood", "import time\nwhile True: time.time()", TIME),
    harmless("regex", "import re\nre.match('(a+)+$', 'a' * 40 + 'b') is None", True),
    harmless(
        "regex alternatives", "import re\nre.sub('(a|aa)+$', '', 'a' * 100 + 'b') == 'a' * 100 + 'b'", True
    ),
    Snippet("regex repeats", "import re\nre.compile('(a{1000}){1000}')", CodeRaisedError, "PatternError"),
]

SOURCES = [
    Snippet("nothing", "", value=None),
    Snippet("open parentheses", "(" * 5_000, CodeLimitError, "nested too deeply"),
    Snippet("deep lists", "x = " + "[" * 3_000 + "]" * 3_000, CodeLimitError, "nested too deeply"),
    Snippet("deep attributes", "a" + ".b" * 20_000, CodeLimitError, "nested too deeply"),
    Snippet("deep minus", "-" * 50_000 + "1", CodeLimitError, "nested too deeply"),
    Snippet("deep sum", "1" + "+1" * 30_000, CodeLimitError, "nested too deeply"),
    Snippet("deep lambda", "lambda: " * 5_000 + "1", CodeLimitError, "nested too deeply"),
    Snippet("5 MB", "x = 1\n" * 833_334, CodeLimitError, "larger than 64 KB"),
    Snippet("5 MB on one line", "'" + "س" * 2_500_000 + "'", CodeLimitError, "larger than 64 KB"),
    Snippet("64 KB in Arabic", "'" + "س" * 40_000 + "'", CodeLimitError, "larger than 64 KB"),
    Snippet("NUL", "x = 1\x00", CodeSyntaxError, "not Python"),
    Snippet("half a character", "'\ud800'", CodeSyntaxError, "not Unicode"),
    Snippet("deep eval", "eval('[' * 5_000 + ']' * 5_000)", CodeLimitError, "nested too deeply"),
    Snippet("json nesting", "import json\njson.loads('[' * 100_000)", CodeRaisedError, "recursion limit"),
]

OUTPUTS = [
    stopped("printing", "while True: print('x' * 1000)", PRINTED),
    stopped("one long line", "print('سلام' * 10_000)", PRINTED),
    stopped("printing behind try", "try:\n    print('x' * 20_000)\nexcept BaseException: pass\n5", PRINTED),
    stopped("large result", "'x' * 20_000_000", LARGE),
    stopped("long result", "['%d' % i for i in range(150_000)]", LARGE),
    stopped("shared list of 10^9", "a = [0] * 1000\n[[a] * 1000] * 1000", LARGE),
    stopped("shared string of 10 GB", "a = 'x' * 10**6\n[a] * 10_000", LARGE),
    stopped("shared dict", "a = {str(i): i for i in range(1000)}\n[[a] * 1000] * 1000", LARGE),
    Snippet(
        "deep result", "x = []\nfor i in range(100_000): x = [x]\nx", CodeValueError, "inside each other"
    ),
    Snippet("result in itself", "x = []\nx.append(x)\nx", value=["[...]"]),
    Snippet("set", "{'a'}", CodeValueError, "sorted("),
    Snippet("bytes", "[b'x']", CodeValueError, "the result.0: a bytes value"),
    Snippet(
        "object", "class A: pass\n{'a': A()}", CodeValueError, "the result.a: an object of your own class"
    ),
    Snippet("function", "[print]", CodeValueError, "the result.0: a function is not JSON; call it"),
    Snippet("numbers as keys", "{'a': {1: 2}}", CodeValueError, "the result.a: a key"),
    Snippet("infinity", "float('inf')", CodeValueError, "no infinity"),
    Snippet("more than 64 bits", "2**64", CodeValueError, "64 bits"),
    Snippet("long exception", "raise ValueError('x' * 10_000_000)", CodeRaisedError, "ValueError: xxx"),
    Snippet("posing as a limit", "raise TimeoutError('time flies')", CodeRaisedError, "time flies"),
    Snippet("leaving", "raise SystemExit", CodeRaisedError, "SystemExit"),
    Snippet("interrupting", "raise KeyboardInterrupt", CodeRaisedError, "KeyboardInterrupt"),
]

CORPUS = [*ESCAPES, *BOMBS, *LOOPS, *SOURCES, *OUTPUTS]
