"""Rules of the house as functions: each yields the places in a source that break it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.architecture.sources import Source, called, imports


@dataclass(frozen=True, slots=True)
class Rule:
    """``find`` yields the nodes that break the rule; ``exempt`` names files and folders under ``src`` that it is not for."""

    name: str
    find: Callable[[Source], Iterator[ast.AST]]
    exempt: tuple[str, ...] = ()

    def broken_in(self, source: Source) -> list[str]:
        """The places in ``source``."""
        if source.path.startswith(self.exempt):
            return []
        return [source.at(node) for node in self.find(source)]


def _tenant_as_context(source: Source) -> Iterator[ast.AST]:
    """``with tenant:`` keeps the tenant before in a list of the class: wrong across threads."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.With | ast.AsyncWith):
            for item in node.items:
                name = getattr(item.context_expr, "id", getattr(item.context_expr, "attr", ""))
                if "tenant" in name.lower():
                    yield node


_BANNED_NAMES = {"schema_context", "tenant_context", "set_tenant", "set_schema", "set_schema_to_public"}


def _banned_switches(source: Source) -> Iterator[ast.AST]:
    for name, node in imports(source):
        if name.rpartition(".")[2] in _BANNED_NAMES:
            yield node
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and called(node).rpartition(".")[2] in _BANNED_NAMES:
            yield node


_SET_PATH = re.compile(
    r"set\s+(local\s+|session\s+)?(search_path|schema)\b|set_config\(\s*'search_path", re.IGNORECASE
)


def _raw_search_path(source: Source) -> Iterator[ast.AST]:
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(source.tree):
        if id(node) not in docstrings and _SET_PATH.search(_text(node)):
            yield node


def _text(node: ast.AST) -> str:
    """A string's text, nothing for any other node."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _python_regex_on_variables(source: Source) -> Iterator[ast.AST]:
    """``re`` on a pattern that is not written in the source: a tenant's pattern may run for ever. RE2 is for those."""
    functions = {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and node.args:
            module, _, function = called(node).rpartition(".")
            if module == "re" and function in functions and not _literal(node.args[0]):
                yield node


def _literal(node: ast.expr) -> bool:
    """Whether a pattern is made of what stands in the source: strings, and names in capitals or with an underscore."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Name):
        return node.id.isupper()
    if isinstance(node, ast.BinOp):
        return _literal(node.left) and _literal(node.right)
    if isinstance(node, ast.JoinedStr):
        return all(_literal(v.value) if isinstance(v, ast.FormattedValue) else True for v in node.values)
    return isinstance(node, ast.Call) and called(node) in ("re.escape", "'|'.join", "join")


def _signals(source: Source) -> Iterator[ast.AST]:
    """No domain flow in Django's signals: a reaction is a subscription."""
    for name, node in imports(source):
        if name.startswith(("django.db.models.signals", "django.dispatch", "django.core.signals")):
            yield node


def _tasks_from_services(source: Source) -> Iterator[ast.AST]:
    """Services enqueue by name: a task that calls a service that calls a task is a knot."""
    if "/services/" in f"/{source.path}" or source.path.endswith(("selectors.py", "/services.py")):
        for name, node in imports(source):
            parts = name.split(".")
            if "tasks" in parts or parts[0] == "celery":
                yield node


def _celery_timers(source: Source) -> Iterator[ast.AST]:
    """Timers are rows: Celery's live in a worker's memory and die with it."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg in ("eta", "countdown"):
                    yield node


def _prints(source: Source) -> Iterator[ast.AST]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and called(node) in ("print", "pprint.pprint", "pprint"):
            yield node


_NOTIFY = re.compile(r"\s*(NOTIFY\s+\w|SELECT\s+pg_notify)")


def _notify(source: Source) -> Iterator[ast.AST]:
    """``NOTIFY`` takes a lock on the whole database at the commit."""
    for node in ast.walk(source.tree):
        if _NOTIFY.match(_text(node)):
            yield node


def _no_docstring(source: Source) -> Iterator[ast.AST]:
    if source.tree.body and ast.get_docstring(source.tree) is None:
        yield source.tree


RULES = (
    Rule("no 'with tenant:'", _tenant_as_context),
    Rule("no way into a tenant but tenant_scope", _banned_switches, exempt=("tenants/db/",)),
    Rule("no raw SET search_path", _raw_search_path, exempt=("tenants/db/",)),
    Rule("no Python regex on patterns from outside", _python_regex_on_variables),
    # How sign-ins are told by Django, axes and allauth: there is no other way to hear of them.
    Rule("no signals", _signals, exempt=("accounts/audit/sign_ins.py", "accounts/sign_in/second_factor.py")),
    Rule("services know no tasks", _tasks_from_services),
    Rule("no Celery eta or countdown", _celery_timers),
    Rule("no NOTIFY", _notify),
    Rule("no print", _prints, exempt=("ops/",)),
    Rule("a sentence at the top of each module", _no_docstring),
)
