"""The two sample workflows: coupon and welcome."""

from __future__ import annotations

import json

from django.conf import settings

from workflow.models import Workflow, WorkflowStatus
from workflow.services.publishing import activate, publish_draft

FOLDER = settings.BASE_DIR / "src" / "fixtures" / "workflow_samples"


def install_samples() -> list[Workflow]:
    """Install, publish and switch on the samples that are not there yet; those that are stay as they are."""
    installed: list[Workflow] = []
    for path in sorted(FOLDER.glob("*.json")):
        sample = json.loads(path.read_text(encoding="utf-8"))
        workflow, made = Workflow.objects.get_or_create(
            name=sample["name"], defaults={"description": sample["description"], "draft": sample["document"]}
        )
        if made:
            publish_draft(workflow, by="sample")
        if made or workflow.status == WorkflowStatus.DRAFT:
            activate(workflow)
        installed.append(workflow)
    return installed
