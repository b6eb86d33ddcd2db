"""The command line of ``./wasl chaos``."""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ops.chaos import isolation
from ops.chaos.checker import Findings, check, pending
from ops.chaos.faults import FaultThread
from ops.chaos.plan import Plan, Poison, make_plan
from ops.chaos.site import HOME, WORKERS, Site, running_site
from ops.chaos.traffic import Log, send_all

#: After the last message: poisoned items use up their attempts, and whatever was struck comes back by its lease.
_SETTLE_S = 300.0
#: And for each message: its journey takes some twenty items after it was acknowledged.
_SETTLE_EACH_S = 0.1
#: The queue must stay empty for this long: statuses of the last replies still come in.
_QUIET_S = 4.0


@dataclass(frozen=True, slots=True)
class Size:
    """How much of it."""

    events: int
    kills: int
    poison: dict[Poison, int]


FULL = Size(events=10_000, kills=50, poison={"raise": 8, "kill": 5, "hang": 1})
# Without a hang: each costs its worker's watch five times.
QUICK = Size(events=1_500, kills=8, poison={"raise": 2, "kill": 2})


def main(argv: list[str]) -> int:
    """Run, check, print; the last line on stdout is one JSON object. Status 1 on any violation.

    ``./wasl chaos isolation`` runs the heavy isolation tests instead.
    """
    if argv[:1] == ["isolation"]:
        return isolation.main(argv[1:])
    options = _arguments(argv)
    size = QUICK if options.quick else FULL
    plan = make_plan(
        seed=options.seed,
        events=options.events or size.events,
        kills=size.kills if options.kills is None else options.kills,
        poison=size.poison,
        workers=WORKERS,
    )
    started = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - started:7.1f} s  {text}", file=sys.stderr, flush=True)

    say(
        f"seed {plan.seed}: {len(plan.messages)} messages, {len(plan.faults)} faults in {plan.duration_s:.0f} s"
    )
    with running_site() as site:
        say(f"everything runs; logs in {HOME / 'log'}")
        log, faults, settled_s = _run(plan, site, say)
        findings = check(
            database_url=site.stack.info.superuser_url,
            accounts=site.accounts,
            acknowledged=log.acknowledged,
            simulator=site.simulator,
        )
    _explain(findings, log, faults)
    print(json.dumps(_summary(plan, findings, log, faults, settled_s=settled_s)), flush=True)
    return int(bool(findings.violations))


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./wasl chaos", description=__doc__)
    parser.add_argument("--events", type=int, help=f"customers' messages (default: {FULL.events})")
    parser.add_argument("--kills", type=int, help=f"kill -9 of workers and web (default: {FULL.kills})")
    parser.add_argument(
        "--seed", type=int, default=secrets.randbelow(1_000_000), help="repeat a run (default: by chance)"
    )
    parser.add_argument("--quick", action="store_true", help=f"{QUICK.events} messages, {QUICK.kills} kills")
    return parser.parse_args(argv)


def _run(plan: Plan, site: Site, say: Callable[[str], None]) -> tuple[Log, FaultThread, float]:
    faults = FaultThread(plan, site.stack, site.supervisor, say)
    faults.start()
    try:
        log = asyncio.run(send_all(plan, site.accounts, web_port=site.web_port))
        say(f"all {len(log.acknowledged)} messages acknowledged, {log.posts} posts")
        faults.finish()
        settled_s = _settle(site, faults, say, patience_s=_SETTLE_S + _SETTLE_EACH_S * len(plan.messages))
    finally:
        faults.stop()
    return log, faults, settled_s


def _settle(site: Site, faults: FaultThread, say: Callable[[str], None], *, patience_s: float) -> float:
    """Wait until the queue stays empty, or ``patience_s``; returns the seconds that it took."""
    started = quiet_since = said = time.monotonic()
    while time.monotonic() - quiet_since < _QUIET_S:
        faults.check()
        left = pending(site.stack.info.superuser_url)
        now = time.monotonic()
        if left != 0:
            quiet_since = now
        if now - said > 10:
            said = now
            say(f"{left} items wait")
        if now - started > patience_s:
            say(f"{left} items still wait after {patience_s:.0f} s")
            break
        time.sleep(0.2)
    return time.monotonic() - started


def _explain(findings: Findings, log: Log, faults: FaultThread) -> None:
    for sort, count in sorted(findings.violations.items()):
        print(f"VIOLATION {sort}: {count}")
        for example in findings.examples[sort]:
            print(f"    {example}")
    counts = findings.counts
    print(f"answers of the web server: {dict(log.answers)}; slowest acknowledgement {log.slowest_s:.1f} s")
    print(f"struck: {dict(faults.struck)}; ended by themselves, by status: {dict(faults.ended)}")
    print(f"dead letters, every one of them poison: {counts['dead_letters']}")
    for line in findings.dead:
        print(f"    {line[:150]}")
    print(
        f"provider: {counts['provider_sends']} sends, {counts['repeated_sends']} repeated. "
        f"{counts['unknown_arrived'] + counts['unknown_never_arrived']} sends have an unknown outcome (their process "
        f"died in the call): {counts['unknown_arrived']} arrived, {counts['unknown_never_arrived']} did not; none was "
        "sent again blindly."
    )
    print(
        f"journeys: {counts['executions of chaos part']}, each of a wait, a call, a called workflow, an awaited event and a "
        f"loop; {counts['journey_calls']} calls, {counts['journey_calls_repeated']} of them repeated with their key"
    )


def _summary(
    plan: Plan, findings: Findings, log: Log, faults: FaultThread, *, settled_s: float
) -> dict[str, object]:
    violations, counts = findings.violations, findings.counts
    return {
        "scenario": "chaos",
        "seed": plan.seed,
        "events": len(log.acknowledged),
        "posts": log.posts,
        "kills": faults.struck["kill"],
        "postgres_restarts": faults.struck["restart PostgreSQL"],
        "poison": dict(plan.poisoned),
        "lost": violations["lost"],
        "duplicates": violations["duplicates"],
        "order_breaks": violations["order_breaks"],
        "dead_letters": counts["dead_letters"],
        "journeys": counts["executions of chaos part"],
        "journey_calls": counts["journey_calls"],
        "journey_calls_repeated": counts["journey_calls_repeated"],
        "provider_sends": counts["provider_sends"],
        "repeated_sends": counts["repeated_sends"],
        "unknown_arrived": counts["unknown_arrived"],
        "unknown_never_arrived": counts["unknown_never_arrived"],
        "violations": dict(violations),
        "duration_s": round(plan.duration_s, 1),
        "settled_s": round(settled_s, 1),
    }
