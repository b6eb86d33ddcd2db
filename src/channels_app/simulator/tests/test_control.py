"""The control API, its client, the live stream, the page and the command line."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from channels_app.simulator.client import SimulatorClient, SimulatorError
from channels_app.simulator.server import create_app
from channels_app.simulator.testing import running_simulator

from .conftest import CUSTOMER, Client, Inbound, Send, call

SIMULATOR = Path(__file__).resolve().parents[1]
ACCOUNT = "106540352242922"


# --- waiting and watching --------------------------------------------------------------------------------------


async def test_wait_returns_a_message_yet_to_come(sim: Client, writes: Inbound, sends: Send) -> None:
    await writes()
    query = {"account": ACCOUNT, "customer": CUSTOMER, "contains": "کد", "timeout": "5", "state": "read"}
    waiting = asyncio.create_task(call(sim, "GET", "/control/events/wait", params=query))
    await sends()
    await sends(type="text", text={"body": "کد شما"})
    assert (await waiting)["message"]["text"] == "کد شما"
    assert (await waiting)["message"]["state"] == "read"
    again = await call(sim, "GET", "/control/events/wait", params={**query, "after": "0"})
    assert again == await waiting


async def test_wait_ends_without_a_match(sim: Client, writes: Inbound, sends: Send) -> None:
    await writes()
    await sends()
    query = {"account": ACCOUNT, "contains": "هرگز", "timeout": "0.05"}
    await call(sim, "GET", "/control/events/wait", params=query, status=408)


async def test_stream_tells_messages_and_states(sim: Client, writes: Inbound, sends: Send) -> None:
    async with sim.get("/control/stream", params={"account": ACCOUNT}) as response:
        assert response.content_type == "text/event-stream"
        assert await response.content.readuntil(b"\n\n") == b": open\n\n"

        async def event() -> dict[str, Any]:
            line = await asyncio.wait_for(response.content.readuntil(b"\n\n"), 5)
            return json.loads(line.removeprefix(b"data: "))

        await writes("سلام")
        assert (await event())["message"]["text"] == "سلام"
        await sends()
        sent = (await event())["message"]
        assert (sent["direction"], sent["state"]) == ("out", "accepted")
        states = [await event() for _ in range(3)]
        assert [s["state"] for s in states] == ["sent", "delivered", "read"]
        assert {s["id"] for s in states} == {sent["id"]}


async def test_stream_leaves_other_accounts_out(sim: Client, writes: Inbound) -> None:
    async with sim.get("/control/stream", params={"account": "another"}) as response:
        await response.content.readuntil(b"\n\n")
        await writes("سلام")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(response.content.readuntil(b"\n\n"), 0.2)


# --- refusals --------------------------------------------------------------------------------------------------


async def test_mistakes_are_explained(sim: Client, writes: Inbound) -> None:
    path = f"/control/accounts/{ACCOUNT}/inbound"
    wrong = await call(sim, "POST", path, {"from": CUSTOMER, "txet": "سلام"}, status=400)
    assert wrong["details"][0]["loc"] == ["txet"]
    unknown = await call(sim, "POST", "/control/accounts/none/inbound", {"from": "1"}, status=404)
    assert ACCOUNT in unknown["error"]
    assert "location" in (await writes(type="location", status=400))["error"]
    no_secret = {"provider": "whatsapp", "account_id": "9", "token": "t"}
    await call(sim, "POST", "/control/accounts", no_secret, status=400)
    await call(sim, "GET", f"/control/accounts/{ACCOUNT}/outbox?after=x", status=400)


async def test_other_sites_are_refused(sim: Client, whatsapp: dict[str, Any]) -> None:
    evil = {"Origin": "https://evil.example"}
    await call(sim, "POST", "/control/reset", {"accounts": True}, headers=evil, status=403)
    assert len((await call(sim, "GET", "/control/accounts"))["accounts"]) == 1
    own = {"Origin": str(sim.make_url("/")).rstrip("/")}
    await call(sim, "POST", "/control/reset", {}, headers=own)


async def test_secrets_are_not_shown(sim: Client, whatsapp: dict[str, Any]) -> None:
    shown = json.dumps(await call(sim, "GET", "/control/accounts"), ensure_ascii=False)
    assert "EAAG-token" not in shown
    assert "كلمة السر" not in shown


async def test_reset(sim: Client, writes: Inbound, sends: Send) -> None:
    await writes()
    await sends()
    await call(sim, "PUT", "/control/faults", {"rules": [{"kind": "hang"}]})
    await call(sim, "POST", "/control/reset", {})
    stats = await call(sim, "GET", "/control/stats")
    assert (stats["sends"], stats["webhooks_posted"]) == (0, 0)
    assert (await call(sim, "GET", "/control/faults"))["rules"] == []
    assert len((await call(sim, "GET", "/control/accounts"))["accounts"]) == 1
    await call(sim, "POST", "/control/reset", {"accounts": True})
    assert (await call(sim, "GET", "/control/accounts"))["accounts"] == []


# --- the client ------------------------------------------------------------------------------------------------


@pytest.fixture
def client() -> Iterator[SimulatorClient]:
    with running_simulator() as client:
        yield client


def test_client_round(client: SimulatorClient) -> None:
    client.ready()
    client.register_account(
        provider="telegram",
        account_id="bot",
        token="1:a",
        secret_token="s",
        webhook_url=client.sink_url("hook"),
    )
    assert [account["account_id"] for account in client.accounts()] == ["bot"]
    assert client.verify("bot")["ok"] is True
    inbound = client.inbound("bot", from_="42", name="لينا", text="سلام")
    assert inbound["delivered"] is True
    received = client.sink("hook")["requests"][0]
    assert received["body"]["message"]["text"] == "سلام"
    assert received["headers"]["x-telegram-bot-api-secret-token"] == "s"

    client.set_faults({"kind": "delay_send", "ms": 1})
    client._call("POST", "/telegram/bot1:a/sendMessage", {"chat_id": 42, "text": "درود لينا"})
    assert client.wait_for("bot", customer="42", contains="درود", timeout=5)["state"] == "sent"
    assert client.faults()["rules"][0]["fired"] == 1
    assert [m["text"] for m in client.outbox("bot", customer="42")] == ["درود لينا"]
    assert client.outbox("bot", after=client.outbox("bot")[-1]["seq"]) == []
    assert [m["direction"] for m in client.messages("bot")] == ["in", "out"]
    assert client.effects("bot") == {}
    assert client.set_customer("bot", "42", name="نور")["name"] == "نور"
    client.set_sink("hook", status=202)
    assert client.inbound("bot", from_="42", text="باز")["status"] == 202
    with pytest.raises(TimeoutError, match="هرگز"):
        client.wait_for("bot", contains="هرگز", timeout=0.05)
    with pytest.raises(SimulatorError, match="numeric id"):
        client.inbound("bot", from_="sara")
    client.reset(accounts=True)
    assert client.stats()["sends"] == 0
    assert client.accounts() == []


# --- the page --------------------------------------------------------------------------------------------------


async def test_page_and_its_parts(sim: Client) -> None:
    async with sim.get("/") as response:
        html = await response.text()
        policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"\son\w+=|<style|style=|https?://", html.replace("http://www.w3.org/2000/svg", ""))
    parts = set(re.findall(r'"(/static/[^"]+)"', html))
    assert {"/static/page.css", "/static/phone.css", "/static/page.js"} <= parts
    for part in [*parts, "/static/phone.js", "/static/texts.js"]:
        async with sim.get(part) as response:
            assert response.status == 200, part


def test_every_language_has_every_text() -> None:
    source = (SIMULATOR / "static" / "texts.js").read_text(encoding="utf-8")
    languages = re.findall(r"^  (\w\w): \{(.*?)^  \},", source, re.M | re.S)
    keys = {code: set(re.findall(r"(\w+): \"", body)) for code, body in languages}
    assert set(keys) == {"en", "fr", "ar", "fa"}
    assert all(names == keys["en"] for names in keys.values())
    html = (SIMULATOR / "static" / "index.html").read_text(encoding="utf-8")
    assert set(re.findall(r'data-(?:text|hint|title)="(\w+)"', html)) <= keys["en"]


# --- alone -----------------------------------------------------------------------------------------------------


def test_stands_alone() -> None:
    """Nothing of Django or of the rest of the product is loaded: production images delete this folder."""
    code = (
        "import sys, channels_app.simulator.__main__, channels_app.simulator.client, channels_app.simulator.testing\n"
        "own = {name for name in sys.modules if name.startswith('channels_app')}\n"
        "print([n for n in own if not n.startswith('channels_app.simulator') and n != 'channels_app'])\n"
        "print([n for n in ('django', 'core', 'tenants', 'events', 'celery') if n in sys.modules])\n"
    )
    env = {**os.environ, "PYTHONPATH": str(SIMULATOR.parents[1])}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "[]"]


def test_command_line_with_a_config_file(tmp_path: Path) -> None:
    config = tmp_path / "simulator.json"
    account = {"provider": "telegram", "account_id": "bot", "token": "1:a", "name": "متجر"}
    config.write_text(json.dumps({"accounts": [account]}), encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(SIMULATOR.parents[1])}
    command = [sys.executable, "-m", "channels_app.simulator", "--port", "0", "--config", str(config)]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            url = process.stdout.readline().removeprefix("Simulator: ").strip()
            client = SimulatorClient(url)
            client.ready()
            assert [a["name"] for a in client.accounts()] == ["متجر"]
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def test_command_line_explains_a_broken_config(tmp_path: Path) -> None:
    config = tmp_path / "simulator.json"
    config.write_text('{"acounts": []}', encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": str(SIMULATOR.parents[1])}
    command = [sys.executable, "-m", "channels_app.simulator", "--config", str(config)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "acounts" in done.stderr


async def test_shutdown_ends_streams_polls_and_hanging_requests() -> None:
    client = TestClient(TestServer(create_app()))
    await client.start_server()
    bot = {"provider": "telegram", "account_id": "bot", "token": "1:a", "enforce_window": False}
    await call(client, "POST", "/control/accounts", bot, status=201)
    await call(client, "PUT", "/control/faults", {"rules": [{"kind": "hang", "ms": 60_000}]})
    query = {"account": "bot", "contains": "هرگز", "timeout": "60"}
    open_requests = [
        asyncio.create_task(call(client, "GET", "/control/events/wait", params=query, status=408)),
        asyncio.create_task(
            call(client, "POST", "/telegram/bot1:a/sendMessage", {"chat_id": 4, "text": "سلام"})
        ),
    ]
    async with client.get("/control/stream") as stream:
        await stream.content.readuntil(b"\n\n")
        await asyncio.sleep(0.05)
        async with asyncio.timeout(2):
            await client.server.close()
            await asyncio.gather(*open_requests)
    await client.close()
