"""E-mail addresses as people write them, read strictly: one text is one address."""

from __future__ import annotations

import re
from email.headerregistry import Address

# The unquoted form of RFC 5321, 4.1.2. Quoted local parts are what injections are made of, and nobody has one.
_LOCAL = re.compile(r"(?=.{1,64}\Z)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_DOMAIN = re.compile(
    r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z"
)
_NAMED = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<address>[^<>]*)>\s*\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")
MAX_LENGTH = 320


def plain_address(text: str) -> Address:
    """``amina@example.com`` or ``أمينة <amina@example.com>``; a domain in another alphabet becomes its ASCII form.

    Raises ``ValueError`` for anything else: two addresses, a line break, a quoted local part, no dot in the domain.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError("the address is too long")
    if _CONTROL.search(text):
        raise ValueError("an address must not contain line breaks or control characters")
    named = _NAMED.match(text)
    name, bare = (named["name"].strip('" '), named["address"]) if named else ("", text)
    local, at, domain = bare.strip().rpartition("@")
    if not at or not _LOCAL.match(local):
        raise ValueError("write one e-mail address, such as amina@example.com")
    try:
        ascii_domain = domain.lower().encode("idna").decode()
    except UnicodeError:
        ascii_domain = ""
    if not _DOMAIN.match(ascii_domain):
        raise ValueError("the address has no valid domain after the @")
    return Address(display_name=name, username=local, domain=ascii_domain)
