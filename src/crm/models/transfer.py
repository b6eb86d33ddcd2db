"""Contacts in and out by file: imports, what was wrong with their rows, and exports."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from core.ids import uuid7
from workflow.models import Job


class ContactImport(models.Model):
    """A file of contacts. ``file`` names its rows as we keep them (one JSON array a line), and is empty once they are
    deleted; ``columns`` are its headings and ``sample`` its first rows. ``mapping`` and ``options`` are those of the last
    run; ``check_job`` is the last trial, ``run_job`` the last real run."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    filename = models.CharField(max_length=255)
    file = models.CharField(max_length=200, blank=True, editable=False)
    encoding = models.CharField(max_length=20)
    delimiter = models.CharField(max_length=1)
    columns = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    rows = models.IntegerField()
    mapping = models.JSONField(default=list)
    options = models.JSONField(default=dict)
    check_job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    run_job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.filename


class ImportProblem(models.Model):
    """What was wrong with one row in one run. ``line`` is where the row begins in the file; ``code`` is for translations
    and ``message`` says it in English, with the mend."""

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="import_problems")
    line = models.IntegerField()
    column = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    message = models.TextField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.line}: {self.message}"


class ContactExport(models.Model):
    """Contacts written to a file, which is deleted at ``expires_at``. ``selection`` says which contacts, ``columns`` what
    of them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    filename = models.CharField(max_length=120)
    file = models.CharField(max_length=200, blank=True, editable=False)
    columns = models.JSONField(default=list)
    selection = models.JSONField(default=dict)
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.filename
