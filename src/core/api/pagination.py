"""Pages of results: ``?page=2&page_size=100``."""

from __future__ import annotations

from rest_framework.pagination import PageNumberPagination


class PagePagination(PageNumberPagination):
    """Answers ``{count, next, previous, results}``; 50 rows a page unless ``page_size`` asks for up to 200."""

    page_size_query_param = "page_size"
    max_page_size = 200
