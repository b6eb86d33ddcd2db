"""The list of pages knows every page that the front end has, and says which it does not know."""

from __future__ import annotations

import re

import pytest

from ops.screenshots.command import LOOKS
from ops.screenshots.pages import PAGES, named
from ops.web_ui import FRONTEND

_ROUTE = re.compile(r"getParentRoute: \(\) => (\w+),\s*path: \"([^\"]+)\"")
_UNDER = {"settingsRoute": "/settings", "inboxRoute": "/inbox/"}


def routes() -> set[str]:
    """The paths of all pages, as the features' own routes say them."""
    found = {
        _UNDER.get(parent, "") + path
        for index in (FRONTEND / "src" / "features").glob("*/index.ts")
        for parent, path in _ROUTE.findall(index.read_text(encoding="utf-8"))
    }
    # What a list shows when nothing of it is chosen has no address of its own.
    return found - {"/inbox//"}


def test_every_page_is_listed() -> None:
    assert routes(), "the features' routes were found"
    assert routes() - {page.route for page in PAGES} == set()


def test_no_listed_page_is_gone() -> None:
    assert {page.route for page in PAGES} - routes() == set()


def test_names_are_files_of_their_own() -> None:
    names = [page.name for page in PAGES]
    assert len(names) == len(set(names))


def test_an_unknown_name_is_told_the_known_ones() -> None:
    with pytest.raises(LookupError, match="no page is called kitchen; there are sign-in"):
        list(named(["inbox", "kitchen"]))


def test_all_languages_themes_and_sizes_are_looked_at() -> None:
    assert {look.language for look in LOOKS} == {"en", "fr", "ar", "fa"}
    assert {(look.theme, look.size) for look in LOOKS} == {
        (theme, look.size) for theme in ("light", "dark") for look in LOOKS
    }
    assert len({str(look) for look in LOOKS}) == len(LOOKS) == 8
