"""``google_sheets_append``: add a row to a Google sheet."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated, Any, ClassVar
from urllib.parse import quote
from weakref import WeakValueDictionary

import orjson
from pydantic import AfterValidator, Field, model_validator

from core.errors import OutcomeUnknownError, PermanentError, RetryableError
from core.forms import shown
from core.http import HttpClient, HttpResponse, NoAnswerError
from core.http.retry_after import is_busy, retry_after
from core.retry import RetryPolicy
from workflow.actions.base import ActionContext, Config, Effect, ExternalAction, Material, Output, register
from workflow.connections.calling import call
from workflow.connections.services.opening import open_connection
from workflow.connections.types.base import OpenConnection, OutgoingRequest
from workflow.connections.types.google_service_account import GoogleSecret, GoogleSettings, key_file
from workflow.connections.using import connection_field

_COLUMN = r"^[A-Za-z]{1,2}$"
_ID = re.compile(r"[A-Za-z0-9_-]{10,120}\Z")
_IN_ADDRESS = re.compile(r"https://docs\.google\.com/spreadsheets/d/([A-Za-z0-9_-]{10,120})(/|\Z)")
#: A key is 32 letters and 6 signs around them: room for some 120,000 rows.
_MAX_COLUMN_BYTES = 5_000_000

Cell = str | int | float | bool | None


class SheetRefusedError(PermanentError):
    """Google did not take the row."""


class SheetBusyError(RetryableError):
    """Google cannot take the row now."""


class RowOutcomeUnknownError(OutcomeUnknownError):
    """Google got the row and did not say whether it wrote it."""


def _spreadsheet(text: str) -> str:
    text = text.strip()
    address = _IN_ADDRESS.match(text)
    if address is None and not _ID.match(text):
        raise ValueError("paste the sheet's address, or the id in it between /d/ and /edit")
    return address[1] if address else text


class SheetsAppendConfig(Config):
    """The row, and where it goes. Values are written as they are: a text that begins with = is no formula."""

    spreadsheet: Annotated[
        str, Field(max_length=400), AfterValidator(_spreadsheet), shown("Spreadsheet", widget="text")
    ] = Field(description="The spreadsheet's address or its id")
    sheet: Annotated[str, Field(min_length=1, max_length=100), shown("Sheet")] = Field(
        default="Sheet1", description="Name of the tab, as it stands below the table"
    )
    first_column: Annotated[str, Field(pattern=_COLUMN), shown("First column", advanced=True)] = Field(
        default="A", description="Column of the first value; the row goes below the table that begins there"
    )
    values: Annotated[list[Cell], shown("Values", "One for each cell, from the first column on.")] = Field(
        min_length=1, max_length=200
    )
    key_column: Annotated[str, Field(pattern=r"^([A-Za-z]{1,2})?$"), shown("Key column", advanced=True)] = (
        Field(
            default="",
            description="Column, right of the values, for the step's id: it is looked up first, so that no row is written twice. "
            "Empty: when no answer comes, the row is not tried again",
        )
    )
    connection: str = connection_field(
        "google_service_account",
        description="Name or id of a service account's connection; empty: the only one there is",
    )

    @model_validator(mode="after")
    def _key_is_right_of_values(self) -> SheetsAppendConfig:
        if self.key_column and self.key_offset < len(self.values):
            raise ValueError("key_column: choose a column right of the values")
        return self

    @property
    def key_offset(self) -> int:
        """How many columns the key stands right of the first value."""
        return _number(self.key_column) - _number(self.first_column)


def _number(column: str) -> int:
    """``A`` is 1, ``AA`` 27."""
    number = 0
    for letter in column.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class SheetsAppendOutput(Output):
    """``range`` is where the row stands, as ``Orders!A7:C7``. ``found``: it stood there already, from an earlier try."""

    range: str
    found: bool = False


#: Rows for one sheet go one after the other, as Google asks; per process. Lives as long as somebody waits.
_locks: WeakValueDictionary[tuple[int, str], asyncio.Lock] = WeakValueDictionary()


@register
class GoogleSheetsAppend(ExternalAction[SheetsAppendConfig, SheetsAppendOutput]):
    """``values.append`` of the Sheets API v4, RAW. It knows no idempotency of its own; ``key_column`` is ours."""

    slug = "google_sheets_append"
    label = "Add a row to a Google sheet"
    icon = "table"
    description = "Add a row below a table of a Google sheet that is shared with a service account."
    category = "integrations"
    effect = Effect.REVERSIBLE
    Config = SheetsAppendConfig
    Output = SheetsAppendOutput
    default_connection = "google_service_account"
    # Its limits are per minute.
    retry = RetryPolicy(
        attempts=6,
        backoff_s=5.0,
        multiplier=3.0,
        max_backoff_s=600.0,
        non_retryable=("RowOutcomeUnknownError",),
    )
    example: ClassVar = {
        "spreadsheet": "1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms",
        "sheet": "الطلبات",
        "values": ["{{ user.name }}", "{{ event.data.total }}"],
        "key_column": "F",
    }
    example_output: ClassVar = {"range": "'الطلبات'!A7:F7", "found": False}

    def prepare(self, config: SheetsAppendConfig, context: ActionContext) -> Material:
        """The service account's connection. Raises ``ConnectionMissingError``."""
        opened = open_connection(config.connection, types=["google_service_account"])
        return Material(opened, opened.secrets)

    async def run(
        self, config: SheetsAppendConfig, context: ActionContext, http: HttpClient
    ) -> SheetsAppendOutput:
        """Look the key up where there is a column for it, then append. 429 and 5xx may be retried."""
        sheet = _Sheet(config, context.material, http)
        place = (id(asyncio.get_running_loop()), config.spreadsheet)
        lock = _locks.get(place) or _locks.setdefault(place, asyncio.Lock())
        async with lock:
            if config.key_column:
                found = await sheet.find(context.effect_key)
                if found:
                    return SheetsAppendOutput(range=found, found=True)
            return SheetsAppendOutput(range=await sheet.append(context.effect_key))


class _Sheet:
    """The calls, for one row."""

    def __init__(
        self,
        config: SheetsAppendConfig,
        connection: OpenConnection[GoogleSettings, GoogleSecret],
        http: HttpClient,
    ) -> None:
        self._config = config
        self._connection = connection
        self._http = http

    async def find(self, key: str) -> str:
        """Where the row with ``key`` stands, or nothing."""
        column = self._config.key_column.upper()
        try:
            answer = await self._call("GET", f"{column}:{column}", "?majorDimension=COLUMNS", None)
        except NoAnswerError:
            raise SheetBusyError("Google gave no answer; nothing was written.") from None
        columns = answer.get("values") or [[]]
        cells = columns[0] if isinstance(columns, list) and isinstance(columns[0], list) else []
        if key not in cells:
            return ""
        return f"{self._tab}!{self._config.first_column.upper()}{cells.index(key) + 1}"

    async def append(self, key: str) -> str:
        """Write the row; returns its range."""
        config = self._config
        row: list[Cell] = list(config.values)
        if config.key_column:
            row += [""] * (config.key_offset - len(row)) + [key]
        body = orjson.dumps({"majorDimension": "ROWS", "values": [row]})
        cell = f"{config.first_column.upper()}1"
        try:
            answer = await self._call(
                "POST", cell, ":append?valueInputOption=RAW&insertDataOption=INSERT_ROWS", body
            )
        except NoAnswerError:
            if config.key_column:
                raise SheetBusyError(
                    "Google gave no answer; the next try looks whether the row is there."
                ) from None
            raise RowOutcomeUnknownError from None
        updates = answer.get("updates")
        return str(updates.get("updatedRange", "")) if isinstance(updates, dict) else ""

    async def _call(self, method: str, cells: str, rest: str, body: bytes | None) -> dict[str, Any]:
        address = quote(f"{self._tab}!{cells}", safe="")
        url = f"{self._connection.settings.sheets_url}/v4/spreadsheets/{self._config.spreadsheet}/values/{address}{rest}"
        headers = {"Content-Type": "application/json"} if body is not None else {}
        called = await call(
            self._http,
            OutgoingRequest(method=method, url=url, headers=headers, body=body),
            connection=self._connection,
            timeout_s=20,
            max_bytes=_MAX_COLUMN_BYTES,
        )
        if called.response.status != 200:
            raise self._refusal(called.response)
        answer = called.response.json()
        return answer if isinstance(answer, dict) else {}

    @property
    def _tab(self) -> str:
        return "'" + self._config.sheet.replace("'", "''") + "'"

    def _refusal(self, response: HttpResponse) -> SheetBusyError | SheetRefusedError:
        if is_busy(response.status):
            return SheetBusyError(
                f"Google answered {response.status}.", retry_after=retry_after(response.headers)
            )
        meanings = {
            400: f"the tab {self._config.sheet!r} or the values do not fit",
            403: f"share the spreadsheet with {key_file(self._connection).client_email} as an editor",
            404: "there is no such spreadsheet",
        }
        meaning = meanings.get(response.status, "the service account is not let in")
        return SheetRefusedError(f"Google answered {response.status}: {meaning}.")
