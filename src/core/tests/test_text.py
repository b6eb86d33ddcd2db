"""Folding: spellings that people take for the same become the same, others stay apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text import fold, isolate, strip_nul, to_western_digits


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        # Arabic: marks, tatweel, alef, hamza, teh marbuta, alef maqsura
        ("أَهْلاً وَسَهْلاً", "اهلا وسهلا"),
        ("مرحبــــا", "مرحبا"),
        ("إلى المدرسة", "الي المدرسه"),
        ("ٱلسلام آمين", "السلام امين"),
        ("مسؤول رئيس", "مسوول رييس"),
        ("هٰذا", "هذا"),
        ("ﻻ ﷲ ﺍﻟﺴﻼﻡ", "لا الله السلام"),  # presentation forms, as copied out of PDFs
        # Persian: keyboards, ZWNJ, heh with yeh, digits
        ("کد تخفیف", "كد تخفيف"),
        ("كد تخفيف", "كد تخفيف"),
        ("می\u200cخواهم", "ميخواهم"),
        ("خانۀ ما", "خانه ما"),
        ("خانه‌ی گرم", "خانهي گرم".replace("گ", "ك")),
        ("۱۲۳٬۴۵۶٫۷۸ تومان", "123456.78 تومان"),
        ("سلام، کد دارید؟", "سلام, كد داريد?"),
        ("پژو چای", "پژو چاي"),  # letters that Persian tells apart stay
        # Darja: Algerian letters, stretched words, mixed scripts
        ("ڨداش", "قداش"),
        ("ڤاع", "قاع"),
        ("شحاااااال", "شحال"),
        ("Ch7aaaal la LIVRAISON ؟؟", "ch7al la livraison ??"),
        ("صحيييت bzzzzf", "صحيت bzf"),
        # French
        ("Déjà reçu à l’ÉTÉ", "deja recu a l'ete"),
        ("Œuvre ﬁne", "œuvre fine"),
        ("NAÏVE  \n\t coût", "naive cout"),
        ("Straße", "strasse"),
        ("élève", "eleve"),
        ("e\u0301te\u0301", "ete"),  # decomposed, as Apple's keyboards send it
        # what must survive
        ("2000 DA", "2000 da"),
        ("+213555000111", "+213555000111"),
        ("balle bell", "balle bell"),
        ("!!!", "!!!"),
        ("", ""),
        ("\u2068سلام\u2069\u200f", "سلام"),
        ("😀😀😀", "😀😀😀"),
    ],
)
def test_fold(written, folded):
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("written", "folded"),
    [("ههههههه", "ههه"), ("هــههـه", "ههه"), ("WWWW.", "www."), ("balle", "balle"), ("شحاااال", "شحااال")],
)
def test_fold_can_keep_stretched_letters_apart(written, folded):
    assert fold(written, stretched=True) == folded
    assert fold(folded, stretched=True) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كتاب", "کتاب"),
        ("على", "علی"),
        ("مدرسة", "مدرسه"),
        ("٠٥٥٥", "0555"),
        ("COUPON", "coupon"),
        ("كَتَبَ", "كتب"),
    ],
)
def test_the_same_word_folds_alike(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("کار", "کال"), ("پا", "با"), ("چه", "جه"), ("12", "13"), ("prix", "prit")]
)
def test_other_words_stay_apart(one, other):
    assert fold(one) != fold(other)


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_western_digits_leave_the_rest():
    assert to_western_digits("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹ قیمت ۱٬۵۰۰٫۵") == "0123456789 0123456789 قیمت 1500.5"


def test_isolate():
    assert isolate("+213 555") == "\u2068+213 555\u2069"
    assert fold(isolate("abc")) == "abc"


def test_strip_nul():
    assert strip_nul("a\x00ب\x00") == "aب"
