"""Reads: how workflows have been doing, in sums, by node and over time."""

from workflow.selectors.overview import WorkflowRow, overview
from workflow.selectors.series import Bucket, Series, Step, buckets_between, series
from workflow.selectors.statistics import Statistics, statistics
from workflow.selectors.tallies import ArmStatistics, NodeStatistics

__all__ = [
    "ArmStatistics",
    "Bucket",
    "NodeStatistics",
    "Series",
    "Statistics",
    "Step",
    "WorkflowRow",
    "buckets_between",
    "overview",
    "series",
    "statistics",
]
