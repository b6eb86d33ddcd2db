"""Prometheus metrics of the queue, read from the database at each scrape, by kind (never by tenant)."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from events.queue.selectors import invariants, status_by_kind


class QueueCollector(Collector):
    """Oldest age, depth, attempts and dead letters by kind, and the two invariants."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One family a figure."""
        families = {
            "depth": GaugeMetricFamily("wasl_queue_depth", "Items that wait.", labels=["kind"]),
            "due": GaugeMetricFamily("wasl_queue_due", "Items that could run now.", labels=["kind"]),
            "oldest_age_s": GaugeMetricFamily(
                "wasl_queue_oldest_age_seconds", "Age of the oldest due item.", labels=["kind"]
            ),
            "attempts": GaugeMetricFamily(
                "wasl_queue_attempts", "Attempts so far of the items that wait.", labels=["kind"]
            ),
            "dead": GaugeMetricFamily("wasl_queue_dead", "Dead letters.", labels=["kind"]),
        }
        for status in status_by_kind():
            for figure, family in families.items():
                family.add_metric([status.kind], getattr(status, figure))
        yield from families.values()
        checked = invariants()
        yield GaugeMetricFamily("wasl_queue_sleeping_lanes", "Must be 0.", value=checked.sleeping_lanes)
        yield GaugeMetricFamily("wasl_queue_overdue_leases", "Must be 0.", value=checked.overdue_leases)
