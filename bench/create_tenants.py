"""Creates tenants one after the other with a clock on each; needs Django, so the scenario starts it as a program."""

from __future__ import annotations

import json
import statistics
import sys
import time

import django

django.setup()

from tenants.services.provisioning import create_tenant  # noqa: E402  (needs the apps to be loaded)


def _create(numbers: range) -> list[float]:
    taken = []
    for number in numbers:
        begun = time.perf_counter()
        create_tenant(slug=f"bench-{number}", name=f"متجر {number}")
        taken.append(time.perf_counter() - begun)
    return taken


def main(sample: int, full: int) -> None:
    """Print the medians of the first and of the last ``sample`` tenants as one line of JSON.

    The very first one also reads the template that all are made from, and is told apart.
    """
    first = _create(range(1))
    empty = _create(range(1, 1 + sample))
    _create(range(1 + sample, full))
    crowded = _create(range(full, full + sample))
    print(
        json.dumps(
            {
                "tenants": full + sample,
                "first_s": round(first[0], 3),
                "median_s_at_0": round(statistics.median(empty), 3),
                "max_s_at_0": round(max(empty), 3),
                f"median_s_at_{full}": round(statistics.median(crowded), 3),
                f"max_s_at_{full}": round(max(crowded), 3),
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
