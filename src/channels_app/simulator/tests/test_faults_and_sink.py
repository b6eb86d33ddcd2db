"""Send faults, the sink and what the counters say about repeated sends."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest

from channels_app.simulator.config import Limits
from channels_app.simulator.faults import FaultPlan, FaultRule, Faults

from .conftest import Client, Inbound, Product, Send, call

ACCOUNT = "/control/accounts/106540352242922"


async def _faults(sim: Client, *rules: dict[str, Any], seed: int = 0) -> None:
    await call(sim, "PUT", "/control/faults", {"seed": seed, "rules": list(rules)})


async def _outbox(sim: Client) -> list[dict[str, Any]]:
    return (await call(sim, "GET", f"{ACCOUNT}/outbox"))["messages"]


def test_probability_is_seeded() -> None:
    def run(seed: int) -> list[bool]:
        faults = Faults(FaultPlan(seed=seed, rules=(FaultRule(kind="fail_send", probability=0.3),)))
        return [faults.pick("fail_send", "a") is not None for _ in range(200)]

    assert run(7) == run(7)
    assert run(7) != run(8)
    assert 30 < sum(run(7)) < 90


def test_rules_are_bounded_to_account_customer_and_count() -> None:
    rule = FaultRule(kind="hang", account="a", customer="c", count=1)
    faults = Faults(FaultPlan(rules=(rule,)))
    assert faults.pick("hang", "b", customer="c") is None
    assert faults.pick("hang", "a", customer="d") is None
    assert faults.pick("drop_connection", "a", customer="c") is None
    assert faults.pick("hang", "a", customer="c") == rule
    assert faults.pick("hang", "a", customer="c") is None
    assert faults.report()["rules"][0]["fired"] == 1


async def test_failed_send_leaves_nothing(sim: Client, writes: Inbound, sends: Send) -> None:
    await writes()
    await _faults(sim, {"kind": "fail_send", "status": 429, "code": 130429, "count": 1})
    refused = await sends(status=429)
    assert refused["error"]["code"] == 130429
    assert await _outbox(sim) == []
    await sends()
    assert len(await _outbox(sim)) == 1


@pytest.mark.parametrize("accepted", [True, False])
async def test_dropped_connection(
    sim: Client, writes: Inbound, sends: Send, product: Product, accepted: bool
) -> None:
    await writes()
    await _faults(sim, {"kind": "drop_connection", "count": 1, "accepted": accepted})
    with pytest.raises(aiohttp.ClientConnectionError):
        await sends(type="text", text={"body": "سلام"}, biz_opaque_callback_data="effect:1")
    assert len(await _outbox(sim)) == int(accepted)
    if accepted:
        await product.until(lambda: product.states() == ["sent", "delivered", "read"])


async def test_hang_accepts_before_it_answers(sim: Client, writes: Inbound, sends: Send) -> None:
    await writes()
    await _faults(sim, {"kind": "hang", "ms": 60_000, "count": 1})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await sends()
    assert len(await _outbox(sim)) == 1


async def test_delayed_send(sim: Client, writes: Inbound, sends: Send) -> None:
    await writes()
    await _faults(sim, {"kind": "delay_send", "ms": 120, "count": 1})
    started = asyncio.get_running_loop().time()
    await sends()
    assert asyncio.get_running_loop().time() - started >= 0.12


async def test_repeated_effect_keys_are_counted(sim: Client, writes: Inbound, sends: Send) -> None:
    await writes()
    for key in ("a", "b", "a", "a"):
        await sends(type="text", text={"body": "سلام"}, biz_opaque_callback_data=key)
    stats = await call(sim, "GET", "/control/stats")
    names = ("sends", "unique_effect_keys", "repeated_effect_keys", "repeated_sends")
    assert [stats[name] for name in names] == [4, 2, 1, 2]
    assert [m["repeat"] for m in await _outbox(sim)] == [1, 1, 2, 3]
    assert (await call(sim, "GET", f"{ACCOUNT}/effects?repeated=1"))["effects"] == {"a": 3}


async def test_sink_records_and_counts_keys(sim: Client) -> None:
    for key in ("k1", "k1", "k2"):
        headers = {"Idempotency-Key": key}
        assert await call(sim, "POST", "/sink/crm/orders?x=1", {"نام": "سارا"}, headers=headers) == {
            "ok": True
        }
    seen = await call(sim, "GET", "/control/sinks/crm")
    assert (seen["total"], seen["unique_keys"], seen["repeated"]) == (3, 2, {"k1": 2})
    assert seen["requests"][0]["body"] == {"نام": "سارا"}
    assert seen["requests"][0]["path"] == "/sink/crm/orders?x=1"
    assert seen["requests"][0]["headers"]["content-type"] == "application/json"
    assert len((await call(sim, "GET", "/control/sinks/crm?key=k2"))["requests"]) == 1


async def test_sink_answers_as_told(sim: Client) -> None:
    settings = {"status": 418, "body": {"چای": True}, "headers": {"X-Kind": "tea"}, "delay_ms": 50}
    await call(sim, "PUT", "/control/sinks/crm", settings)
    async with sim.put("/sink/crm", data=b"\xff not json") as response:
        assert response.status == 418
        assert response.headers["X-Kind"] == "tea"
        assert await response.json() == {"چای": True}
    await _faults(sim, {"kind": "fail_send", "account": "sink:crm", "status": 503, "retry_after": 2})
    async with sim.get("/sink/crm") as response:
        assert (response.status, response.headers["Retry-After"]) == (503, "2")
    assert (await call(sim, "GET", "/control/sinks/crm"))["total"] == 1


class TestBounds:
    """Nothing grows without end: the oldest goes first."""

    @pytest.fixture
    def limits(self) -> Limits:
        return Limits(history=3, customers=2, effect_keys=2, sink_requests=2, media_bytes=100_000)

    async def test_history_customers_and_keys(self, sim: Client, writes: Inbound, sends: Send) -> None:
        for number in range(4):
            await writes(f"پیام {number}", **{"from": f"21355512345{number}"})
        shown = (await call(sim, "GET", f"{ACCOUNT}/messages"))["messages"]
        assert [m["text"] for m in shown] == ["پیام 1", "پیام 2", "پیام 3"]
        customers = (await call(sim, "GET", f"{ACCOUNT}/customers"))["customers"]
        assert [c["id"] for c in customers] == ["213555123453", "213555123452"]
        for number in range(4):
            content = {"type": "text", "text": {"body": "x"}, "biz_opaque_callback_data": f"e{number}"}
            await sends(to="213555123453", **content)
        assert set((await call(sim, "GET", f"{ACCOUNT}/effects"))["effects"]) == {"e2", "e3"}

    async def test_media_and_sink(self, sim: Client, writes: Inbound, product: Product) -> None:
        content = "A" * 80_000
        for _ in range(2):
            await writes("", type="image", media={"content_base64": content})
        first, second = (m["image"]["id"] for v in product.values() for m in v["messages"])
        await call(sim, "GET", f"/control/media/{first}", status=404)
        async with sim.get(f"/control/media/{second}") as response:
            assert len(await response.read()) == 60_000
        for _ in range(3):
            await call(sim, "POST", "/sink/s", {})
        seen = await call(sim, "GET", "/control/sinks/s")
        assert (seen["total"], len(seen["requests"])) == (3, 2)
