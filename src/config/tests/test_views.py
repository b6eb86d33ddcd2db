"""Health, metrics, the first page, the document of the API, and what is answered when no view does."""

import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

from config import views
from config.welcome import welcome_in

DEMO, PUBLIC = "demo.localhost", "localhost"


def test_alive_without_a_database(web):
    assert web(PUBLIC).get("/health/live").json() == {"status": "ok"}


def test_ready(web, demo):
    assert web("127.0.0.1").get("/health/ready").json() == {"status": "ok", "database": "ok", "redis": "ok"}
    assert web(DEMO).get("/health/ready").status_code == 404


def test_not_ready_without_the_database(web, db, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError("no database")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "cursor", refuse)
        answer = web(PUBLIC).get("/health/ready")
    assert (answer.status_code, answer.json()["status"], answer.json()["database"]) == (503, "down", "down")


def test_without_redis_it_goes_on(web, db, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = web(PUBLIC).get("/health/ready")
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "degraded", "database": "ok", "redis": "down"},
    )


def test_metrics_for_this_machine(web, db):
    answer = web(PUBLIC).get("/metrics")
    assert answer.status_code == 200
    assert b"wasl_queue_sleeping_lanes 0.0" in answer.content
    assert answer["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({}, 200),
        ({"REMOTE_ADDR": "10.1.2.3"}, 403),
        ({"HTTP_X_FORWARDED_FOR": "10.1.2.3"}, 403),
        ({"HTTP_FORWARDED": "for=10.1.2.3"}, 403),
        ({"REMOTE_ADDR": "10.1.2.3", "HTTP_AUTHORIZATION": "Bearer sesame"}, 200),
        ({"REMOTE_ADDR": "10.1.2.3", "HTTP_AUTHORIZATION": "Bearer wrong"}, 403),
        ({"REMOTE_ADDR": "10.1.2.3", "HTTP_AUTHORIZATION": "Bearer سمسم"}, 403),
    ],
)
def test_who_reads_metrics(environ, status, db, settings):
    settings.METRICS_TOKEN = "sesame"
    assert views.metrics(RequestFactory().get("/metrics", **environ)).status_code == status


def test_no_token_is_not_an_empty_token(db, settings):
    settings.METRICS_TOKEN = ""
    for sent in ("Bearer ", "Bearer", ""):
        request = RequestFactory().get("/metrics", REMOTE_ADDR="10.1.2.3", HTTP_AUTHORIZATION=sent)
        assert views.metrics(request).status_code == 403


@pytest.mark.parametrize(
    ("accepted", "language", "direction"),
    [
        ("ar-DZ,ar;q=0.9", "ar", "rtl"),
        ("fa", "fa", "rtl"),
        ("fr-CA,en;q=0.5", "fr", "ltr"),
        ("zh", "en", "ltr"),
        ("", "en", "ltr"),
    ],
)
def test_the_first_page_speaks_the_visitors_language(accepted, language, direction, web, demo):
    page = web(DEMO).get("/", headers={"Accept-Language": accepted}).content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert demo.name in page
    assert welcome_in(language).tagline in page
    assert 'href="/admin/"' in page
    assert 'href="/api/v1/docs/"' in page


def test_the_public_first_page(web, db):
    assert "Wasl وصل" in web(PUBLIC).get("/").content.decode()


def test_the_document_of_the_api(web, demo):
    document = web(DEMO).get("/api/v1/schema/").content.decode()
    assert "/api/v1/api-keys/{id}/revoke/" in document
    assert "bearer" in document
    assert web(DEMO).get("/api/v1/docs/").status_code == 200


def test_errors_under_api_are_json_and_elsewhere_pages(web, demo):
    browser = web(DEMO)
    assert browser.get("/api/v1/nothing/").json()["error"]["code"] == "not_found"
    assert browser.get("/nothing/")["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("host", [DEMO, PUBLIC])
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
@pytest.mark.parametrize("path", ["/api/", "/api/v1/nothing/", "/api/v1/nothing"])
def test_no_such_address_is_json_while_debugging_too(path, method, host, web, demo, settings):
    settings.DEBUG = True
    answer = getattr(web(host), method)(path)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


def test_a_forgotten_slash_under_api(web, demo, settings):
    settings.DEBUG = True
    read = web(DEMO).get("/api/v1/crm/contacts?search=%D8%B3%D8%A7%D8%B1%D8%A7")
    assert read.status_code == 301
    assert read["Location"] == "/api/v1/crm/contacts/?search=%D8%B3%D8%A7%D8%B1%D8%A7"
    written = web(DEMO).post("/api/v1/crm/contacts", b"{}", content_type="application/json")
    assert written.status_code == 404
    assert "/api/v1/crm/contacts/" in written.json()["error"]["message"]


def test_a_failure_is_json_with_its_requests_id(rf):
    answer = views.server_error(rf.get("/api/v1/x/", headers={"X-Request-Id": "r-1"}))
    assert answer.status_code == 500
    assert b'"request_id": "r-1"' in answer.content


def test_only_the_admin_may_run_inline_scripts(web, alice, api):
    strict, admin = web("demo.localhost").get("/"), web("demo.localhost", user=alice).get("/admin/")
    assert "script-src 'self';" in strict["Content-Security-Policy"] + ";"
    assert "'unsafe-inline' 'unsafe-eval'" in admin["Content-Security-Policy"]
    docs = web("demo.localhost", user=alice).get("/api/v1/docs/")
    assert docs.status_code == 200
    assert b"<script>" not in docs.content
