"""The stack comes up whatever happened before, keeps what was committed, and goes down with its last user."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from ops.errors import OpsError
from ops.stack import Stack

GREETING = "سلام، کد تخفیف دارید؟"


def pids(stack: Stack) -> dict[str, int | None]:
    return {server.name: server.pid for server in stack.status()}


def redis_client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0))


def is_running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def write(url: str, text: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (body text)")
        connection.execute("INSERT INTO note VALUES (%s)", (text,))


def read(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT body FROM note ORDER BY body")]


def test_start_again_reuses_what_runs(stack: Stack) -> None:
    first = stack.start()
    before = pids(stack)
    assert all(before.values())
    assert stack.start() == first
    assert pids(stack) == before

    stack.stop()
    assert set(pids(stack).values()) == {None}
    assert stack.start() == first, "ports and passwords stay the same over a restart"


def test_both_servers_answer_with_the_urls_given(stack: Stack) -> None:
    env = stack.start().env()
    with psycopg.connect(env["DATABASE_URL"]) as connection:
        row = connection.execute("SELECT current_user, current_database(), upper('écoute')").fetchone()
    assert row == ("wasl_app", "wasl", "ÉCOUTE")
    client = redis_client(env["REDIS_URL"])
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    with pytest.raises(redis.AuthenticationError):
        redis_client(re.sub(":[^:@]*@", "", env["REDIS_URL"])).ping()


@pytest.mark.parametrize(("throwaway", "value"), [(False, "on"), (True, "off")])
def test_only_a_throwaway_stack_trusts_the_power_supply(root: Path, throwaway: bool, value: str) -> None:
    stack = Stack(root, environ={}, throwaway=throwaway)
    with stack, psycopg.connect(stack.start().superuser_url) as connection:
        for setting in ("fsync", "full_page_writes"):
            assert connection.execute(f"SHOW {setting}").fetchone() == (value,)
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
    stack.reset()


def test_committed_work_survives_kill_9_of_the_postmaster(stack: Stack) -> None:
    info = stack.start()
    write(info.owner_url, GREETING)
    before = pids(stack)["PostgreSQL"]
    stack.kill_postgres()
    assert pids(stack)["PostgreSQL"] is None

    assert stack.start() == info
    assert pids(stack)["PostgreSQL"] != before
    assert read(info.owner_url) == [GREETING]


def test_kill_9_with_a_busy_backend_left_behind(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.postgres_server.ORPHAN_PATIENCE_S", 0.3)
    info = stack.start()
    with closing(psycopg.connect(info.superuser_url, autocommit=True)) as connection:
        backend = connection.info.backend_pid
        # The backend stays busy inside the database and does not notice that its postmaster is gone.
        connection.pgconn.send_query(b"DO $$ DECLARE i int8 := 0; BEGIN LOOP i := i + 1; END LOOP; END $$")
        stack.kill_postgres()
        assert is_running(backend)
        assert stack.start() == info
        assert not is_running(backend)


def test_a_pid_file_that_names_a_stranger_does_not_stop_the_start(stack: Stack, root: Path) -> None:
    info = stack.start()
    write(info.owner_url, GREETING)
    stack.kill_postgres()
    pid_file = root / "postgres" / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    stranger = psutil.Process().ppid()
    pid_file.write_text("\n".join([str(stranger), *lines[1:]]) + "\n")

    stack.start()
    assert read(info.owner_url) == [GREETING]


def test_restart_postgres_is_a_crash_and_keeps_the_port(stack: Stack) -> None:
    info = stack.start()
    write(info.owner_url, GREETING)
    stack.restart_postgres(mode="immediate")
    assert read(info.owner_url) == [GREETING]


def test_redis_comes_back_empty_on_its_port(stack: Stack) -> None:
    client = redis_client(stack.start().redis_url)
    client.set("doorbell", "1")
    stack.kill_redis()
    with pytest.raises(redis.ConnectionError):
        client.ping()
    stack.start_redis()
    assert client.get("doorbell") is None
    client.set("doorbell", "1")
    stack.restart_redis()
    assert client.get("doorbell") is None


def test_starts_at_the_same_time_end_in_one_stack(stack: Stack, root: Path) -> None:
    with ThreadPoolExecutor(3) as pool:
        infos = list(pool.map(lambda _: Stack(root, environ={}, throwaway=True).start(), range(3)))
    assert infos[0] == infos[1] == infos[2]
    running = [
        process
        for process in psutil.process_iter(["cmdline"])
        if str(root) in " ".join(process.info["cmdline"] or ())
    ]
    assert len(running) == 1


def test_starts_of_a_fresh_checkout_at_the_same_time(root: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        infos = list(pool.map(lambda _: Stack(root, environ={}, throwaway=True).start(), range(2)))
    assert infos[0] == infos[1]
    psycopg.connect(infos[0].app_url).close()
    Stack(root, environ={}, throwaway=True).reset()


def test_a_taken_port_is_left_to_its_owner(stack: Stack) -> None:
    before = stack.start()
    stack.stop()
    port = int(before.app_url.rsplit(":", 1)[1].split("/")[0])
    with socket.create_server(("127.0.0.1", port)):
        after = stack.start()
    assert after.app_url != before.app_url
    psycopg.connect(after.app_url).close()


def test_half_an_initdb_is_replaced(stack: Stack, root: Path) -> None:
    stack.start()
    stack.stop()
    (root / "postgres" / "initdb-unfinished").touch()
    (root / "postgres" / "data" / "global" / "pg_control").unlink()
    psycopg.connect(stack.start().app_url).close()


def test_data_outlives_the_loss_of_its_passwords(stack: Stack, root: Path) -> None:
    old = stack.start()
    write(old.owner_url, GREETING)
    stack.stop()
    shutil.rmtree(root / "run")
    new = stack.start()
    assert new.owner_url != old.owner_url
    assert read(new.owner_url) == [GREETING]


def test_a_directory_closed_to_the_server_account_works_too(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with Stack(closed / "var", environ={}) as stack:
        write(stack.info.owner_url, GREETING)
        assert stack.start() == stack.info
        assert read(stack.info.owner_url) == [GREETING]
    stack.reset()


def test_nobody_else_reads_the_passwords(stack: Stack, root: Path) -> None:
    stack.start()
    assert stat.S_IMODE((root / "run").stat().st_mode) == 0o700
    for name in ("stack.json", "secrets.env", "redis.conf"):
        assert stat.S_IMODE((root / "run" / name).stat().st_mode) == 0o600
    assert stat.S_IMODE((root / "postgres").stat().st_mode) == 0o700


def test_secret_keys_are_made_once_and_outlive_a_reset(stack: Stack) -> None:
    first = stack.start().env()
    assert len(first["SECRET_KEY"]) >= 50
    stack.reset()
    again = stack.start().env()
    assert (again["SECRET_KEY"], again["WASL_MASTER_KEY"]) == (first["SECRET_KEY"], first["WASL_MASTER_KEY"])
    assert again["DATABASE_URL"] != first["DATABASE_URL"]


def test_the_last_user_turns_off_the_light(stack: Stack, root: Path) -> None:
    with stack:
        with Stack(root, environ={}) as other:
            assert other.info == stack.info
        assert all(pids(stack).values()), "the first user is still here"
        assert stack.in_use()
    assert set(pids(stack).values()) == {None}
    assert not stack.in_use()


def test_a_pinned_stack_stays_until_it_is_stopped(stack: Stack) -> None:
    with stack:
        stack.pin()
    assert all(pids(stack).values())
    stack.stop()
    with stack:
        pass
    assert set(pids(stack).values()) == {None}


def test_servers_of_your_own_start_nothing(root: Path, running: Stack) -> None:
    environ = {
        "DATABASE_URL": running.info.app_url,
        "REDIS_URL": running.info.redis_url,
        "SECRET_KEY": "mine",
    }
    mine = Stack(root, environ=environ)
    info = mine.start()
    assert info.env() == {
        **environ,
        "DATABASE_OWNER_URL": running.info.app_url,
        "WASL_MASTER_KEY": info.secrets["WASL_MASTER_KEY"],
    }
    assert [(server.pid, server.external) for server in mine.status()] == [(None, True), (None, True)]
    assert not (root / "postgres").exists()
    mine.stop()
    psycopg.connect(running.info.app_url).close()


def test_only_redis_of_your_own(stack: Stack, running: Stack) -> None:
    half = Stack(stack.root, environ={"REDIS_URL": running.info.redis_url})
    psycopg.connect(half.start().app_url).close()
    assert half.info.redis_url == running.info.redis_url
    assert pids(half)["Redis"] is None


def test_a_stack_that_never_ran_says_so(root: Path) -> None:
    stack = Stack(root, environ={})
    with pytest.raises(OpsError, match="stack start"):
        _ = stack.info
    stack.stop()
    assert set(pids(stack).values()) == {None}


def test_a_directory_of_another_user_is_explained(root: Path) -> None:
    stack = Stack(root / "var", environ={})
    root.chmod(0o500)
    user = os.geteuid()
    if user == 0:
        os.seteuid(pwd.getpwnam("nobody").pw_uid)  # root itself may write everywhere
    try:
        with pytest.raises(OpsError, match="another user"):
            stack.start()
    finally:
        os.seteuid(user)
        root.chmod(0o700)
