"""Text for matching and display: folding of Arabic, Persian and Latin spellings, digits, bidirectional isolation."""

from __future__ import annotations

import re
import unicodedata

FIRST_STRONG_ISOLATE = "\u2068"
POP_DIRECTIONAL_ISOLATE = "\u2069"

_ARABIC_DIGITS = {ord("٠") + value: str(value) for value in range(10)}
_PERSIAN_DIGITS = {ord("۰") + value: str(value) for value in range(10)}
_DIGITS = {**_ARABIC_DIGITS, **_PERSIAN_DIGITS, ord("٫"): ".", ord("٬"): ""}

_PUNCTUATION = {
    "،": ",",
    "؛": ";",
    "؟": "?",
    "۔": ".",
    "٪": "%",
    "’": "'",
    "‘": "'",
    "ʼ": "'",
    "«": '"',
    "»": '"',
}
# Letters that the keyboards and habits of Arabic, Persian and Darja writers use one for the other.
_LETTERS = {
    **dict.fromkeys("أإآٱٲٳ", "ا"),
    **dict.fromkeys("ىیېئ", "ي"),
    **dict.fromkeys("کڪگ", "ك"),
    **dict.fromkeys("ةۀۂەھہۃ", "ه"),
    "ؤ": "و",
    "ڤ": "ق",  # Algerian spellings of g and v
    "ڨ": "ق",
    "ڭ": "ك",
}
# Invisible in running text; ZWNJ splits words in Persian (می‌خواهم) but is as often left out.
_INVISIBLE = ["\u0640", "\u00ad", "\u061c", "\u2060", "\ufeff"]
_INVISIBLE += [chr(code) for code in (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A))]

_FOLD = str.maketrans({**_PUNCTUATION, **_LETTERS, **dict.fromkeys(_INVISIBLE, "")})
# All marks that combine: one table look-up a character instead of a category look-up in Python.
_MARKS = (
    chr(code)
    for code in (*range(0x20000), *range(0xE0100, 0xE01F0))
    if unicodedata.category(chr(code)) == "Mn"
)
_FOLD_WITHOUT_MARKS = {**_FOLD, **str.maketrans(dict.fromkeys(_MARKS, ""))}
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_SPACES = re.compile(r"\s+")


def to_western_digits(text: str) -> str:
    """``text`` with Arabic-Indic and Persian digits as 0–9, ``٫`` as a point and the thousands mark ``٬`` removed."""
    return text.translate(_DIGITS)


def fold(text: str, *, stretched: bool = False) -> str:
    """The form of ``text`` in which spellings that people take for the same are the same. For matching, never display.

    Compatibility forms are unfolded (NFKC), marks, tatweel and invisible controls dropped, interchangeable letters and
    punctuation unified, digits made western, Latin accents dropped, case folded, a letter written three times or more
    written once (thrice when ``stretched``, to find such a run), white space made single. Idempotent.
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    # Letters first: decomposing would turn آ into ا and a mark, but also keep ئ apart from ي.
    text = to_western_digits(text).translate(_FOLD)
    text = unicodedata.normalize("NFKD", text).translate(_FOLD_WITHOUT_MARKS)
    text = _STRETCHED.sub(r"\1\1\1" if stretched else r"\1", text)
    return _SPACES.sub(" ", text).strip()


def isolate(text: str) -> str:
    """``text`` between directional isolates, so that a number or link keeps its order inside right-to-left text."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_DIRECTIONAL_ISOLATE}"


def strip_nul(text: str) -> str:
    """``text`` without U+0000, which PostgreSQL cannot store."""
    return text.replace("\x00", "")
