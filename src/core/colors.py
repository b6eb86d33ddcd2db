"""Colours as people pick them: read from hex, and paired with the text colour that can be read on them.

Contrast is WCAG 2.2's (1.4.3): from 1 (none) to 21 (black on white); 4.5 is enough for text of any size.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.errors import PermanentError

#: The ratio that body text needs (WCAG AA).
ENOUGH = 4.5
DARK, LIGHT = "#000000", "#ffffff"
_HEX = re.compile(r"#?(?:[0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)


class NotAColorError(PermanentError):
    """Write a colour as #1b6ef3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """A colour (``#rrggbb``) with the text that reads best on it: black or white, never less than 4.5 apart.

    ``on_light`` and ``on_dark`` are the colour's own contrast with white and with black: less than 4.5 means that it
    should not be the colour of small text there.
    """

    color: str
    text_color: str
    contrast: float
    on_light: float
    on_dark: float


def normal_color(text: str) -> str:
    """``text`` as ``#rrggbb``, lower case. Raises ``NotAColorError``."""
    text = text.strip()
    if not _HEX.fullmatch(text):
        raise NotAColorError
    digits = text.lstrip("#").lower()
    return "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours given as ``#rrggbb``."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def paired(text: str) -> Pairing:
    """The colour with what can be written on it. Raises ``NotAColorError``."""
    color = normal_color(text)
    on_light, on_dark = contrast(color, LIGHT), contrast(color, DARK)
    # One of the two always reaches 4.58: the worst colour stands in the middle between black and white.
    text_color, best = (LIGHT, on_light) if on_light >= ENOUGH else (DARK, on_dark)
    return Pairing(
        color=color,
        text_color=text_color,
        contrast=round(best, 2),
        on_light=round(on_light, 2),
        on_dark=round(on_dark, 2),
    )


def _luminance(color: str) -> float:
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
