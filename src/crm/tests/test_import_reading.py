"""Files read, mapped and turned into values: whatever people send."""

from __future__ import annotations

import orjson
import pytest

from crm.models import CustomField
from crm.services.importing import reading
from crm.services.importing.mapping import InvalidMappingError, checked, suggest
from crm.services.importing.persian import gregorian
from crm.services.importing.reading import InvalidFileError, read_table
from crm.services.importing.values import Reader


def cells(table: reading.Table) -> list[list]:
    return [orjson.loads(line) for line in table.lines.splitlines()]


class TestReading:
    @pytest.mark.parametrize(
        ("encoding", "said"),
        [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("cp1256", "cp1256")],
    )
    def test_encodings_of_arabic(self, encoding, said):
        table = read_table("الاسم;الهاتف\r\nأمينة بن علي;0555123456\r\n".encode(encoding))
        assert (table.columns, table.encoding, table.delimiter) == (["الاسم", "الهاتف"], said, ";")
        assert cells(table) == [[2, "أمينة بن علي", "0555123456"]]

    def test_french_of_windows(self):
        table = read_table("Prénom,Téléphone\nHélène,0661\nAndré,0662\n".encode("cp1252"))
        assert (table.encoding, table.columns) == ("cp1252", ["Prénom", "Téléphone"])

    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_delimiters(self, delimiter):
        table = read_table(f"name{delimiter}phone\n«a, b; c»{delimiter}1\nسارا{delimiter}2\n".encode())
        assert table.delimiter == delimiter
        assert len(table.columns) == 2

    def test_a_declared_delimiter_counts_as_a_line(self):
        table = read_table(b"sep=;\nname;phone\nx;1\n")
        assert (table.delimiter, cells(table)) == (";", [[3, "x", "1"]])

    def test_quotes_with_line_ends_keep_the_count_of_lines(self):
        table = read_table(b'name,note\n"a","one\ntwo"\n\nb,x\n')
        assert [row[0] for row in cells(table)] == [2, 5]

    def test_one_column_is_a_table_too(self):
        assert read_table(b"phone\n0555123456\n").columns == ["phone"]

    @pytest.mark.parametrize(
        ("content", "says"), [(b"", "empty"), (b"\n\n", "empty"), (b"name,phone\n", "no rows")]
    )
    def test_what_is_no_table(self, content, says):
        with pytest.raises(InvalidFileError, match=says):
            read_table(content)

    def test_limits(self, monkeypatch):
        monkeypatch.setattr(reading, "MOST_ROWS", 1)
        with pytest.raises(InvalidFileError, match="more than 1 rows"):
            read_table(b"name\na\nb\n")
        with pytest.raises(InvalidFileError, match="columns"):
            read_table(b",".join([b"c"] * 101) + b"\n1\n")


class TestSuggesting:
    @pytest.mark.parametrize(
        ("headings", "targets"),
        [
            (["Full Name", "Mobile", "E-mail", "Tags"], ["name", "phone", "email", "tags"]),
            (["Prénom", "Nom", "Téléphone", "Courriel"], ["first_name", "last_name", "phone", "email"]),
            (["Nom", "Portable"], ["name", "phone"]),
            (["الاسم", "رقم الهاتف", "البريد الإلكتروني", "الوسوم"], ["name", "phone", "email", "tags"]),
            (["نام و نام خانوادگی", "شماره موبایل", "ایمیل"], ["name", "phone", "email"]),
            (["CLIENT_ID", "PHONE_NUMBER", "Colour"], ["external_id", "phone", ""]),
            (["Phone", "Mobile"], ["phone", ""]),
        ],
    )
    def test_by_headings(self, headings, targets):
        assert suggest(headings, [], [], "DZ") == targets

    def test_by_custom_fields_first(self):
        own = [CustomField(slug="size", label="المقاس"), CustomField(slug="email", label="Autre")]
        assert suggest(["المقاس", "SIZE"], [], own, "DZ") == ["custom.size", ""]
        assert suggest(["autre"], [], own, "DZ") == ["custom.email"]

    def test_by_what_stands_there(self):
        rows = [["x@example.com", "٠٥٥٥ ١٢ ٣٤ ٥٦", "7"], ["y@example.com", "'+213661223344", ""]]
        assert suggest(["A", "B", "C"], rows, [], "DZ") == ["email", "phone", ""]


@pytest.mark.usefixtures("inside")
class TestMapping:
    @pytest.mark.parametrize(
        ("targets", "says"),
        [
            (["name"], "2 columns"),
            (["phone", "phone"], "Two columns"),
            (["phone", "custom.shoe"], "no field 'custom.shoe'"),
            (["name", ""], "No column was mapped to phone"),
        ],
    )
    def test_what_makes_no_sense(self, targets, says):
        with pytest.raises(InvalidMappingError, match=says):
            checked(targets, ["a", "b"], ["phone"])

    def test_tags_may_come_from_several_columns(self):
        assert checked(["phone", "tags", "tags"], ["a", "b", "c"], ["phone"]).has("tags")


FIELDS = {
    row.slug: row
    for row in (
        CustomField(slug="born", label="b", type="date"),
        CustomField(slug="seen", label="s", type="datetime"),
        CustomField(slug="visits", label="v", type="number"),
        CustomField(slug="vip", label="v", type="boolean"),
        CustomField(slug="size", label="s", type="choice", choices=["Large", "کوچک"]),
    )
}


def read(target: str, text: str, order: str = "dmy"):
    return Reader([target], FIELDS, "DZ", order).read(2, [text])


class TestValues:
    @pytest.mark.parametrize(
        ("target", "text", "order", "value"),
        [
            ("custom.born", "2026-03-20", "dmy", "2026-03-20"),
            ("custom.born", "20/03/2026", "dmy", "2026-03-20"),
            ("custom.born", "03/20/2026", "mdy", "2026-03-20"),
            ("custom.born", "٢٠/٠٣/٢٠٢٦", "dmy", "2026-03-20"),
            ("custom.born", "20.3.26", "dmy", "2026-03-20"),
            ("custom.born", "۱۴۰۳/۱/۱", "dmy", "2024-03-20"),
            ("custom.born", "2026/3/20 10:00", "dmy", "2026-03-20"),
            ("custom.seen", "20/03/2026 9:30", "dmy", "2026-03-20T09:30:00"),
            ("custom.seen", "2026-03-20T10:00:00+01:00", "dmy", "2026-03-20T10:00:00+01:00"),
            ("custom.visits", "1 234,5", "dmy", 1234.5),
            ("custom.visits", "1,234.50", "dmy", 1234.5),
            ("custom.visits", "1.234,50", "dmy", 1234.5),
            ("custom.visits", "۱۲", "dmy", 12),
            ("custom.visits", "-7", "dmy", -7),
            ("custom.vip", "Oui", "dmy", True),
            ("custom.vip", "نعم", "dmy", True),
            ("custom.vip", "خیر", "dmy", False),
            ("custom.size", "LARGE", "dmy", "Large"),
            ("custom.size", "كوچك", "dmy", "کوچک"),
        ],
    )
    def test_custom_fields(self, target, text, order, value):
        row = read(target, text, order)
        assert row.faults == []
        assert row.custom[target.removeprefix("custom.")] == value

    @pytest.mark.parametrize(
        ("target", "text", "code", "says"),
        [
            ("custom.born", "31/02/2026", "invalid_date", "another order"),
            ("custom.born", "soon", "invalid_date", "2026-03-20"),
            ("custom.visits", "1,234", "invalid_number", "two numbers"),
            ("custom.visits", "many", "invalid_number", "not a number"),
            ("custom.vip", "perhaps", "invalid_boolean", "yes or no"),
            ("custom.size", "XL", "invalid_choice", "none of"),
            ("phone", "12", "invalid_phone", "'12'"),
            ("email", "amina at example", "invalid_email", "not an e-mail"),
            ("tags", "و" * 81, "invalid_tag", "80"),
            ("opted_out", "بطاطا", "invalid_boolean", "yes or no"),
        ],
    )
    def test_faults_say_how_to_mend_them(self, target, text, code, says):
        (fault,) = read(target, text).faults
        assert (fault.target, fault.code) == (target, code)
        assert says in fault.message

    def test_built_in_ones(self):
        reader = Reader(["first_name", "last_name", "phone", "tags", "language"], {}, "DZ", "dmy")
        row = reader.read(2, [" أمينة ", "بن علي", "'+213555123456", "VIP، وفية;Été", "AR"])
        assert row.values == {"name": "أمينة بن علي", "phone": "+213555123456", "language": "ar"}
        assert row.tags == ["VIP", "وفية", "Été"]

    def test_empty_cells_and_short_rows_say_nothing(self):
        row = Reader(["name", "phone", "email"], {}, "DZ", "dmy").read(2, ["  "])
        assert (row.values, row.faults) == ({}, [])


@pytest.mark.parametrize(
    ("persian", "day"),
    [((1403, 12, 30), "2025-03-20"), ((1404, 1, 1), "2025-03-21"), ((1357, 11, 22), "1979-02-11"), ((1399, 7, 1), "2020-09-22")],
)  # fmt: skip
def test_persian_days(persian, day):
    assert gregorian(*persian).isoformat() == day
