"""``google_sheets_append`` against a small Google: it checks tokens, keeps rows, and can fail on the way."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import pytest
from pydantic import ValidationError
from werkzeug import Request, Response

from core.http import NoAnswerError
from workflow.actions.google_sheets_append import (
    GoogleSheetsAppend,
    RowOutcomeUnknownError,
    SheetBusyError,
    SheetRefusedError,
    SheetsAppendConfig,
)
from workflow.connections.services.connections import create_connection
from workflow.connections.tests.conftest import as_text, opened, run
from workflow.models import ActionExecution

SHEET = "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms"
TOKEN = "ya29.a-token-of-google"


@dataclass
class Google:
    """One spreadsheet. ``answers`` are given before it does anything; ``lose`` writes the row and says nothing."""

    httpserver: Any
    rows: dict[str, list[list[Any]]] = field(default_factory=lambda: {"الطلبات": [], "Bob's sheet": []})
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    lose: int = 0
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    calls: list[str] = field(default_factory=list)

    def token(self, request: Request) -> Response:
        assert request.form["assertion"]
        return Response(
            json.dumps({"access_token": TOKEN, "expires_in": 3599}), content_type="application/json"
        )

    def values(self, request: Request) -> Response:
        self.calls.append(request.method)
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Response('{"error": {"code": 401}}', 401)
        if self.answers:
            status, headers = self.answers.pop(0)
            return Response('{"error": {}}', status, headers)
        _, _, rest = request.path.partition(f"/v4/spreadsheets/{SHEET}/values/")
        if not rest:
            return Response("{}", 404)
        cells, _, verb = unquote(rest).partition(":append")
        tab, _, place = cells.rpartition("!")
        name = tab[1:-1].replace("''", "'")
        assert tab == "'" + name.replace("'", "''") + "'"
        if name not in self.rows:
            return Response('{"error": {"message": "Unable to parse range"}}', 400)
        rows = self.rows[name]
        if request.method == "GET":
            assert request.args["majorDimension"] == "COLUMNS"
            column = ord(place[0]) - ord("A")
            cells = [row[column] if column < len(row) else "" for row in rows]
            return Response(json.dumps({"values": [cells]} if cells else {}), content_type="application/json")
        assert (verb, place) == ("", "A1") or place == "B1" or request.path.endswith(":append")
        assert request.args["valueInputOption"] == "RAW"
        assert request.args["insertDataOption"] == "INSERT_ROWS"
        assert request.json["majorDimension"] == "ROWS"
        (row,) = request.json["values"]
        offset = ord(place[0]) - ord("A")
        rows.append([""] * offset + row)
        if self.lose:
            self.lose -= 1
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        answer = {"updates": {"updatedRange": f"{tab}!{place[0]}{len(rows)}"}}
        return Response(json.dumps(answer), content_type="application/json")


@pytest.fixture
def sheets(httpserver) -> Google:
    world = Google(httpserver)
    httpserver.expect_request("/token", method="POST").respond_with_handler(world.token)
    httpserver.expect_request(re.compile("/v4/.*")).respond_with_handler(world.values)
    return world


def settings(httpserver) -> dict[str, Any]:
    return {
        "hosts": ["localhost"],
        "token_url": httpserver.url_for("/token"),
        "sheets_url": httpserver.url_for("").rstrip("/"),
    }


@pytest.fixture
def robot(httpserver, google_key):
    return opened("google_service_account", settings(httpserver), {"key": google_key})


async def append(http, robot, *, key: str = "k1", **config):
    config = {"spreadsheet": SHEET, "sheet": "الطلبات", "values": ["أمينة", 5], **config}
    return await run("google_sheets_append", config, http, key=key, material=robot)


@pytest.mark.parametrize(
    ("config", "sheet", "row", "place"),
    [
        ({}, "الطلبات", ["أمينة", 5], "'الطلبات'!A1"),
        (
            {"values": ["=1+1", 1.5, True, None, "۱۲"]},
            "الطلبات",
            ["=1+1", 1.5, True, None, "۱۲"],
            "'الطلبات'!A1",
        ),
        ({"sheet": "Bob's sheet"}, "Bob's sheet", ["أمينة", 5], "'Bob''s sheet'!A1"),
        ({"first_column": "c"}, "الطلبات", ["", "", "أمينة", 5], "'الطلبات'!C1"),
        ({"key_column": "C"}, "الطلبات", ["أمينة", 5, "k1"], "'الطلبات'!A1"),
        ({"key_column": "e"}, "الطلبات", ["أمينة", 5, "", "", "k1"], "'الطلبات'!A1"),
        ({"first_column": "B", "key_column": "D"}, "الطلبات", ["", "أمينة", 5, "k1"], "'الطلبات'!B1"),
        (
            {"spreadsheet": f"https://docs.google.com/spreadsheets/d/{SHEET}/edit#gid=0"},
            "الطلبات",
            ["أمينة", 5],
            "'الطلبات'!A1",
        ),
    ],
)
async def test_what_is_written_where(http, sheets, robot, config, sheet, row, place):
    output = await append(http, robot, **config)

    assert sheets.rows[sheet] == [row]
    assert (output.range, output.found) == (place, False)


async def test_a_row_that_is_there_already_is_found(http, sheets, robot):
    await append(http, robot, key="other", key_column="C")
    first = await append(http, robot, key_column="C")
    second = await append(http, robot, key_column="C")

    assert [row[2] for row in sheets.rows["الطلبات"]] == ["other", "k1"]
    assert (first.range, first.found) == ("'الطلبات'!A2", False)
    assert (second.range, second.found) == ("'الطلبات'!A2", True)


async def test_without_a_key_column_nothing_is_looked_up(http, sheets, robot):
    await append(http, robot)
    await append(http, robot)

    assert len(sheets.rows["الطلبات"]) == 2
    assert set(sheets.calls) == {"POST"}


@pytest.mark.parametrize("key_column", ["", "C"])
async def test_an_answer_that_got_lost(http, sheets, robot, key_column):
    """With a key the next try finds the row; without one nobody knows, and nobody guesses."""
    sheets.lose = 1

    with pytest.raises(SheetBusyError if key_column else RowOutcomeUnknownError) as caught:
        await append(http, robot, key_column=key_column)

    assert not isinstance(caught.value, NoAnswerError)
    assert len(sheets.rows["الطلبات"]) == 1
    if key_column:
        assert (await append(http, robot, key_column=key_column)).found is True
        assert len(sheets.rows["الطلبات"]) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503])
async def test_busy_may_be_tried_again(http, sheets, robot, status):
    sheets.answers = [(status, {"Retry-After": "20"})]

    with pytest.raises(SheetBusyError, match=str(status)) as caught:
        await append(http, robot)

    assert caught.value.retry_after == 20
    assert sheets.rows["الطلبات"] == []


@pytest.mark.parametrize(
    ("answers", "config", "words"),
    [
        ([(403, {})], {}, "403: share the spreadsheet with robot@shop.iam.gserviceaccount.com"),
        ([], {"spreadsheet": "x" * 20}, "404: there is no such spreadsheet"),
        ([], {"sheet": "غير موجود"}, "400: the tab 'غير موجود'"),
        ([(409, {})], {}, "409"),
    ],
)
async def test_a_refusal_names_the_mend(http, sheets, robot, answers, config, words):
    sheets.answers = answers

    with pytest.raises(SheetRefusedError, match=words):
        await append(http, robot, **config)


async def test_a_token_that_google_withdrew(http, sheets, robot):
    await append(http, robot)
    sheets.tokens.clear()

    with pytest.raises(SheetRefusedError, match="401: the service account is not let in"):
        await append(http, robot)

    assert [request.path for request, _ in sheets.httpserver.log].count("/token") == 2


async def test_rows_for_one_sheet_go_one_after_the_other(http, sheets, robot):
    await asyncio.gather(*(append(http, robot, key=f"k{n}", key_column="C") for n in range(8)))

    assert sheets.calls == ["GET", "POST"] * 8
    assert sorted(row[2] for row in sheets.rows["الطلبات"]) == [f"k{n}" for n in range(8)]


@pytest.mark.parametrize("connection", ["", "sheets", "{{ 'no such' }}"])
def test_from_a_workflow(engine, httpserver, allowed, sheets, google_key, connection):
    create_connection(
        name="sheets",
        kind="google_service_account",
        settings=settings(httpserver),
        secret={"key": json.dumps(google_key)},
    )
    config = {
        "spreadsheet": SHEET,
        "sheet": "الطلبات",
        "values": ["{{ user.name }}", "{{ event.data.said }}"],
        "key_column": "C",
        "connection": connection,
    }
    engine.workflow({"id": "row", "action": "google_sheets_append", "config": config})

    execution = engine.run(engine.contact(), said='=HYPERLINK("https://evil.example")')

    if "no such" in connection:
        assert "there is no connection 'no such'" in execution.error
        assert sheets.calls == []
        return
    assert execution.error == ""
    step = ActionExecution.objects.get()
    assert sheets.rows["الطلبات"] == [["أمينة بن علي", '=HYPERLINK("https://evil.example")', step.id.hex]]
    stored = as_text([step.input, step.output, step.error, execution.outputs])
    assert TOKEN not in stored
    assert "PRIVATE KEY" not in stored


@pytest.mark.parametrize(("key_column", "tries", "rows"), [("C", 2, 1), ("", 1, 1)])
def test_a_lost_answer_doubles_no_row(
    engine, httpserver, allowed, sheets, google_key, key_column, tries, rows
):
    create_connection(
        name="sheets",
        kind="google_service_account",
        settings=settings(httpserver),
        secret={"key": google_key},
    )
    sheets.lose = 1
    config = {"spreadsheet": SHEET, "sheet": "الطلبات", "values": ["a", "b"], "key_column": key_column}
    engine.workflow({"id": "row", "action": "google_sheets_append", "config": config})
    execution = engine.run(engine.contact())
    engine.let_time_pass()
    engine.work()

    execution.refresh_from_db()
    assert execution.state == ("completed" if key_column else "failed")
    assert ("RowOutcomeUnknownError" in execution.error) is not bool(key_column)
    assert len(sheets.rows["الطلبات"]) == rows
    assert ActionExecution.objects.get().attempts == tries


@pytest.mark.parametrize(
    "config",
    [
        {"spreadsheet": "https://evil.example/spreadsheets/d/" + SHEET},
        {"spreadsheet": "../../x"},
        {"values": []},
        {"values": [[1]]},
        {"values": ["x"] * 201},
        {"first_column": "1"},
        {"key_column": "B"},
        {"key_column": "A"},
        {"sheet": ""},
        {"value_input": "USER_ENTERED"},
    ],
)
def test_what_a_config_may_not_be(config):
    good = {"spreadsheet": SHEET, "values": ["a", "b"]}
    SheetsAppendConfig.model_validate({**good, "key_column": "C"})
    with pytest.raises(ValidationError):
        SheetsAppendConfig.model_validate({**good, **config})


def test_the_example_works():
    SheetsAppendConfig.model_validate(GoogleSheetsAppend.example)
    GoogleSheetsAppend.Output.model_validate(GoogleSheetsAppend.example_output)
