"""What the tests of imports and exports share."""

from __future__ import annotations

from typing import Any

from crm.models import ContactImport
from crm.services.imports import run_import, take_in
from workflow.models import Job

FILE = """الاسم;الهاتف;البريد;الوسوم;رقم العميل
أمينة بن علي;0555 12 34 56;amina@example.com;VIP، وفية;c-1
Zoé Müller;+33 6 12 34 56 78;zoe@example.org;Été;c-2
رضا کیانی;۰۵۵۵۱۲۳۴۵۷;;;c-3
Broken;12;not an address;;c-4
"""


def sent(text: str | bytes = FILE, name: str = "زبائن.csv") -> ContactImport:
    """A file that was taken in."""
    content = text.encode() if isinstance(text, str) else text
    return take_in(content, filename=name, by="member:1")


def ran(wanted: ContactImport, work: Any, *, dry_run: bool = False, **options: Any) -> Job:
    """The job of a run with the suggested mapping, done."""
    run_import(wanted.id, mapping=wanted.mapping, options=options, dry_run=dry_run, by="member:1")
    work()
    job = Job.objects.order_by("-id").first()
    assert job is not None
    return job
