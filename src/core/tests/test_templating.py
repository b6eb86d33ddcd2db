"""Rendering: what authors write and see, in batches and trees."""

import uuid
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from core.templating import LiquidPool, TemplateError, limits

CONTEXT = {
    "user": {"name": "علی", "phone": "+213555123456", "tags": ["vip", "new"], "gone": None},
    "event": {"data": {"content": "سلام، کد تخفیف دارید؟", "amount": 1500}},
    "now": "2024-01-02T10:00:00Z",
}


@pytest.fixture(scope="module")
def pool():
    pool = LiquidPool()
    yield pool
    pool.close()


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("سلام {{ user.name }}!", "سلام علی!"),
        ("\u2068{{ user.phone }}\u2069 مرحبا", "\u2068+213555123456\u2069 مرحبا"),
        ("{{ user.phone | phone }}", "0555 12 34 56"),
        ("{{ 'no number' | phone }}", "no number"),
        ("{{ nothing | phone }}", ""),
        ('{{ event.data.amount | money: "DZD", "fr_DZ" }}', "1\u202f500,00\u00a0DA"),
        ('{{ "۱۵۰۰" | money: "usd" }}', "$1,500.00"),
        ('{{ "2500000" | money: "IRR", "fa-IR" }}', "ریال\u00a0۲٬۵۰۰٬۰۰۰"),
        ("{{ now | date: '%d/%m/%Y' }}", "02/01/2024"),
        ("{{ user.nickname | default: 'صديقي' }}", "صديقي"),
        ("{{ user.tags | join: '، ' }}", "vip، new"),
        ("{% if user.tags contains 'vip' %}★{% endif %}", "★"),
        ("{% for tag in user.tags %}{{ forloop.index }}{{ tag }} {% endfor %}", "1vip 2new "),
        ("[{{ nothing }}{{ nothing.at.all }}{{ user.gone }}{{ nothing[0].x | upcase | size }}]", "[0]"),
        ("[{% for x in nothing %}{{ x }}{% endfor %}]", "[]"),
        ("{{ event.data.amount | plus: 500 }}", "2000"),
        ("{% raw %}{{ user.name }}{% endraw %}", "{{ user.name }}"),
        ("<b>{{ user.name }}</b> & {{ '<i>' }}", "<b>علی</b> & <i>"),
    ],
)
def test_rendering(pool, source, text):
    rendered = pool.render(source, CONTEXT)
    assert rendered.replace("\u200f", "").replace("\u200e", "") == text.replace("\u200f", "").replace(
        "\u200e", ""
    )


@pytest.mark.parametrize("source", ["", "plain", "کد تخفیف: 20%", "{ a } %", "a }} %} b"])
def test_plain_text_needs_no_child(source):
    pool = LiquidPool()
    assert pool.render_many([(source, CONTEXT)] * 3) == [source] * 3
    pool.check(source)
    assert children(pool) == []


def test_values_are_not_templates(pool):
    """What a customer writes is data, also when it looks like a template."""
    assert pool.render("{{ text }}", {"text": "{{ tenant.secret }}{% x %}"}) == "{{ tenant.secret }}{% x %}"


def test_plain_data_of_python_is_understood(pool):
    context = {
        "id": uuid.UUID(int=7),
        "at": datetime(2024, 1, 2, 10, tzinfo=UTC),
        "price": Decimal("1500.50"),
        "counts": {1: "one"},
    }
    source = "{{ id }} {{ at | date: '%H:%M' }} {{ price | money: 'EUR', 'fr_FR' }} {{ counts['1'] }}"
    assert (
        pool.render(source, context) == "00000000-0000-0000-0000-000000000007 10:00 1\u202f500,50\u00a0€ one"
    )


@pytest.mark.parametrize(
    ("source", "line", "problem"),
    [
        ("one\ntwo {{ user.name | shout }}", 2, "unknown filter 'shout'"),
        ("{% if a %}\n{{ b | nope }}{% endif %}", 2, "unknown filter 'nope'"),
        ("\n\n{% frobnicate %}", 3, "frobnicate"),
        ("{{ user.name", 1, "expected '}}'"),
        ("{% if a %}", None, "endif"),
        ("{{ a | | b }}", 1, "found"),
        ("{% include 'x' %}", 1, "include"),
        ("{% render 'x' %}", 1, "render"),
        ("{% for x in (1..10) %}", None, "endfor"),
    ],
)
def test_check_finds_mistakes(pool, source, line, problem):
    with pytest.raises(TemplateError, match=problem) as caught:
        pool.check(source)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"line {line}: " if line else caught.value.reason)


def test_check_accepts_what_needs_data(pool):
    pool.check("{{ a.b.c | money: currency, locale | default: 'x' }}{% if a %}{% endif %}")


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("{{ 'x' | money: 'DZD' }}", "money needs a number"),
        ("{{ true | money: 'DZD' }}", "money needs a number"),
        ("{{ '1e999999' | money: 'DZD' }}", "money needs a number"),
        ("{{ 'NaN' | money: 'DZD' }}", "money needs a number"),
        ("{{ 1 | money: 'dinar' }}", "three letters"),
        ("{{ 1 | money: 'DZD', 'xx_YY' }}", "locale 'xx_YY'"),
        ("{{ 1 | money: 'DZD', '../../etc/passwd' }}", "locale"),
        ("{{ 1 | money }}", "currency"),
        ("{{ 1 | divided_by: 0 }}", "divide by 0"),
    ],
)
def test_bad_arguments_are_explained(pool, source, problem):
    with pytest.raises(TemplateError, match=problem) as caught:
        pool.render(source, {})
    assert caught.value.line == 1


def test_a_batch_keeps_its_order_and_its_errors_apart(pool):
    jobs = [
        ("{{ n }}", {"n": 1}),
        ("plain", {}),
        ("{{ n | nope }}", {"n": 2}),
        ("{{ n }}", {"n": 3}),
        ("{{ n }}", {"n": object()}),
        ("{{ n }}" + "x" * limits.SOURCE_BYTES, {"n": 4}),
        ("{{ n }}\ud800", {"n": 4}),
        ("{{ n }}", {"n": "\ud800"}),
        ("{{ n }}", {"n": "x" * limits.CONTEXT_BYTES}),
        ("{{ n }}", {"n": 5}),
    ]
    results = pool.render_many(jobs)
    assert [r if isinstance(r, str) else type(r) for r in results] == [
        *("1", "plain", TemplateError, "3", TemplateError),
        *(TemplateError, TemplateError, TemplateError, TemplateError, "5"),
    ]
    assert "object is not plain data" in str(results[4]) or "not" in str(results[4])
    assert "64 KB" in str(results[5])
    assert "1024 KB" in str(results[8])


def test_a_batch_is_one_round_trip(pool, monkeypatch):
    from core.templating.worker import Worker

    sent = []
    exchange = Worker.exchange
    monkeypatch.setattr(
        Worker, "exchange", lambda self, payload: sent.append(payload) or exchange(self, payload)
    )
    context = {"name": "unique-context"}
    results = pool.render_many([(f"{{{{ name }}}} {number % 3}", context) for number in range(300)])
    assert results == [f"unique-context {number % 3}" for number in range(300)]
    assert len(sent) == 1
    assert sent[0].count(b"unique-context") == 1  # one context, however many templates see it


def test_large_answers_come_in_several_rounds(pool):
    source = "{{ a }}{{ a }}"
    jobs = [(source, {"a": f"{number:03}" + "x" * 120_000}) for number in range(60)]
    results = pool.render_many(jobs)
    assert [text[:3] for text in results] == [f"{number:03}" for number in range(60)]
    assert {len(text) for text in results} == {240_006}


def test_no_jobs(pool):
    assert pool.render_many([]) == []
    assert pool.render_trees([]) == []


def test_a_tree_is_copied_with_its_templates_rendered(pool):
    tree = {
        "to": "{{ user.phone }}",
        "text": "سلام {{ user.name }}",
        "buttons": [{"id": "a", "title": "{{ user.tags[0] }}"}, ("{{ user.tags[1] }}", 7)],
        "{{ key }}": None,
        "flag": True,
        "wait_s": 600,
    }
    before = repr(tree)
    assert pool.render_tree(tree, CONTEXT) == {
        "to": "+213555123456",
        "text": "سلام علی",
        "buttons": [{"id": "a", "title": "vip"}, ["new", 7]],
        "{{ key }}": None,
        "flag": True,
        "wait_s": 600,
    }
    assert repr(tree) == before
    assert pool.render_tree("{{ user.name }}", CONTEXT) == "علی"
    assert pool.render_tree(5, CONTEXT) == 5


def test_trees_fail_one_by_one_and_name_the_place(pool):
    deep: list = ["{{ x }}"]
    for _ in range(200):
        deep = [deep]
    results = pool.render_trees(
        [
            ({"text": "{{ user.name }}"}, CONTEXT),
            ({"buttons": [{"title": "ok"}, {"title": "\n{{ x | nope }}"}]}, CONTEXT),
            (deep, CONTEXT),
            ({"a": 1}, {}),
            (["{{ n }}", "{{ n }}"], {"n": 9}),
        ]
    )
    assert results[0] == {"text": "علی"}
    assert str(results[1]) == "buttons.1.title: line 2: unknown filter 'nope'"
    assert (results[1].place, results[1].line) == ("buttons.1.title", 2)
    assert isinstance(results[2], TemplateError)
    assert results[3:] == [{"a": 1}, ["9", "9"]]
    with pytest.raises(TemplateError, match=r"buttons\.0"):
        pool.render_tree({"buttons": ["{{ x | nope }}"]}, {})


def children(pool: LiquidPool) -> list[int]:
    return [worker.pid for worker in pool._slots.queue if worker is not None]
