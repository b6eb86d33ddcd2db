"""Versions: compared, published again, and what publishing the draft would change."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction
from django.db.models import Count

from core.errors import PermanentError
from workflow.engine.leaving import UNDER_WAY
from workflow.graph import Document, DocumentError, Problem, TriggerSpec, read
from workflow.models import Version, Workflow, WorkflowExecution, WorkflowStatus
from workflow.services.checking import problems_of
from workflow.services.choosing import NoSuchVersionError
from workflow.services.diffing import Diff, diff, node_label, trigger_label
from workflow.services.drafts import DraftChangedError
from workflow.services.publishing import publish_document, resolve
from workflow.services.touching import touch

DRAFT, ACTIVE = "draft", "active"
#: What becomes of a draft with unpublished changes when an old version is published again.
DraftFate = Literal["keep", "overwrite"]
TriggerChange = Literal["armed", "disarmed", "changed", "kept"]


class UnpublishedChangesError(PermanentError):
    """The draft has changes that were never published; say keep_draft or overwrite."""


class AlreadyActiveVersionError(PermanentError):
    """This is the active version already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerProspect:
    """What publishing does to a trigger: it comes into force (``armed``), goes (``disarmed``), changes while its address
    stays (``changed``), or stays as it is (``kept``)."""

    id: str
    type: str
    label: str
    change: TriggerChange


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStanding:
    """How many executions stand at a node, and of how many contacts; ``is_gone`` when the draft has no such node."""

    node: str
    label: str
    executions: int
    contacts: int
    is_gone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionStanding:
    """A version on which executions are under way."""

    number: int
    is_active: bool
    executions: int
    nodes: tuple[NodeStanding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospect:
    """What publishing the draft, at this ``revision``, would change. Triggers come into force at once only when the
    workflow ``is_active``."""

    revision: int
    is_active: bool
    problems: tuple[Problem, ...]
    diff: Diff
    triggers: tuple[TriggerProspect, ...]
    standing: tuple[VersionStanding, ...]


def difference(workflow: Workflow, *, before: str, after: str) -> Diff:
    """What changed from ``before`` to ``after``, each ``draft``, ``active`` or a version's number.

    Raises ``NoSuchVersionError``, and ``DocumentError`` for a document that this release cannot read.
    """
    return diff(_document(workflow, before), _document(workflow, after))


def _document(workflow: Workflow, which: str) -> Document:
    if which == DRAFT:
        return _draft(workflow)
    if which == ACTIVE:
        return _active(workflow)
    return read(numbered(workflow, which).document)


def _active(workflow: Workflow) -> Document:
    """What runs; nothing, before the first publication."""
    return read(workflow.active_version.document) if workflow.active_version is not None else Document()


def _draft(workflow: Workflow) -> Document:
    """The draft as it would be published, or as it stands while something that it refers to is missing."""
    document = read(workflow.draft)
    try:
        return resolve(document)
    except DocumentError:
        return document


def numbered(workflow: Workflow, number: str | int) -> Version:
    """The version of that number. Raises ``NoSuchVersionError``."""
    text = str(number)
    if text.isascii() and text.isdigit() and len(text) < 10:
        version = Version.objects.filter(workflow=workflow, number=int(text)).first()
        if version is not None:
            return version
    raise NoSuchVersionError


def revive(version_ids: Collection[uuid.UUID]) -> None:
    """Have the engine heed what these versions wait for, as something is about to run on them again. In the caller's
    transaction, which holds their rows until its end, so that they are not drained meanwhile."""
    rows = Version.objects.filter(id__in=version_ids).order_by("id").select_for_update()
    drained = [version.id for version in rows if version.is_drained]
    if drained:
        Version.objects.filter(id__in=drained).update(is_drained=False)
        touch()


def locked(workflow_id: uuid.UUID) -> Workflow:
    """The workflow, held until the transaction ends, so that what is published is what is stored."""
    rows = Workflow.objects.select_for_update(of=("self",)).select_related("active_version")
    return rows.get(id=workflow_id)


# -- rolling back ------------------------------------------------------------------------------------------------------


def roll_back(
    workflow_id: uuid.UUID,
    number: int,
    *,
    by: str,
    draft: DraftFate | None = None,
    expected: int | None = None,
) -> Workflow:
    """Publish an old version's document again, as a new version. The draft follows, unless it has changes that were never
    published: then ``draft`` says whether they are kept.

    Raises ``UnpublishedChangesError`` when it does not say, ``AlreadyActiveVersionError``, ``NoSuchVersionError``,
    ``DocumentError`` when the document cannot be published any more, ``DraftChangedError`` when ``expected`` is not the
    current revision, and ``Workflow.DoesNotExist``.
    """
    with transaction.atomic():
        workflow = locked(workflow_id)
        if expected is not None and workflow.revision != expected:
            raise DraftChangedError
        old = numbered(workflow, number)
        if old.id == workflow.active_version_id:
            raise AlreadyActiveVersionError
        if draft is None and has_unpublished_changes(workflow):
            raise UnpublishedChangesError
        version = publish_document(workflow, read(old.document), by=by)
        if draft == "keep":
            # The active version was made from no revision of the draft, so the draft differs from it.
            workflow.published_revision = None
        else:
            workflow.draft = version.document
            workflow.revision += 1
            workflow.published_revision = workflow.revision
        workflow.save(update_fields=["draft", "revision", "published_revision", "updated_at"])
    return workflow


def has_unpublished_changes(workflow: Workflow) -> bool:
    """Whether the draft says anything that the active version does not: a new name of the workflow alone is no change."""
    if workflow.published_revision == workflow.revision:
        return False
    return _draft(workflow) != _active(workflow)


# -- before publishing -------------------------------------------------------------------------------------------------


def prospect(workflow: Workflow) -> Prospect:
    """What publishing the draft would change. Raises ``DocumentError`` for a document that cannot be read."""
    draft = _draft(workflow)
    before = _active(workflow)
    return Prospect(
        revision=workflow.revision,
        is_active=workflow.status == WorkflowStatus.ACTIVE,
        problems=tuple(draft_problems(workflow)),
        diff=diff(before, draft),
        triggers=_trigger_prospects(before, draft),
        standing=standing(workflow, after=draft),
    )


def draft_problems(workflow: Workflow) -> list[Problem]:
    """Everything that keeps the draft from being published."""
    try:
        return problems_of(resolve(read(workflow.draft)))
    except DocumentError as exc:
        return exc.problems


def _trigger_prospects(before: Document, after: Document) -> tuple[TriggerProspect, ...]:
    """As ``arm_triggers`` goes about it: by the trigger's id, and one of another sort is another trigger."""
    then = {(trigger.id, trigger.type): trigger for trigger in before.triggers}
    now = {(trigger.id, trigger.type): trigger for trigger in after.triggers}
    found = [_prospect(trigger, then.get(key)) for key, trigger in now.items()]
    gone = [trigger for key, trigger in then.items() if key not in now]
    return (*found, *(_told(trigger, "disarmed") for trigger in gone))


def _prospect(trigger: TriggerSpec, old: TriggerSpec | None) -> TriggerProspect:
    if old is None:
        return _told(trigger, "armed")
    return _told(trigger, "kept" if _in_force(trigger) == _in_force(old) else "changed")


def _in_force(trigger: TriggerSpec) -> Any:
    return trigger.model_dump(exclude={"name"})


def _told(trigger: TriggerSpec, change: TriggerChange) -> TriggerProspect:
    return TriggerProspect(id=trigger.id, type=trigger.type, label=trigger_label(trigger), change=change)


def standing(workflow: Workflow, *, after: Document) -> tuple[VersionStanding, ...]:
    """Where the executions under way stand, version by version, the newest first; branches count with the execution that
    they belong to. ``after`` is the document that may lack their nodes."""
    rows = WorkflowExecution.objects.filter(workflow=workflow, state__in=UNDER_WAY, parent__isnull=True)
    by_version: dict[uuid.UUID, list[tuple[str, int, int]]] = defaultdict(list)
    counted = rows.order_by().values("version_id", "node")
    counted = counted.annotate(executions=Count("id"), contacts=Count("contact_id", distinct=True))
    for row in counted:
        by_version[row["version_id"]].append((row["node"], row["executions"], row["contacts"]))
    kept = {node.id for node in after.nodes}
    versions = Version.objects.filter(id__in=list(by_version)).order_by("-number")
    return tuple(_standing_on(workflow, version, by_version[version.id], kept) for version in versions)


def _standing_on(
    workflow: Workflow, version: Version, counts: Collection[tuple[str, int, int]], kept: Collection[str]
) -> VersionStanding:
    labels = _labels(version)
    return VersionStanding(
        number=version.number,
        is_active=version.id == workflow.active_version_id,
        executions=sum(executions for _, executions, _ in counts),
        nodes=tuple(
            NodeStanding(
                node=node,
                label=labels.get(node, node),
                executions=executions,
                contacts=contacts,
                is_gone=node not in kept,
            )
            for node, executions, contacts in sorted(counts, key=lambda row: (-row[1], row[0]))
        ),
    )


def _labels(version: Version) -> dict[str, str]:
    """The labels of its nodes; a version that this release cannot read has none."""
    try:
        return {node.id: node_label(node) for node in read(version.document).nodes}
    except DocumentError:
        return {}
