"""``queue_status``: what waits, how old it is, what is dead."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from events.queue.selectors import invariants, status_by_kind


class Command(BaseCommand):
    help = "Show the queue by kind and check its invariants."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="One JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        kinds, checked = status_by_kind(), invariants()
        if options["json"]:
            self.stdout.write(
                json.dumps({"kinds": [asdict(k) for k in kinds], "invariants": asdict(checked)})
            )
            return
        self.stdout.write(f"{'kind':<28}{'depth':>8}{'due':>8}{'oldest s':>10}{'attempts':>10}{'dead':>7}")
        for k in kinds:
            self.stdout.write(
                f"{k.kind:<28}{k.depth:>8}{k.due:>8}{k.oldest_age_s:>10.1f}{k.attempts:>10}{k.dead:>7}"
            )
        self.stdout.write(
            f"sleeping lanes {checked.sleeping_lanes}, overdue leases {checked.overdue_leases} (both must be 0)"
        )
