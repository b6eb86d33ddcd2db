"""The renderer that the rest of the code uses: batches in, texts or errors out, whatever the templates do."""

from __future__ import annotations

import os
import queue
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, cast

import orjson

from core.templating import limits
from core.templating.errors import TemplateError
from core.templating.tree import TooDeepError, is_template, replaced, templates
from core.templating.worker import ChildStoppedError, Worker

Context = Mapping[str, Any]
Job = tuple[str, Context]

_pools: weakref.WeakSet[LiquidPool] = weakref.WeakSet()


class LiquidPool:
    """Renders Liquid in up to ``size`` child processes, started when first needed.

    Thread-safe, and usable on both sides of a fork. ``timeout_s`` is the longest that one template may keep a child
    busy before that is killed and replaced; most bad templates fail far earlier by their processor time. The roots of
    a context are JSON-like values (dates, UUIDs and decimals too); undefined names render as nothing. A text without
    ``{{`` or ``{%`` comes back as it is, without a round trip.
    """

    def __init__(self, size: int = 1, timeout_s: float = 5.0) -> None:
        self._size = size
        self._timeout_s = timeout_s
        self._open()
        _pools.add(self)

    def render(self, source: str, context: Context) -> str:
        """One text. Raises ``TemplateError``, or ``TemplateEngineError`` when no child can be started."""
        return _unwrap(self.render_many([(source, context)])[0])

    def render_many(self, jobs: Sequence[Job]) -> list[str | TemplateError]:
        """Render ``(source, context)`` pairs in one round trip; each result stands at its job's place.

        Sources and contexts that are the same object, or equal text, travel and are parsed once. A template that
        brings the child down fails alone: the others are rendered by the next child.
        """
        return self._run(jobs, check=False)

    def check(self, source: str) -> None:
        """Raises ``TemplateError`` for a mistake that can be seen without data: syntax, unknown tags and filters."""
        _unwrap(self._run([(source, {})], check=True)[0])

    def render_tree(self, tree: Any, context: Context) -> Any:
        """A copy of ``tree`` (a text, or dicts and lists of them) with its templates rendered; keys stay as they are.

        Raises ``TemplateError``, which names the place: ``buttons.0.title: line 1: unknown filter 'x'``.
        """
        return _unwrap(self.render_trees([(tree, context)])[0])

    def render_trees(self, trees: Sequence[tuple[Any, Context]]) -> list[Any]:
        """:meth:`render_tree` for many in one round trip. In place of a tree that fails stands its ``TemplateError``."""
        leaves: list[list[tuple[str, str]] | TemplateError] = []
        jobs: list[Job] = []
        for tree, context in trees:
            try:
                found = list(templates(tree))
            except TooDeepError:
                leaves.append(TemplateError("the value is nested too deeply"))
                continue
            leaves.append(found)
            jobs.extend((source, context) for _, source in found)
        rendered = iter(self.render_many(jobs))
        results: list[Any] = []
        for (tree, _), places in zip(trees, leaves, strict=True):
            if isinstance(places, TemplateError):
                results.append(places)
                continue
            texts = [next(rendered) for _ in places]
            failure = next(
                (number for number, text in enumerate(texts) if isinstance(text, TemplateError)), None
            )
            if failure is None:
                results.append(replaced(tree, iter(texts).__next__))
            else:
                error = cast(TemplateError, texts[failure])
                results.append(TemplateError(error.reason, line=error.line, place=places[failure][0]))
        return results

    def close(self) -> None:
        """Stop the children that are not at work. A later use starts new ones."""
        for _ in range(self._slots.qsize()):
            try:
                worker = self._slots.get_nowait()
            except queue.Empty:  # another thread took it meanwhile
                return
            if worker is not None:
                worker.stop()
            self._slots.put(None)

    def _open(self) -> None:
        self._slots: queue.LifoQueue[Worker | None] = queue.LifoQueue()
        for _ in range(self._size):
            self._slots.put(None)

    def _after_fork(self) -> None:
        # The children belong to the parent, and the queue's lock may be held by a thread that is not here.
        self._open()

    @contextmanager
    def _slot(self) -> Iterator[_Slot]:
        slot = _Slot(self._slots.get(), self._timeout_s)
        try:
            yield slot
        except BaseException:
            slot.drop()  # an exchange cut short leaves an answer in the socket
            raise
        finally:
            self._slots.put(slot.worker)

    def _run(self, jobs: Sequence[Job], *, check: bool) -> list[str | TemplateError]:
        results: list[str | TemplateError | None] = [_without_child(source) for source, _ in jobs]
        todo = [index for index, result in enumerate(results) if result is None]
        if todo:
            with self._slot() as slot:
                _Batch(jobs, results, check=check).work(slot, todo)
        return cast("list[str | TemplateError]", results)


class _Slot:
    """A place for one worker, which is replaced when it falls."""

    def __init__(self, worker: Worker | None, timeout_s: float) -> None:
        self.worker = worker
        self._timeout_s = timeout_s

    def exchange(self, payload: bytes) -> dict[str, Any]:
        """The child's answer. Raises ``ChildStoppedError`` and ``TemplateEngineError``."""
        if self.worker is None:
            self.worker = Worker(timeout_s=self._timeout_s)
        try:
            answer = self.worker.exchange(payload)
        except ChildStoppedError:
            self.worker = None
            raise
        if answer["leaving"]:
            self.drop()
        return answer

    def drop(self) -> None:
        if self.worker is not None:
            self.worker.stop()
            self.worker = None


class _Batch:
    """The jobs of one call on their way through the child."""

    def __init__(
        self, jobs: Sequence[Job], results: list[str | TemplateError | None], *, check: bool
    ) -> None:
        self._jobs = jobs
        self._results = results
        self._check = check
        self._encoded: dict[int, bytes | TemplateError] = {}
        self._suspects: set[int] = set()

    def work(self, slot: _Slot, todo: list[int]) -> None:
        """Fill the results of ``todo``. Each round answers at least one job or finds a culprit."""
        while todo:
            payload, sent = self._request(todo)
            if not sent:
                return
            try:
                answer = slot.exchange(payload)
            except ChildStoppedError as stopped:
                self._blame(sent[min(stopped.position, len(sent) - 1)], sent, timed_out=stopped.timed_out)
            else:
                for index, result in zip(sent, answer["results"], strict=False):
                    self._results[index] = (
                        result
                        if isinstance(result, str)
                        else TemplateError(result["error"], line=result["line"])
                    )
            todo = [index for index in todo if self._results[index] is None]

    def _blame(self, guilty: int, sent: list[int], *, timed_out: bool) -> None:
        if not timed_out and guilty not in self._suspects:
            self._suspects.add(guilty)  # something else may have killed the child; it gets a second chance
            return
        reason = "the template takes too long" if timed_out else "the template uses too much memory or time"
        for index in sent:
            if self._jobs[index][0] == self._jobs[guilty][0]:
                self._results[index] = TemplateError(reason)

    def _request(self, todo: list[int]) -> tuple[bytes, list[int]]:
        """A request with as many jobs as fit, and their indexes. Jobs that cannot be sent get their error here."""
        sources: dict[str, int] = {}
        contexts: dict[int, int] = {}
        fragments: list[orjson.Fragment] = []
        pairs: list[tuple[int, int]] = []
        sent: list[int] = []
        size = 0
        for index in todo:
            source, context = self._jobs[index]
            encoded = self._encoded.get(id(context))
            if encoded is None:
                encoded = self._encoded[id(context)] = _encode(context)
            if isinstance(encoded, TemplateError):
                self._results[index] = encoded
                continue
            if size > limits.BATCH_BYTES:
                break
            if source not in sources:
                sources[source] = len(sources)
                size += len(source)
            if id(context) not in contexts:
                contexts[id(context)] = len(contexts)
                fragments.append(orjson.Fragment(encoded))
                size += len(encoded)
            pairs.append((sources[source], contexts[id(context)]))
            sent.append(index)
        request = {"check": self._check, "sources": list(sources), "contexts": fragments, "jobs": pairs}
        return orjson.dumps(request), sent


def _without_child(source: str) -> str | TemplateError | None:
    if not is_template(source):
        return source
    try:
        size = len(source.encode())
    except UnicodeEncodeError:
        return TemplateError("the template is not Unicode text")
    if size > limits.SOURCE_BYTES:
        return TemplateError(f"the template is larger than {limits.SOURCE_BYTES // 1024} KB")
    return None


def _encode(context: Context) -> bytes | TemplateError:
    try:
        encoded = orjson.dumps(context, default=_plain, option=orjson.OPT_NON_STR_KEYS)
    except TypeError as error:
        return TemplateError(f"the template's values cannot be read: {error}")
    if len(encoded) > limits.CONTEXT_BYTES:
        return TemplateError(f"the template's values are larger than {limits.CONTEXT_BYTES // 1024} KB")
    return encoded


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is not plain data")


def _unwrap(result: Any) -> Any:
    if isinstance(result, TemplateError):
        raise result
    return result


def _forget_children() -> None:
    for pool in list(_pools):
        pool._after_fork()


os.register_at_fork(after_in_child=_forget_children)
