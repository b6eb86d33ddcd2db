"""The rules hold in the product, and each would notice."""

from __future__ import annotations

import pytest

from tests.architecture.rules import RULES, Rule
from tests.architecture.sources import parsed, sources

BY_NAME = {rule.name: rule for rule in RULES}


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_the_product_keeps_it(rule: Rule):
    assert len(sources()) > 200
    assert [place for source in sources() for place in rule.broken_in(source)] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("no 'with tenant:'", "with tenant:\n    pass"),
        ("no 'with tenant:'", "with self.tenant as t:\n    pass"),
        ("no way into a tenant but tenant_scope", "from django_tenants.utils import schema_context"),
        ("no way into a tenant but tenant_scope", "connection.set_tenant(x)"),
        ("no way into a tenant but tenant_scope", "import m\nm.connection.set_schema_to_public()"),
        ("no raw SET search_path", "cursor.execute('SET search_path = x')"),
        ("no raw SET search_path", "cursor.execute(f'set  local search_path to {x}')"),
        ("no raw SET search_path", """cursor.execute("SELECT set_config('search_path', 'x', false)")"""),
        ("no Python regex on patterns from outside", "import re\nre.search(pattern, text)"),
        ("no Python regex on patterns from outside", "import re\nre.compile(config['pattern'])"),
        ("no Python regex on patterns from outside", "import re\nre.compile(f'^{given}$')"),
        ("no signals", "from django.db.models.signals import post_save"),
        ("no signals", "from django.dispatch import receiver"),
        ("services know no tasks", "from workflow.tasks import process_event"),
        ("services know no tasks", "import celery"),
        ("no Celery eta or countdown", "task.apply_async(countdown=5)"),
        ("no Celery eta or countdown", "app.send_task('x', eta=soon)"),
        ("no NOTIFY", "cursor.execute('NOTIFY wake')"),
        ("no print", "print('x')"),
        ("a sentence at the top of each module", "x = 1"),
    ],
)
def test_each_rule_notices(name: str, text: str):
    assert BY_NAME[name].broken_in(parsed(text, "app/services/module.py"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("no 'with tenant:'", "with tenant_scope(tenant):\n    pass"),
        ("no raw SET search_path", '"""Never SET search_path by hand."""'),
        ("no Python regex on patterns from outside", "import re\nre.compile(r'^a$')\nre.sub(PATTERN, '', x)"),
        ("services know no tasks", "from events.queue.enqueue import enqueue"),
        ("a sentence at the top of each module", ""),
    ],
)
def test_no_rule_is_overzealous(name: str, text: str):
    assert BY_NAME[name].broken_in(parsed(text, "app/services/module.py")) == []


def test_a_rule_can_have_its_exceptions():
    rule = BY_NAME["no print"]
    assert rule.broken_in(parsed("print('x')", "ops/module.py")) == []
    assert rule.broken_in(parsed("print('x')", "crm/module.py")) == ["src/crm/module.py:1"]
