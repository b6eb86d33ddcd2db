"""Telephone numbers as people in Algeria, Iran, the Emirates and France type them."""

import pytest

from core.phones import PhoneError, national, to_e164


@pytest.mark.parametrize(
    ("raw", "region", "e164"),
    [
        # Algeria
        ("0555123456", "DZ", "+213555123456"),
        ("0555 12 34 56", "DZ", "+213555123456"),
        ("05.55.12.34.56", "DZ", "+213555123456"),
        ("555123456", "DZ", "+213555123456"),
        ("٠٥٥٥١٢٣٤٥٦", "DZ", "+213555123456"),
        ("00213555123456", "DZ", "+213555123456"),
        ("00213555123456", None, "+213555123456"),
        ("٠٠٢١٣٥٥٥١٢٣٤٥٦", None, "+213555123456"),
        ("+213 (0) 555 12 34 56", None, "+213555123456"),
        ("+2130555123456", None, "+213555123456"),
        ("+2130555123456", "FR", "+213555123456"),
        ("213555123456", "DZ", "+213555123456"),
        ("0770-12-34-56", "dz", "+213770123456"),
        ("021 23 45 67", "DZ", "+21321234567"),
        # Iran
        ("09121234567", "IR", "+989121234567"),
        ("۰۹۱۲ ۱۲۳ ۴۵۶۷", "IR", "+989121234567"),
        ("+98 912 123 4567", None, "+989121234567"),
        ("+980912 123 4567", None, "+989121234567"),
        ("0098 912 123 4567", "IR", "+989121234567"),
        ("021 8888 1234", "IR", "+982188881234"),
        # United Arab Emirates
        ("050 123 4567", "AE", "+971501234567"),
        ("٠٥٠١٢٣٤٥٦٧", "AE", "+971501234567"),
        ("+971-50-123-4567", None, "+971501234567"),
        ("+971 050 123 4567", None, "+971501234567"),
        # France
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("+33 (0)6 12 34 56 78", None, "+33612345678"),
        ("0033612345678", None, "+33612345678"),
        # how it is pasted
        ("\u202a+213 555 12 34 56\u202c", None, "+213555123456"),
        ("\u2068+213555123456\u2069", None, "+213555123456"),
        ("＋213555123456", None, "+213555123456"),
        ("tel:+213555123456", None, "+213555123456"),
        ("  +213\u00a0555\u00a012\u00a034\u00a056 ", None, "+213555123456"),
    ],
)
def test_to_e164(raw, region, e164):
    assert to_e164(raw, region) == e164


@pytest.mark.parametrize(
    ("raw", "region", "problem"),
    [
        ("", "DZ", "empty"),
        ("   ", None, "empty"),
        ("سلام", "DZ", "is not a phone number"),
        ("0555123456 or 0666123456", "DZ", "is not a phone number"),
        ("0800FLOWERS", "FR", "is not a phone number"),
        ("0555123456", None, "has no country code"),
        ("+999555123456", None, "has no known country code"),
        ("05", "DZ", "is too short"),
        ("055512", "DZ", "is too short"),
        ("05551234567890", "DZ", "is too long"),
        ("0" * 41, "DZ", "too long"),
        ("+213155512345", None, "not a number in use"),
        ("0555123456", "XX", "'XX' is not a region"),
        ("customer123", None, "is not a phone number"),
        ("++213555123456", None, "is not a phone number"),
    ],
)
def test_what_is_not_a_number_is_named(raw, region, problem):
    with pytest.raises(PhoneError, match=problem):
        to_e164(raw, region)


@pytest.mark.parametrize(
    ("e164", "shown"),
    [
        ("+213555123456", "0555 12 34 56"),
        ("+989121234567", "0912 123 4567"),
        ("+971501234567", "050 123 4567"),
        ("+33612345678", "06 12 34 56 78"),
    ],
)
def test_national(e164, shown):
    assert national(e164) == shown


def test_national_needs_an_international_number():
    with pytest.raises(PhoneError):
        national("0555123456")
