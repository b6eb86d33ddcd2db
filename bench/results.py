"""How a run reports: JSON lines for programs on stdout, progress for people on stderr."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from typing import Any


def say(text: str) -> None:
    """Progress for whoever watches."""
    print(f"bench  {text}", file=sys.stderr, flush=True)


def emit(result: dict[str, Any]) -> None:
    """One result, one line."""
    print(json.dumps(result), flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` (0 to 1) of ``values`` do not exceed; 0 for none."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(share * len(ranked)) - 1)] if ranked else 0.0


def milliseconds(seconds: float) -> float:
    """Rounded to a hundredth of a millisecond."""
    return round(seconds * 1_000, 2)
