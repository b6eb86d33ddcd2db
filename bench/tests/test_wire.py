"""The benchmark's own wire: what it sends is what the product accepts, and what it measures is what happened."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest

from bench import load, sink
from bench.messages import APP_SECRET, WORD, customers, requests
from bench.results import percentile
from channels_app.providers.base import InboundMessage, SignatureError, WebhookRequest
from channels_app.providers.registry import PROVIDERS
from ops.paths import ROOT, SRC
from ops.ports import free_port


def _built(*, label: str = "run", seed: int = 7, count: int = 6) -> list[bytes]:
    return requests(label=label, seed=seed, count=count, account_ids=["1065", "1066"], people=customers(3))


def _as_received(request: bytes) -> WebhookRequest:
    head, _, body = request.partition(b"\r\n\r\n")
    pairs = (line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return WebhookRequest(
        method="POST", query={}, headers={name.lower(): value for name, value in pairs}, body=body
    )


@pytest.fixture
def sink_port() -> Iterator[int]:
    port = free_port()
    env = {**os.environ, "PYTHONPATH": f"{SRC}{os.pathsep}{ROOT}"}
    with subprocess.Popen(sink.spec(port).argv, env=env, cwd=ROOT) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            sink.count(port)
        except OSError:
            assert time.monotonic() < deadline, "the sink did not start"
            time.sleep(0.05)
        else:
            return


def test_messages_pass_the_products_signature_check_and_parser() -> None:
    provider = PROVIDERS.get("whatsapp")
    ids = set()
    for number, request in enumerate(_built()):
        received = _as_received(request)
        provider.verify(received, [APP_SECRET])
        (fragment,) = provider.split(received.body)
        assert fragment.account_id == ["1065", "1066"][number % 2]
        (message,) = provider.parse(fragment.payload)
        assert isinstance(message, InboundMessage)
        assert WORD in message.text
        ids.add(message.provider_message_id)
    assert len(ids) == 6


def test_a_changed_body_is_refused() -> None:
    received = _as_received(_built()[0].replace(b"213555", b"213556"))
    with pytest.raises(SignatureError):
        PROVIDERS.get("whatsapp").verify(received, [APP_SECRET])


def test_messages_are_spread_evenly_and_depend_on_seed_and_label() -> None:
    def senders(batch: list[bytes]) -> list[str]:
        bodies = [json.loads(request.partition(b"\r\n\r\n")[2]) for request in batch]
        return [body["entry"][0]["changes"][0]["value"]["messages"][0]["from"] for body in bodies]

    order = senders(_built(count=9))
    assert {order.count(sender) for sender in order} == {3}
    assert order == senders(_built(count=9))
    batches = [_built(), _built(seed=8), _built(label="other")]
    assert all(a != b for a, b in pairwise(batches))


@pytest.mark.parametrize(("share", "expected"), [(0.5, 2.0), (0.95, 4.0), (0.0, 1.0), (1.0, 4.0)])
def test_percentile_is_a_value_that_was_measured(share: float, expected: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], share) == expected


def test_both_loads_send_everything_once(sink_port: int) -> None:
    fast = load.saturating(_built(count=200), port=sink_port, connections=8)
    assert (fast.accepted, fast.refused, fast.broken, len(fast.latencies)) == (200, 0, 0, 200)
    slow = load.paced(_built(count=20), port=sink_port, rate=100)
    assert slow.accepted == 20
    assert 0.19 <= slow.ended_at - slow.began_at < 2
    assert sink.count(sink_port).calls == 220  # reading the count is no call


def test_the_sink_tells_repeated_calls_from_distinct_ones(sink_port: int) -> None:
    keyed = [
        f"POST /hook HTTP/1.1\r\nHost: x\r\nIdempotency-Key: {key}\r\nContent-Length: 2\r\n\r\n{{}}".encode()
        for key in ("a", "b", "a")
    ]
    before = sink.count(sink_port)
    load.saturating(keyed, port=sink_port, connections=1)
    assert sink.count(sink_port).since(before) == sink.SinkCount(calls=3, distinct=2)
