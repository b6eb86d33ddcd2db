"""The node types: sorts of steps of which workflows are made."""

from workflow.nodes import (  # noqa: F401
    action,
    approval,
    condition,
    exiting,
    loop,
    parallel,
    set_variables,
    split,
    sub_workflow,
    switch,
)
