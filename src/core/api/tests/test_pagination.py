"""Pages of results."""

import pytest
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from core.api.pagination import PagePagination


def page(**query):
    paginator = PagePagination()
    rows = paginator.paginate_queryset(range(450), Request(APIRequestFactory().get("/things/", query)))
    return paginator.get_paginated_response(rows).data


def test_fifty_rows_unless_asked_otherwise():
    first = page()
    assert set(first) == {"count", "next", "previous", "results"}
    assert (first["count"], len(first["results"]), first["previous"]) == (450, 50, None)
    assert first["next"].endswith("/things/?page=2")


@pytest.mark.parametrize(
    ("asked", "given"), [("7", 7), ("200", 200), ("100000", 200), ("0", 50), ("-1", 50), ("x", 50)]
)
def test_up_to_two_hundred(asked, given):
    assert len(page(page_size=asked)["results"]) == given


def test_the_last_page_and_beyond():
    assert page(page=9)["next"] is None
    for beyond in ("10", "0", "x"):
        with pytest.raises(NotFound):
            page(page=beyond)
