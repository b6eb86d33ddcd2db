"""Exit signals: ready-made reasons to leave a workflow, brought by the apps whose events they are."""

from __future__ import annotations

from dataclasses import dataclass

from core.registry import Registry


@dataclass(frozen=True, slots=True)
class ExitSignal:
    """``slug`` is what a workflow's policy names; ``event_type`` the event of the contact that it stands for."""

    slug: str
    label: str
    event_type: str


EXIT_SIGNALS: Registry[ExitSignal] = Registry("exit signal", base=ExitSignal)


def add_exit_signal(signal: ExitSignal) -> None:
    """Register a signal under its slug."""
    EXIT_SIGNALS.add(signal.slug, signal)
