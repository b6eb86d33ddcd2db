"""Patterns that take a backtracking engine for ever, each with the text that does it, to be repeated to any length."""

from __future__ import annotations

# pattern, what the text repeats, how it ends
CATASTROPHIC = [
    (r"(a+)+$", "a", "!"),
    (r"^(a+)+$", "a", "!"),
    (r"(a|a)*$", "a", "!"),
    (r"(a|aa)+$", "a", "!"),
    (r"(a|a?)+$", "a", "!"),
    (r"(a*)*b", "a", ""),
    (r"((a*)*)*b", "a", ""),
    (r"(a+a+)+b", "a", ""),
    (r"(.*)*=", "x", ""),
    (r"(.*)*[=:](.*)*;", "x=", ""),
    (r".*.*=.*", "x", ""),
    (r"(.*a){20}$", "a", "!"),
    (r"(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^a]$", "a", ""),
    (r"([a-zA-Z]+)*$", "aB", "!"),
    (r"([a-zA-Z0-9]+\s?)+$", "word ", "!"),
    (r"^(\d+)+$", "1", "x"),
    (r"(\w+\s?)*$", "سلام ", "!"),
    (r"(\s*\w*)*;", " a", ""),
    (r"\s+$", " ", "x"),
    (r"(x+x+)+y", "x", ""),
    (r"^(([a-z])+.)+[A-Z]([a-z])+$", "a", ""),
    (r"(a?){100}a{100}$", "a", "b"),
    (r"a{1,300}b", "a", ""),
    (r"(ab|a|b|abab)*c", "ab", ""),
    (r"(foo|foof|oof|f)*bar", "foof", ""),
    (r"^([^,]*,)*[^,]*;$", "a,", ""),
    # An e-mail address, a link, a number, a comment, markup: as found in real code.
    (r"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}[a-z]{2,3}$", "a", "!"),
    (r"^(https?://)?([\w.-]+)+(/[\w./-]*)*$", "a.", "!"),
    (r"^[+-]?(\d+[,٬]?)+(\.\d+)?$", "1,", "x"),
    (r"/\*([^*]|\*[^/])*\*/", "/***", ""),
    (r"<([a-z]+)([^<]+)*(?:>(.*)</[a-z]+>|\s+/>)", "<a ", ""),
    # Other scripts: letters of two to four bytes, marks, joiners.
    (r"(س+)+$", "س", "!"),
    (r"(\p{Arabic}+\s*)+$", "سلام ", "!"),
    (r"(\p{L}|\p{Arabic})*؟", "ک", ""),
    (r"(ا|آ|أ|إ|ا)+ب", "اأ", ""),
    (r"(\p{L}\p{Mn}*)+$", "كُ", "!"),
    (r"(می\x{200C}?)+$", "می\u200c", "!"),
    (r"([۰-۹٠-٩0-9]+[٬,]?)+$", "۱٬", "x"),
    (r"(😀|😀😀)+$", "😀", "!"),
    (r"(?i)(ſ|s|S|K|k)+$", "Kſ", "!"),
]


def text_for(part: str, end: str, chars: int) -> str:
    """The text that hurts, ``chars`` characters long."""
    return (part * (chars // len(part) + 1))[: chars - len(end)] + end
