"""The demo's parts that need no database: its file, its client, its way to the simulator and its words."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import phonenumbers
import pytest

from channels_app.simulator.client import SimulatorClient
from channels_app.simulator.testing import running_simulator
from ops.demo import curl, people
from ops.demo.addresses import addresses
from ops.demo.api import Api, ApiError, bearer, eventually
from ops.demo.cast import FOLDER, read_cast
from ops.demo.command import main
from ops.demo.demo_file import DemoChannel, DemoFile, DemoTenant, Login, PublicSite, remembered_logins
from ops.demo.narrator import Narrator
from ops.demo.script import Script, play
from ops.demo.site import Site
from ops.demo.wiring import connect_webhook, register_account
from ops.errors import OpsError
from ops.locks import exclusive_or_refuse
from ops.ports import free_port
from ops.processes import ProcessSpec, Supervisor

TELEGRAM = DemoChannel(
    provider="telegram",
    name="Telegram",
    account_id="7000000001",
    webhook_path="/webhooks/telegram/k/",
    webhook_url="http://localhost:1/webhooks/telegram/k/",
    secret_token="s3cret",
    token="7000000001:AAF-token",
    username="shop_bot",
)


def demo_file(base_url: str = "http://localhost:8000", *, channels: tuple[DemoChannel, ...] = ()) -> DemoFile:
    port = base_url.rpartition(":")[2]
    tenant = DemoTenant(
        slug="demo",
        name="بوتيك أمينة",
        host="demo.localhost",
        base_url=f"http://demo.localhost:{port}",
        admin_url=f"http://demo.localhost:{port}/admin/",
        docs_url=f"http://demo.localhost:{port}/api/v1/docs/",
        api_key="wasl_key",
        login=Login(email="amina@demo.localhost", password="p-owner"),
        agent_login=Login(email="yacine@demo.localhost", password="p-agent"),
        channels=channels,
    )
    public = PublicSite(
        host="localhost",
        base_url=base_url,
        admin_url=f"{base_url}/admin/",
        health_url=f"{base_url}/health/ready",
        metrics_url=f"{base_url}/metrics",
        login=Login(email="admin@localhost", password="p-admin"),
    )
    return DemoFile(
        base_url=base_url, simulator_url="http://127.0.0.1:8020", public=public, tenants=(tenant,)
    )


class Product(BaseHTTPRequestHandler):
    """Stands for the product: answers WhatsApp's handshake with the right token, and repeats what API calls bring."""

    verify_token = "right"

    def do_GET(self) -> None:
        if "hub.challenge=" in self.path:
            challenge = self.path.partition("hub.challenge=")[2].partition("&")[0]
            right = f"hub.verify_token={self.verify_token}" in self.path
            self._answer(200 if right else 403, challenge.encode())
        elif self.headers.get("Authorization") == "Bearer refused":
            self._answer(403, b"{}")
        elif self.path.startswith("/missing"):
            self._answer(404, b"<!DOCTYPE html><p>no</p>")
        else:
            self._answer(200, json.dumps({"path": self.path, "headers": dict(self.headers)}).encode())

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said = {"path": self.path, "body": body, "headers": dict(self.headers)}
        self._answer(202, json.dumps(said, ensure_ascii=False).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        return


@pytest.fixture
def product() -> Iterator[str]:
    """The base URL of a running ``Product``."""
    server = HTTPServer(("127.0.0.1", 0), Product)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def simulator() -> Iterator[SimulatorClient]:
    with running_simulator() as client:
        yield client


def whatsapp(product: str, verify_token: str = "right") -> DemoChannel:
    return DemoChannel(
        provider="whatsapp",
        name="WhatsApp",
        account_id="213550000001",
        webhook_path="/webhooks/whatsapp/",
        webhook_url=f"{product}/webhooks/whatsapp/",
        app_secret="app",
        verify_token=verify_token,
        token="tok",
        waba_id="213550000100",
        phone="213550000001",
    )


# -- var/demo.json -----------------------------------------------------------------------------------------------------


def test_the_file_is_private_and_comes_back_whole(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    file = demo_file(channels=(TELEGRAM,))
    path.write_text("an older one, open to all")
    path.chmod(0o644)
    file.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert DemoFile.load(path) == file
    channel = json.loads(path.read_text())["tenants"][0]["channels"][0]
    assert channel["secret_token"] == "s3cret"
    assert "app_secret" not in channel, "what the provider does not have is left out"


def test_passwords_are_remembered(tmp_path: Path) -> None:
    path = tmp_path / "demo.json"
    assert remembered_logins(path) == {}
    demo_file().save(path)
    assert remembered_logins(path) == {
        "admin@localhost": "p-admin",
        "amina@demo.localhost": "p-owner",
        "yacine@demo.localhost": "p-agent",
    }
    path.write_text('{"half": ')
    assert remembered_logins(path) == {}


def test_a_miss_names_what_is_missing() -> None:
    file = demo_file(channels=(TELEGRAM,))
    assert file.tenant("demo").channel("telegram") == TELEGRAM
    with pytest.raises(LookupError, match="nowhere"):
        file.tenant("nowhere")
    with pytest.raises(LookupError, match="whatsapp"):
        file.tenant("demo").channel("whatsapp")


def test_every_address_and_login_is_shown() -> None:
    file = demo_file()
    shown = addresses(file)
    tenant = file.tenant("demo")
    wanted = [file.simulator_url, *file.logins(), *file.logins().values(), tenant.api_key, tenant.docs_url]
    wanted += [tenant.admin_url, file.public.admin_url, file.public.health_url, file.public.metrics_url]
    assert [text for text in wanted if text not in shown] == []


# -- the cast ----------------------------------------------------------------------------------------------------------


def test_the_cast_is_whole() -> None:
    cast = read_cast()
    demo, other = cast.tenants
    assert {channel.provider for channel in demo.channels} == {"whatsapp", "telegram", "webchat"}
    assert {channel.provider for channel in other.channels} == {"whatsapp", "telegram"}
    accounts = [(c.provider, c.account_id) for tenant in cast.tenants for c in tenant.channels]
    assert len(set(accounts)) == len(accounts), "an account is connected once"
    assert all((FOLDER / name).exists() for tenant in cast.tenants for name in tenant.workflows)


def test_new_customers_have_numbers_in_use() -> None:
    for _ in range(200):
        assert phonenumbers.is_valid_number(phonenumbers.parse(f"+{people.new_phone()}"))


# -- calling the product -----------------------------------------------------------------------------------------------


def test_calls_go_to_this_machine_with_host_and_key(product: str) -> None:
    port = product.rpartition(":")[2]
    api = Api(f"http://demo.localhost:{port}", bearer("wasl_key"))
    said = api.get("/api/v1/crm/contacts/", phone="+213771234567")
    assert said["path"] == "/api/v1/crm/contacts/?phone=%2B213771234567"
    assert said["headers"]["Host"] == f"demo.localhost:{port}"
    assert said["headers"]["Authorization"] == "Bearer wasl_key"
    assert api.post("/x/", {"tag": "مهتم"})["body"] == {"tag": "مهتم"}


def test_a_refusal_is_told_in_a_line(product: str) -> None:
    with pytest.raises(ApiError, match=r"GET /missing: HTTP 404 \(a page\)") as caught:
        Api(product).get("/missing")
    assert caught.value.status == 404


def test_waiting_ends() -> None:
    answers = iter([None, None, 0])
    assert eventually(lambda: next(answers), what="nothing") == 0
    with pytest.raises(TimeoutError, match="the reply did not happen"):
        eventually(lambda: None, what="the reply", seconds=0.2)


@pytest.mark.parametrize("with_curl", [True, False])
def test_process_event(product: str, monkeypatch: pytest.MonkeyPatch, with_curl: bool) -> None:
    if not with_curl:
        monkeypatch.setenv("PATH", "")
    tenant = demo_file(product).tenant("demo").model_copy(update={"base_url": product})
    answer = curl.process_event(tenant)
    said = json.loads(answer.body)
    assert said["path"] == "/api/v1/workflow/api/triggers/process_event/"
    assert said["body"]["data"]["content"] == "سلام، کد تخفیف دارید؟"
    assert said["headers"]["Authorization"] == "Bearer wasl_key"
    assert 200 <= answer.status < 300
    assert answer.command.startswith(f"curl -X POST {product}/api/v1/workflow/api/triggers/process_event/")


# -- the provider's console --------------------------------------------------------------------------------------------


def test_whatsapp_is_connected_after_its_handshake(product: str, simulator: SimulatorClient) -> None:
    tenant, channel = demo_file().tenant("demo"), whatsapp(product)
    register_account(channel, tenant=tenant, simulator=simulator)
    assert "/webhooks/whatsapp/ verified" in connect_webhook(channel, tenant=tenant, simulator=simulator)
    assert simulator.accounts()[0]["name"] == "بوتيك أمينة"


def test_a_wrong_verify_token_is_told(product: str, simulator: SimulatorClient) -> None:
    tenant, channel = demo_file().tenant("demo"), whatsapp(product, "wrong")
    register_account(channel, tenant=tenant, simulator=simulator)
    with pytest.raises(OpsError, match="failed WhatsApp's verification: HTTP 403"):
        connect_webhook(channel, tenant=tenant, simulator=simulator)


def test_telegram_gets_its_webhook(simulator: SimulatorClient) -> None:
    tenant = demo_file().tenant("demo")
    register_account(TELEGRAM, tenant=tenant, simulator=simulator)
    assert "@shop_bot" in connect_webhook(TELEGRAM, tenant=tenant, simulator=simulator)
    assert simulator.accounts()[0]["webhook_url"] == TELEGRAM.webhook_url


def test_telegrams_refusal_is_told(simulator: SimulatorClient) -> None:
    tenant = demo_file().tenant("demo")
    register_account(TELEGRAM, tenant=tenant, simulator=simulator)
    bad = TELEGRAM.model_copy(update={"secret_token": "not allowed!"})
    with pytest.raises(OpsError, match="Telegram refused the webhook"):
        connect_webhook(bad, tenant=tenant, simulator=simulator)


# -- the script --------------------------------------------------------------------------------------------------------


def both(product: str, *, key: str) -> DemoFile:
    """Two tenants on the stub; ``key`` is the other one's."""
    file = demo_file(product, channels=(whatsapp(product), TELEGRAM))
    other = file.tenant("demo").model_copy(update={"slug": "other", "name": "Atelier Nour", "api_key": key})
    return file.model_copy(update={"tenants": (*file.tenants, other)})


def test_a_script_on_a_dead_product_tells_every_scene(
    simulator: SimulatorClient, capsys: pytest.CaptureFixture[str]
) -> None:
    file = both(f"http://localhost:{free_port()}", key="wasl_other")
    failures = play(file, simulator, Narrator())
    shown = capsys.readouterr().out
    assert len(failures) == 12
    assert shown.count("✗") == 12
    assert "✓" not in shown


@pytest.mark.parametrize(
    ("key", "after", "complaint"),
    [
        ("refused", {"contacts": 0}, ""),
        ("refused", {"contacts": 1}, "did not stay empty: 0 contacts → 1 contacts"),
        ("wasl_other", {"contacts": 0}, "API key opens demo.localhost"),
    ],
)
def test_the_other_tenant_is_watched(
    product: str,
    simulator: SimulatorClient,
    monkeypatch: pytest.MonkeyPatch,
    key: str,
    after: dict[str, int],
    complaint: str,
) -> None:
    counts = iter([{"contacts": 0}, after])
    monkeypatch.setattr("ops.demo.product.Product.counts", lambda self: next(counts))
    script = Script(both(product, key=key), simulator, Narrator())
    script.look_elsewhere()
    with pytest.raises(LookupError, match=complaint) if complaint else nullcontext():
        script.still_empty_elsewhere()


@pytest.mark.parametrize(("failures", "status"), [([], 0), (["the other tenant did not stay empty"], 1)])
def test_the_exit_status_tells(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    failures: list[str],
    status: int,
) -> None:
    @contextmanager
    def site(narrator: Narrator, *, web_port: int) -> Iterator[Site]:
        assert web_port == 8123
        with Supervisor(env={}, log_dir=tmp_path, run_dir=tmp_path) as supervisor:
            yield Site(demo_file(), SimulatorClient("http://127.0.0.1:1"), supervisor)

    monkeypatch.setattr("ops.demo.command.running_site", site)
    monkeypatch.setattr("ops.demo.command.play", lambda *args: failures)
    assert main(["--exit", "--port", "8123"]) == status
    said = capsys.readouterr()
    assert "http://demo.localhost:8000/admin/" in said.out
    assert all(failure in said.err for failure in failures)


def test_a_process_that_ended_is_told_with_its_log(tmp_path: Path) -> None:
    with Supervisor(env={}, log_dir=tmp_path, run_dir=tmp_path) as supervisor:
        site = Site(demo_file(), SimulatorClient("http://127.0.0.1:1"), supervisor)
        supervisor.start(
            ProcessSpec(name="worker", argv=(sys.executable, "-c", "raise SystemExit('لا ذاكرة')"))
        )
        assert site.watch() == 1
        assert "worker ended with status 1" in site.ended()[0]
        assert "لا ذاكرة" in site.ended()[0]


def test_a_process_that_was_killed_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Supervisor(env={}, log_dir=tmp_path, run_dir=tmp_path) as supervisor:
        first = supervisor.start(
            ProcessSpec(name="worker", argv=(sys.executable, "-c", "import time; time.sleep(60)"))
        )
        os.kill(first, signal.SIGKILL)
        sleep, deadline = time.sleep, time.monotonic() + 20

        def ctrl_c_once_it_is_back(seconds: float) -> None:
            if supervisor.pids().get("worker") not in (first, None) or time.monotonic() > deadline:
                raise KeyboardInterrupt
            sleep(0.05)

        monkeypatch.setattr("ops.demo.site.time.sleep", ctrl_c_once_it_is_back)
        assert Site(demo_file(), SimulatorClient("http://127.0.0.1:1"), supervisor).watch() == 0
        monkeypatch.undo()
        assert supervisor.pid("worker") != first
        assert supervisor.alive("worker")


def test_a_checkout_runs_one_site_at_a_time(tmp_path: Path) -> None:
    lock = tmp_path / "site.lock"
    with exclusive_or_refuse(lock), pytest.raises(BlockingIOError), exclusive_or_refuse(lock):
        pass
    with exclusive_or_refuse(lock):
        pass
