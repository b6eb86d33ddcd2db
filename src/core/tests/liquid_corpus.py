"""Templates that attack, or lean on, the renderer: each with the text that it makes or the error that its author sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

X = "x" * 1000
CONTEXT: dict[str, Any] = {
    "x": X,
    "list": list(range(1000)),
    "rows": [{"kind": number % 7, "name": f"سطر {number}"} for number in range(1000)],
    "open": ("<script" * 143)[:1000],
    "spaced": " ا" * 500,
    "digits": "9" * 1000,
    "letters": "س" * 1000,
    "user": {
        "name": "علی",
        "phone": "+213555123456",
        "tags": ["vip", "علاقه‌مند"],
        "note": '<script>alert("x")</script> & co',
        "gone": None,
    },
    "event": {
        "data": {"content": "سلام، کد تخفیف دارید؟", "amount": 1500, "template": "{{ user.name }}{% x %}"}
    },
    "now": "2026-03-21T12:00:00Z",
}

MEMORY = "needs too much memory|makes too much|uses too much memory"
TIME = "takes too long|uses too much memory or time"
LIMIT = "limit reached"
RANGE = "a range has at most 10000 members"
NUMBER = "makes too large a number"
LARGE = "larger than 64 KB"
DEEP = "nested too deeply|block nesting limit"
TAG = "unexpected tag"
FILTER = "unknown filter"


@dataclass(frozen=True)
class Attempt:
    """``source`` renders to ``text``, or, where that is ``None``, fails with a message that matches ``error``."""

    name: str
    source: str
    text: str | None = None
    error: str | None = None


def fails(error: str, **sources: str) -> list[Attempt]:
    """Templates that end in an error."""
    return [Attempt(name.replace("_", " "), source, error=error) for name, source in sources.items()]


def renders(pairs: dict[str, str]) -> list[Attempt]:
    """Templates that render, by source."""
    return [Attempt(source[:40], source, text=text) for source, text in pairs.items()]


MEMORY_BOMBS = [
    *fails(
        RANGE,
        range_join="{{ (1..1000000000) | join: ',' }}",
        range_reverse="{{ (1..1000000000) | reverse }}",
        range_size="{{ (1..99999999999999999999) | size }}",
        range_sort="{% assign r = (1..100000000) | sort %}{{ r }}",
        range_from_data="{% assign n = 1000000000 %}{{ (1..n) | join: x }}",
        range_below_zero="{% for i in (-99999999999999999999..1) %}{% endfor %}",
        range_one_too_many="{{ (1..10001) | first }}",
    ),
    *fails(
        MEMORY,
        replace="{{ x | replace: 'x', x | replace: 'x', x | replace: 'x', x | size }}",
        replace_letters="{{ letters | replace: 'س', letters | replace: 'س', letters | size }}",
        replace_nothing="{{ x | replace: '', x | replace: '', x | size }}",
        split_join="{% assign a = x | split: '' | join: x | split: '' | join: x %}{{ a | size }}",
        split="{% assign a = x | replace: 'x', x | split: '' %}{{ a | size }}",
        split_words="{% assign a = x | replace: 'x', spaced | split: ' ' %}{{ a | size }}",
        join="{{ (1..10000) | join: x | size }}",
        append="{{ x" + " | append: x" * 5000 + " | size }}",
        append_doubling="{% assign a = x %}" + "{% assign a = a | append: a %}" * 40 + "{{ a }}",
        prepend="{{ x | replace: 'x', x | prepend: 'ب' | size }}",
        concat="{% assign a = list %}" + "{% assign a = a | concat: a %}" * 30 + "{{ a | size }}",
        url_encode="{{ x | replace: 'x', letters | url_encode | size }}",
        base64="{{ x | replace: 'x', x | base64_encode | size }}",
        escape="{{ x | replace: 'x', open | escape | size }}",
        url_decode="{{ x | url_encode | replace: 'x', '%25' | url_decode | replace: '%', x | replace: 'x', x | size }}",
        truncate="{{ x | truncate: 999999999999 | replace: 'x', x | replace: 'x', x | size }}",
        upcase="{{ 'ŉ' | append: x | replace: 'x', x | upcase | replace: 'X', x | size }}",
    ),
    *fails(
        LIMIT,
        append_loop="{% assign a = '' %}{% for i in (1..10000) %}{% assign a = a | append: x %}{% endfor %}{{ a | size }}",
        capture_doubling="{% assign a = x %}"
        + "{% capture b %}{{ a }}{{ a }}{% endcapture %}{% assign a = b %}" * 30
        + "{{ a }}",
        capture_loop="{% for i in (1..10000) %}{% capture c %}{{ c }}{{ x }}{% endcapture %}{% endfor %}",
        many_names="".join(f"{{% assign a{n} = x | replace: 'x', spaced %}}" for n in range(9)),
        output_loop="{% for i in list %}{{ x }}{{ x }}{% endfor %}",
        many_outputs="{{ x }}" * 9000,
        output_in_persian="{% for i in list %}{{ letters }}{% endfor %}",
        digits_in_rows="{% for r in rows %}{% for r in rows %}{{ r.name }}{% endfor %}{% endfor %}",
    ),
    *fails(
        NUMBER,
        power="{% assign n = 9 %}" + "{% assign n = n | times: n %}" * 60 + "{{ n }}",
        power_loop="{% assign n = 9 %}{% for i in list %}{% assign n = n | times: n %}{% endfor %}{{ n }}",
        long_number="{{ 2 | times: " + "9" * 4000 + " }}",
    ),
    *fails(
        "integer string conversion",
        digits="{{ '" + "9" * 5000 + "' | plus: 1 }}",
        digits_in_text="{{ x | replace: 'x', digits | plus: 1 }}",
        literal="{{ " + "9" * 60_000 + " }}",
    ),
]

CPU_BOMBS = [
    *fails(
        LIMIT,
        nested_loops="{% for a in list %}{% for b in list %}{% for c in list %}{{ c }}{% endfor %}{% endfor %}{% endfor %}",
        silent_loops="{% for a in list %}{% for b in list %}{% endfor %}{% endfor %}",
        tablerows="{% tablerow a in (1..999) %}{% tablerow b in (1..999) %}{% endtablerow %}{% endtablerow %}",
        loop_of_tablerows="{% for a in list %}{% tablerow b in list %}{% endtablerow %}{% endfor %}",
    ),
    *fails(
        RANGE,
        loop="{% for i in (1..10000000) %}{{ i }}{% endfor %}",
        tablerow="{% tablerow i in (1..10000000) %}{{ i }}{% endtablerow %}",
    ),
    *fails(
        TIME,
        # Stays under every limit of the library and of memory, and would take some ten seconds.
        slow_filters="{% for a in list %}{% for b in (1..9) %}{{ x | replace: 'x', x | upcase | downcase | size }}"
        "{% endfor %}{% endfor %}",
        words="{% for a in list %}{{ x | replace: 'x', spaced | truncatewords: 99999 | size }}{% endfor %}",
        escapes="{% for a in list %}{{ x | replace: 'x', x | escape_once | url_encode | size }}{% endfor %}",
        open_parentheses="{{ " + "(" * 60_000 + " }}",
        open_outputs="{{" * 30_000,
    ),
    *fails(
        DEEP,
        blocks="{% if a %}" * 2500 + "{% endif %}" * 2500,
        brackets="{{ a" + "[a" * 5000 + "]" * 5000 + " }}",
        conditions="{% if " + "a == b or " * 6000 + "a %}y{% endif %}",
        ranges="{{ " + "(1.." * 2000 + "1" + ")" * 2000 + " }}",
    ),
    *fails(
        LARGE,
        source="{{ x }}" + "x" * 1_000_000,
        source_just_over="{{ x }}" + "x" * (64 * 1024 - 6),
        source_in_arabic="{{ x }}" + "س" * 33_000,
        outputs_by_the_million="{{ x }}" * 300_000,
    ),
    *fails(
        TAG,
        render_itself="{% render 'self' %}",
        render_from_data="{% render user.name %}",
        include_file="{% include '/etc/passwd' %}",
        include_data="{% include event.data.template %}",
        extends="{% extends 'base' %}",
        blocks_of_layouts="{% block a %}{{ block.super }}{% endblock %}",
        macro="{% macro m %}{% call m %}{% endmacro %}{% call m %}",
        imports="{% import 'os' %}",
    ),
]

NOTHING = [
    "{{ user.__class__ }}",
    "{{ user.name.__class__.__mro__ }}",
    "{{ user['__class__'] }}",
    "{{ user.name['__class__']['__init__']['__globals__'] }}",
    "{{ x.upper }}{{ x.format }}{{ x.encode }}",
    "{{ list.append }}{{ list.sort }}",
    "{{ list.__len__ }}{{ list.__class__ }}",
    "{{ user.keys }}{{ user.items }}{{ user.get }}{{ user.pop }}",
    "{{ __builtins__ }}{{ self }}{{ context }}{{ env }}{{ globals }}{{ request }}{{ settings }}",
    "{{ forloop.__init__ }}{% for a in user.tags %}{{ forloop.__class__ }}{{ forloop.parentloop.x }}{% endfor %}",
    "{{ nothing.__class__ }}{{ nothing.name }}{{ nothing.token }}",
    "{{ now.year }}{{ now.__class__ }}",
    "{% assign c = '__class__' %}{{ user[c] }}{{ x[c] }}{{ list[c] }}",
    "{% assign u = user | map: '__class__' %}{{ u[0] }}",
    "{% capture c %}__cl{% endcapture %}{% assign c = c | append: 'ass__' %}{{ user.name[c] }}",
    "{{ user.tags | map: '__class__' | join: '' }}",
    "{{ user." + "name." * 8000 + "__class__ }}",
]

ESCAPES = [
    *renders(dict.fromkeys(NOTHING, "")),
    *fails("can't map sequence", map_dunder="{{ list | map: '__class__' | first }}"),
    *fails("cannot use|not subscriptable", where_dunder="{{ list | where: '__class__' | size }}"),
    *fails(
        FILTER,
        attribute_filter="{{ user | attr: '__class__' }}",
        python_filter="{{ user | pprint }}{{ user | tojson }}",
        format_filter="{{ x | format: user }}",
        system_filter="{{ 'id' | system }}",
        t_filter="{{ 'x' | t }}",
        asset_filter="{{ 'x' | script_tag }}",
    ),
    *fails(
        "expected|unexpected|disallowed|missing",
        call="{{ user.name.upper() }}",
        call_builtin="{{ open('/etc/passwd') }}",
        statement="{% exec 'x' %}",
        python="{{ [a for a in list] }}",
        ternary="{{ 'a' if user else 'b' }}",
        lone_pipe="{{ user.name || upcase }}",
        unclosed="{{ user.name",
        unclosed_tag="{% for x in (1..10)",
    ),
]

HONEST = renders(
    {
        # Data is data, also when it looks like a template or like markup.
        "{{ event.data.template }}": "{{ user.name }}{% x %}",
        "{% capture again %}{{ event.data.template }}{% endcapture %}{{ again }}": "{{ user.name }}{% x %}",
        "{{ user.note }}": '<script>alert("x")</script> & co',
        "{{ user.note | escape }}": "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; co",
        "{{ user.note | escape | escape_once }}": "&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; co",
        "{{ user.note | strip_html }}": " & co",
        "{{ user.name | escape }}": "علی",
        '<a href="?q={{ user.name | url_encode }}">': '<a href="?q=%D8%B9%D9%84%DB%8C">',
        "{{ '%ff%D8%B3' | url_decode }}": "\ufffdس",
        "{{ 'سلام' | base64_encode | base64_decode }}": "سلام",
        # Roots and fields that are not there.
        "[{{ nothing }}{{ nothing.at.all }}{{ nothing[0].x }}{{ user.gone }}{{ user.gone.x }}]": "[]",
        "{{ nothing | upcase | append: 'a' | size }}": "1",
        "{{ nothing | plus: 2 }}": "2",
        "{{ nothing | money: 'DZD' }}{{ user.gone | phone }}": "",
        "{{ user.nickname | default: 'صديقي' }}": "صديقي",
        "{% if nothing %}a{% elsif user.gone %}b{% else %}هیچ{% endif %}": "هیچ",
        "{% for a in nothing %}a{% else %}خالی{% endfor %}": "خالی",
        # Arabic and Persian, letters of several bytes, both directions.
        "{{ event.data.content | size }}": "21",
        "{{ event.data.content | slice: 0, 4 }}": "سلام",
        "{{ event.data.content | truncate: 8, '…' }}": "سلام، ک…",
        "{{ event.data.content | truncatewords: 2, '' }}": "سلام، کد",
        "{{ event.data.content | replace: 'تخفیف', '٢٠٪' }}": "سلام، کد ٢٠٪ دارید؟",
        "{{ event.data.content | split: ' ' | reverse | join: '|' }}": "دارید؟|تخفیف|کد|سلام،",
        "{{ user.tags | join: '، ' }}": "vip، علاقه‌مند",
        "{% if user.tags contains 'علاقه‌مند' %}★{% endif %}": "★",
        "{% case user.name %}{% when 'علی' %}سلام {{ user.name }}{% endcase %}": "سلام علی",
        "\u2068{{ user.phone }}\u2069 :هاتف": "\u2068+213555123456\u2069 :هاتف",
        "{{ user.name | prepend: '\u2067' | append: '\u2069' | size }}": "5",
        "{{ 'ب,ا,پ' | split: ',' | sort | join: '' }}": "ابپ",
        "{{ 'سلام\nعلی' | newline_to_br }}": "سلام<br />\nعلی",
        "{{ 'كُـود' | upcase | capitalize | strip }}": "كُـود",
        # Numbers and money, in the digits of any script.
        "{{ '۱۲' | plus: '٣' }}": "15",
        "{{ '۳٫۵' | times: 2 }}": "7.0",
        "{{ '\u200f١٬٥٠٠\u200f' | minus: 1 }}": "1499",
        "{{ '۳٫۵' | round }} {{ '-۳٫۲' | ceil }} {{ '۹' | at_most: '٤' }}": "4 -3 4",
        "{{ 'abc' | plus: 3 }}": "3",
        "{{ event.data.amount | money: 'DZD', 'fr_DZ' }}": "1\u202f500,00\u00a0DA",
        "{{ event.data.amount | money: 'IRR', 'fa' }}": "\u200eریال\u00a0۱٬۵۰۰",
        "{{ '\u200f۱۵۰۰٫۵' | money: 'usd' }}": "$1,500.50",
        "{{ -5 | money: 'EUR', 'fr' }}": "-5,00\u00a0€",
        "{{ user.phone | phone }}": "0555 12 34 56",
        "{{ digits | phone | size }}": "1000",
        # Dates.
        "{{ now | date: '%d/%m/%Y %H:%M' }}": "21/03/2026 12:00",
        "{{ '۲۰۲۶-۰۳-۲۱' | date: '%d.%m' }}": "21.03",
        "{{ 'فردا' | date: '%Y' }}": "فردا",
        "{{ now | date: '%999999999d' | size }}": "0",  # the C library refuses the width
        "{{ nothing | date: '%Y' }}": "",
        # Large, and allowed.
        "{% for i in (1..10000) %}{% endfor %}{{ (1..10000) | join: ' ' | size }}": "48893",
        "{{ x | replace: 'x', x | size }}": "1000000",
        "{% assign r = (1..5000) %}{{ r | concat: r | uniq | size }}": "5000",
        "{{ rows | where: 'kind', 3 | map: 'name' | last }}": "سطر 997",
        "{% raw %}{{ x }}{% endraw %}{% comment %}{{ x | nope }}{% endcomment %}": "{{ x }}",
        "{% liquid\n  assign greeting = 'سلام'\n  echo greeting\n%}": "سلام",
        "{{ x" + " | upcase | downcase" * 2000 + " | size }}": "1000",
    }
)

MISTAKES = [
    *fails(
        "money needs a number",
        **{
            f"money of {n}": s
            for n, s in enumerate(
                (
                    "{{ 'x' | money: 'DZD' }}",
                    "{{ list | money: 'DZD' }}",
                    "{{ true | money: 'DZD' }}",
                    "{{ '1,500' | money: 'DZD' }}",
                    "{{ '1e999999' | money: 'DZD' }}",
                    "{{ x | replace: 'x', digits | money: 'DZD' }}",
                )
            )
        },
    ),
    *fails(
        "currency of three letters", currency="{{ 1 | money: 'دج' }}", no_currency="{{ 1 | money: nothing }}"
    ),
    *fails(
        "does not know the locale", locale="{{ 1 | money: 'EUR', x }}", path="{{ 1 | money: 'EUR', '../x' }}"
    ),
    *fails(
        "missing 1 required positional argument",
        arguments="{{ 1 | money }}",
        arguments_of_date="{{ now | date }}",
    ),
    *fails("divide by 0", division="{{ 1 | divided_by: 0 }}", modulo="{{ 1 | modulo: '۰' }}"),
    *fails("the filter 'date' cannot use its value", far_year="{{ 99999999999999 | date: '%Y' }}"),
    *fails("the filter 'base64_decode' cannot use its value", not_text="{{ '////' | base64_decode }}"),
    *fails("a filter is given a value that it cannot use", concat_text="{{ list | concat: 'سلام' }}"),
    *fails("not Unicode", surrogate="{{ x }}\ud800"),
]

CORPUS: list[Attempt] = [*MEMORY_BOMBS, *CPU_BOMBS, *ESCAPES, *HONEST, *MISTAKES]
