"""Tenants' patterns cannot take a worker's time."""

from __future__ import annotations

import time

import pytest

from core import predicates
from core.predicates import Result, parse

EVIL = [
    (r"(a+)+$", "a" * 4000 + "!"),
    (r"([a-zA-Z]+)*$", "a" * 4000 + "!"),
    (r"(a|aa)+$", "a" * 4000 + "!"),
    (r"(a|a?)+$", "a" * 4000 + "!"),
    (r"(.*a){20}", "a" * 4000 + "!"),
    (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 4000),
    (r"(\w+\s?)*$", "سلام " * 800 + "!"),
    (r"^(\d+)+$", "1" * 4000 + "x"),
    (r"(x+x+)+y", "x" * 4000),
    (r"(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^a]$", "a" * 4000),
    (r"(a?){300}a{300}", "a" * 299),
]


@pytest.mark.parametrize(("pattern", "text"), EVIL)
def test_a_catastrophic_pattern_is_harmless(pattern, text):
    predicate = predicates.compile(parse({"field": "x", "op": "matches_regex", "value": pattern}))
    context = {"x": text}
    took = []
    for _ in range(5):  # the best of some, as the machine may be busy with other things
        started = time.perf_counter()
        assert predicate.evaluate(context) in (Result.TRUE, Result.FALSE)
        took.append(time.perf_counter() - started)
    assert min(took) <= 0.05


@pytest.mark.parametrize("pattern", [r"(.*a){500}", r"[ab]{0,600}c", r"a.{900}b", r"(\pL\pN?){30}z"])
def test_a_costly_pattern_reads_less_text(pattern):
    predicate = predicates.compile(parse({"field": "x", "op": "matches_regex", "value": pattern}))
    explanation = predicate.explain({"x": "ab" * 32_768})
    assert explanation.result is Result.ERROR
    assert "that this pattern may search" in explanation.reason
    assert predicate.evaluate({"x": "ab" * 2048}) in (Result.TRUE, Result.FALSE)


def test_an_ordinary_pattern_reads_a_long_mail():
    predicate = predicates.compile(
        parse({"field": "x", "op": "matches_regex", "value": r"(?i)order\s*#?\d{4}"})
    )
    assert predicate.evaluate({"x": "سطر " * 15_000 + "Order #1234"}) is Result.TRUE
