"""What processes use: memory by proportional share (a page of n processes counts 1/n for each), and CPU time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import psutil


def pss_mb(pids: Iterable[int]) -> float:
    """Megabytes of the processes and all their children."""
    total = 0
    for process in _families(pids):
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue  # ended between the two looks
    return round(total / 1_000_000, 1)


@dataclass(frozen=True, slots=True)
class CpuClock:
    """CPU seconds used so far: by each named family of processes, and by everything on the machine."""

    by_name: Mapping[str, float]
    machine: float

    @classmethod
    def read(cls, families: Mapping[str, Iterable[int]]) -> CpuClock:
        """Look now. ``families`` are names with the ids of the processes at their heads."""
        times = psutil.cpu_times()
        return cls(
            {name: _cpu_s(pids) for name, pids in families.items()}, sum(times) - times.idle - times.iowait
        )

    def ms_each_since(self, before: CpuClock, count: int) -> dict[str, float]:
        """Milliseconds of CPU per piece of work by family, ``foreign`` being whoever else uses the machine."""
        spent = {name: used - before.by_name.get(name, 0.0) for name, used in self.by_name.items()}
        spent["foreign"] = max(0.0, self.machine - before.machine - sum(spent.values()))
        return {name: round(1_000 * seconds / max(count, 1), 2) for name, seconds in spent.items()}


def _cpu_s(pids: Iterable[int]) -> float:
    total = 0.0
    for process in _families(pids):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system
    return total


def _families(pids: Iterable[int]) -> Iterable[psutil.Process]:
    for pid in pids:
        try:
            process = psutil.Process(pid)
            yield from [process, *process.children(recursive=True)]
        except psutil.Error:
            continue
