"""Paths into JSON, pure."""

from __future__ import annotations

import pytest

from workflow.actions.paths import NotThereError, keys_of, value_at

ORDER = {"id": 7, "items": [{"n": 1}, {"n": 2}], "a.b": {"c\\": 0}, "متن": "سلام", "*": "star"}


@pytest.mark.parametrize(
    ("path", "keys"),
    [
        ("a", ["a"]),
        ("a.0.b", ["a", "0", "b"]),
        (r"a\.b.c", ["a.b", "c"]),
        (r"c\\", ["c\\"]),
        ("متن.x", ["متن", "x"]),
    ],
)
def test_keys(path, keys):
    assert keys_of(path) == keys


@pytest.mark.parametrize("path", ["", ".", "a.", ".a", "a..b", "a\\"])
def test_what_is_no_path(path):
    with pytest.raises(ValueError, match="dots between"):
        keys_of(path)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", 7),
        ("items.1.n", 2),
        ("items.-2.n", 1),
        ("items.*.n", [1, 2]),
        (r"a\.b.c\\", 0),
        ("متن", "سلام"),
        ("*", "star"),
    ],
)
def test_what_is_there(path, value):
    assert value_at(ORDER, path) == value


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("no", "it has no 'no'"),
        ("items.9", "items is a list of 2 without '9'"),
        ("items.x", "without 'x'"),
        ("items.٠", "without"),
        ("items.99999999999999999999", "without"),
        ("items.*.x", "items.0 has no 'x'"),
        ("id.x", "id holds nothing below it"),
    ],
)
def test_what_is_not(path, words):
    with pytest.raises(NotThereError, match=words):
        value_at(ORDER, path)
