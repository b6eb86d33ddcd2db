"""The table of ``./wasl`` commands. Standard library only: the launcher reads it before anything is installed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command. ``module`` has ``main(argv: list[str]) -> int``; ``dev`` asks for requirements-dev.txt as well."""

    name: str
    module: str
    summary: str
    dev: bool = False


COMMANDS = {
    command.name: command
    for command in (
        Command(
            name="demo",
            module="ops.demo",
            summary="a whole installation with two tenants and a scripted customer",
        ),
        Command(
            name="dev", module="ops.dev", summary="the stack and all processes on this machine, until Ctrl-C"
        ),
        Command(name="test", module="ops.test", summary="the test suite; arguments go to pytest", dev=True),
        Command(
            name="check",
            module="ops.check",
            summary="every gate that CI runs; --fix mends what it can",
            dev=True,
        ),
        Command(name="bench", module="ops.bench", summary="throughput and latency beside a floor", dev=True),
        Command(
            name="chaos",
            module="ops.chaos",
            summary="kill everything at random and count what was lost",
            dev=True,
        ),
        Command(
            name="screenshots",
            module="ops.screenshots",
            summary="every page of the web UI as a picture, in both sizes, themes and directions",
            dev=True,
        ),
        Command(
            name="manage", module="ops.manage", summary="a Django management command, on the running stack"
        ),
        Command(
            name="stack",
            module="ops.stack_command",
            summary="PostgreSQL and Redis: start, stop, status, reset",
        ),
        Command(name="node", module="ops.node", summary="Node 22 or newer, fetched by wheel when missing"),
    )
}
