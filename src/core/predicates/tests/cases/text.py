"""The operators that look into text, and into lists by the same word."""

from __future__ import annotations

from core.predicates.tests.cases.base import (
    ABSENT,
    COUPON,
    NOT_TEXT,
    NOT_TEXT_OR_LIST,
    Case,
    E,
    F,
    T,
)

CASES = [
    Case("contains", "text", "کد تخفیف", COUPON, T),
    Case("contains", "text", "كد تخفيف", COUPON, F),
    Case("contains", "text", "Coupon", "my coupon", F),
    Case("contains", "text", "coupon", "my coupon", T),
    Case("contains", "text", "é", "cafe\u0301", T),
    Case("contains", "text", "x", "", F),
    Case("contains", "text", "x", ABSENT, F),
    Case("contains", "list", "vip", ["new", "vip"], T),
    Case("contains", "list", "vip", ["new", "vip2"], F),
    Case("contains", "list", "vip", [], F),
    Case("contains", "list", 5, [1, 5], T),
    Case("contains", "list", 5, [1, "5"], F),
    Case("contains", "list", True, [1], F),
    Case("contains", "list", "علاقه‌مند", ["علاقه‌مند"], T),
    Case("contains", "list", "vip", ("vip",), T),
    Case("contains", "list", "vip", [["vip"], None, {"a": 1}, "vip"], T),
    Case("contains", "any", 5, "555", E, "text, in which 5 cannot be looked for: write the value as text"),
    Case("contains", "any", "5", 555, E, NOT_TEXT_OR_LIST),
    Case("contains", "any", "a", {"a": 1}, E, NOT_TEXT_OR_LIST),
    Case("contains", "any", "a", True, E, NOT_TEXT_OR_LIST),
    Case("contains", "text", "x", None, F),
    Case("contains", "text", "تخفيف", "تخفیف", F),  # Arabic yeh
    Case("contains", "text", "سلام", "سـلام", F),  # tatweel
    Case("contains", "text", "كود", "كُود", F),  # a vowel sign
    Case("contains", "text", "خواهم", "می‌خواهم", T),
    Case("contains", "text", "میخواهم", "می‌خواهم", F),  # ZWNJ
    Case("contains", "text", "12", "سفارش ۱۲", F),  # Persian digits
    Case("contains", "text", "Order 12", "سلام Order 12 رسید؟", T),
    Case("contains", "text", "Order 12", "سلام \u2066Order 12\u2069 رسید؟", T),  # inside isolates
    Case("contains", "text", "Order 12", "Order\u200e 12", F),  # a mark in the middle
    Case("contains", "text", " ", "a b", T),
    Case("contains", "list", "vip", None, F),
    Case("contains", "list", "vip", ABSENT, F),
    Case("contains", "list", "vip", ["VIP"], F),
    Case("contains", "list", "علاقه‌مند", ["علاقهمند"], F),  # items are compared letter by letter
    Case("contains", "list", 1, [True], F),
    Case("contains", "list", "2026-03-21", ["2026-03-21T05:00:00Z"], T),
    Case("icontains", "text", "کد تخفیف", COUPON, T),
    Case("icontains", "text", "كد تخفيف", COUPON, T),  # Arabic kaf and yeh
    Case("icontains", "text", "COUPON", "my CouPon", T),
    Case("icontains", "text", "coupon", "COUPON\u200f!", T),
    Case("icontains", "text", "می‌خواهم", "من ميخواهم بخرم", T),
    Case("icontains", "text", "كود", "عندي كُـود", T),  # harakat and tatweel
    Case("icontains", "text", "code 12", "CODE ۱۲", T),
    Case("icontains", "text", "code ۱۲", "code ١٢", T),
    Case("icontains", "text", "cafe", "Café", T),
    Case("icontains", "text", "coupon", "discount", F),
    Case("icontains", "text", "coupon", ABSENT, F),
    Case("icontains", "list", "VIP", ["new", "vip"], T),
    Case("icontains", "list", "vip", ["vips"], F),
    Case("icontains", "list", "vip", [1, None, "VIP"], T),
    Case("icontains", "any", "5", 5, E, NOT_TEXT_OR_LIST),
    Case("icontains", "any", "a", {"a": 1}, E, NOT_TEXT_OR_LIST),
    Case("icontains", "text", "coupon", None, F),
    Case("icontains", "text", "coupon", "", F),
    Case("icontains", "text", "سلام", "ســـلام", T),  # tatweel
    Case("icontains", "text", "كُود", "كود", T),  # vowel signs in the value
    Case("icontains", "text", "میخواهم", "می‌خواهم", T),  # ZWNJ
    Case("icontains", "text", "مدرسة", "المدرسه قريبة", T),  # teh marbuta
    Case("icontains", "text", "على", "سلم علي", T),  # alef maqsura
    Case("icontains", "text", "احمد", "أَحْمَد", T),
    Case("icontains", "text", "اب", "آب", T),
    Case("icontains", "text", "سؤال", "سوال", T),
    Case("icontains", "text", "لا", "ﻻ", T),  # a ligature, as PDFs have it
    Case("icontains", "text", "سفارش 12", "سفارش ۱۲", T),
    Case("icontains", "text", "12.5", "۱۲٫۵ تومان", T),
    Case("icontains", "text", "1250", "١٬٢٥٠ دج", T),
    Case("icontains", "text", "order 12", "سلام \u2067ORDER\u2069 \u200e12", T),
    Case("icontains", "text", "دارید?", COUPON, T),  # the Arabic question mark
    Case("icontains", "text", "ch7al", "Ch7aaaal?", T),  # stretched for emphasis
    Case("icontains", "text", "شحال", "شحاااال", T),
    Case("icontains", "text", "هههه", "ههههههه مضحك", T),  # laughter asked for and found
    Case("icontains", "text", "هههه", "هل وصل الطلب؟", F),  # not a single letter of it
    Case("icontains", "text", "www.", "hello w.", F),
    Case("icontains", "text", "www.", "WWW.example.org", T),
    Case("icontains", "text", "straße", "STRASSE 5", T),
    Case("icontains", "text", "istanbul", "İSTANBUL", T),
    Case("icontains", "text", " ok ", "okay", T),  # blanks around the value do not count
    Case("icontains", "text", "20%", "خصم ٢٠٪", T),
    Case("icontains", "list", "علاقهمند", ["علاقه‌مند"], T),
    Case("icontains", "list", "كتاب", ["کتاب"], T),
    Case("icontains", "list", "vip", ABSENT, F),
    Case("icontains", "list", "vip", [["vip"], {"vip": 1}], F),
    Case("icontains", "any", "true", True, E, NOT_TEXT_OR_LIST),
    Case("icontains", "any", "x", {}, E, NOT_TEXT_OR_LIST),
    Case("starts_with", "text", "سلام", COUPON, T),
    Case("starts_with", "text", "کد", COUPON, F),
    Case("starts_with", "text", "Hi", "hi there", F),
    Case("starts_with", "text", "+213", "+213555123456", T),
    Case("starts_with", "text", "hi", ABSENT, F),
    Case("starts_with", "any", "hi", ["hi"], E, NOT_TEXT),
    Case("starts_with", "any", "2", 213, E, NOT_TEXT),
    Case("starts_with", "text", "hi", None, F),
    Case("starts_with", "text", "hi", "", F),
    Case("starts_with", "text", "سلام", "\u200fسلام", F),  # a mark in front
    Case("starts_with", "text", "كد", "کد تخفیف", F),  # Arabic kaf
    Case("starts_with", "text", "e", "e\u0301tat", F),  # half of a letter
    Case("starts_with", "text", "می\u200c", "می‌خواهم", T),
    Case("starts_with", "text", "۰۹۱۲", "۰۹۱۲۳۴۵", T),
    Case("starts_with", "text", "0912", "۰۹۱۲۳۴۵", F),
    Case("starts_with", "any", "x", {"x": 1}, E, NOT_TEXT),
    Case("ends_with", "text", "؟", COUPON, T),
    Case("ends_with", "text", "?", COUPON, F),
    Case("ends_with", "text", "e\u0301", "café", T),
    Case("ends_with", "text", "x", ABSENT, F),
    Case("ends_with", "any", "x", False, E, NOT_TEXT),
    Case("ends_with", "text", "x", None, F),
    Case("ends_with", "text", "@example.org", "amina@example.org", T),
    Case("ends_with", "text", "@example.org", "amina@example.org ", F),
    Case("ends_with", "text", "تخفیف", "کد تخفیف", T),
    Case("ends_with", "text", "تخفيف", "کد تخفیف", F),  # Arabic yeh
    Case("ends_with", "text", "دج", "1500 دج", T),
    Case("ends_with", "text", "دج", "1500 دج\u200f", F),
    Case("ends_with", "any", "1", [1], E, NOT_TEXT),
]
