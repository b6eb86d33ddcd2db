"""Colours: read, and paired with text that can be read on them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.colors import DARK, ENOUGH, LIGHT, NotAColorError, contrast, normal_color, paired


@pytest.mark.parametrize(
    ("given_text", "color"),
    [("#1B6EF3", "#1b6ef3"), ("1b6ef3", "#1b6ef3"), ("#fa0", "#ffaa00"), (" #FFF ", "#ffffff")],
)
def test_reads(given_text, color):
    assert normal_color(given_text) == color


@pytest.mark.parametrize(
    "text", ["", "#", "red", "#12345", "#gggggg", "#1234567", "url(x)", "#fff;}", "#١٢٣"]
)
def test_refuses(text):
    with pytest.raises(NotAColorError):
        normal_color(text)


def test_known_contrasts():
    assert contrast(DARK, LIGHT) == pytest.approx(21)
    assert contrast("#777777", LIGHT) == pytest.approx(4.48, abs=0.01)
    assert paired("#ffd400").text_color == DARK
    assert paired("#006233").text_color == LIGHT


@given(st.integers(0, 0xFFFFFF))
def test_some_text_can_always_be_read(number):
    found = paired(f"#{number:06x}")
    assert contrast(found.color, found.text_color) >= ENOUGH
