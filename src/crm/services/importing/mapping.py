"""Which column of a file is what of a contact: the targets that there are, and a guess by headings and first rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from core.errors import PermanentError
from core.phones import PhoneError, to_e164
from core.text import fold
from crm.models import CustomField

#: What a column may be, beside ``custom.<slug>``. An empty target leaves the column out.
TARGETS = (
    "name",
    "first_name",
    "last_name",
    "phone",
    "email",
    "external_id",
    "language",
    "timezone",
    "tags",
    "opted_out",
)
_CUSTOM = "custom."

#: Headings in English, French, Arabic and Persian.
_WORDS: dict[str, tuple[str, ...]] = {
    "name": (
        "name", "full name", "contact", "contact name", "customer", "customer name", "client", "nom complet",
        "nom et prénom", "nom prénom", "nom client", "الاسم", "اسم", "الاسم الكامل", "اسم العميل", "اسم الزبون",
        "الزبون", "العميل", "نام", "نام کامل", "نام و نام خانوادگی", "نام مشتری", "مشتری",
    ),
    "first_name": ("first name", "firstname", "given name", "prénom", "الاسم الأول", "الاسم الشخصي", "نام کوچک"),
    "last_name": (
        "last name", "lastname", "surname", "family name", "nom de famille", "nom", "اللقب", "اسم العائلة", "الكنية",
        "نام خانوادگی", "فامیل", "فامیلی",
    ),
    "phone": (
        "phone", "phone number", "telephone", "tel", "mobile", "mobile number", "cell", "whatsapp", "whatsapp number",
        "gsm", "numéro", "numéro de téléphone", "téléphone", "portable", "الهاتف", "رقم الهاتف", "هاتف", "الجوال",
        "رقم الجوال", "المحمول", "موبايل", "رقم الواتساب", "واتساب", "تلفن", "شماره", "شماره تلفن", "موبایل",
        "شماره موبایل", "تلفن همراه", "همراه", "شماره تماس",
    ),
    "email": (
        "email", "e-mail", "mail", "email address", "e-mail address", "courriel", "adresse mail", "adresse e-mail",
        "adresse email", "البريد", "البريد الإلكتروني", "الايميل", "ایمیل", "پست الکترونیک", "رایانامه",
    ),
    "external_id": (
        "id", "external id", "external_id", "customer id", "client id", "reference", "ref", "own id", "code client",
        "identifiant", "référence", "numéro client", "المعرف", "رقم العميل", "رقم الزبون", "المرجع", "شناسه",
        "کد مشتری", "شماره مشتری",
    ),
    "language": ("language", "lang", "locale", "langue", "اللغة", "لغة", "زبان"),
    "timezone": ("timezone", "time zone", "fuseau horaire", "المنطقة الزمنية", "منطقه زمانی"),
    "tags": (
        "tags", "tag", "labels", "label", "étiquettes", "étiquette", "الوسوم", "وسوم", "الوسم", "برچسب", "برچسب ها",
        "برچسب‌ها",
    ),
    "opted_out": (
        "opted out", "opt out", "unsubscribed", "do not contact", "désabonné", "désinscrit", "ne pas contacter",
        "ألغى الاشتراك", "إلغاء الاشتراك", "لغو اشتراک",
    ),
}  # fmt: skip


def _key(text: str) -> str:
    return fold(text.replace("_", " ").replace("-", " ").replace(".", " ")).strip(" :*#")


_TARGET_OF = {_key(word): target for target, words in _WORDS.items() for word in words}


class InvalidMappingError(PermanentError):
    """The columns cannot be taken so."""

    field = "mapping"


@dataclass(frozen=True, slots=True)
class Mapping:
    """``targets[n]`` is what the column ``n`` is; empty where it is left out."""

    targets: tuple[str, ...]

    def has(self, target: str) -> bool:
        """Whether some column is it."""
        return target in self.targets


def checked(targets: Sequence[str], columns: Sequence[str], keys: Sequence[str]) -> Mapping:
    """The mapping, if it makes sense for these columns. Raises ``InvalidMappingError``."""
    if len(targets) != len(columns):
        raise InvalidMappingError(f"The file has {len(columns)} columns, and {len(targets)} were mapped.")
    known = {*TARGETS, *(f"{_CUSTOM}{slug}" for slug in CustomField.objects.values_list("slug", flat=True))}
    seen: set[str] = set()
    for target in targets:
        if target and target not in known:
            raise InvalidMappingError(f"There is no field {target!r}; add it first, or leave the column out.")
        if target and target != "tags" and target in seen:
            raise InvalidMappingError(f"Two columns were mapped to {target}; leave one of them out.")
        seen.add(target)
    if not any(key in seen for key in keys):
        raise InvalidMappingError(
            f"No column was mapped to {' or '.join(keys)}, by which contacts are to be found again."
        )
    return Mapping(tuple(targets))


def suggest(
    columns: Sequence[str], sample: Sequence[Sequence[str]], fields: Collection[CustomField], region: str
) -> list[str]:
    """A target for each column: by its heading, else by what stands in it; empty where neither tells. None is suggested
    twice."""
    own = {_key(text): f"{_CUSTOM}{row.slug}" for row in fields for text in (row.slug, row.label)}
    targets = [own.get(_key(name)) or _TARGET_OF.get(_key(name), "") for name in columns]
    taken: set[str] = set()
    for number, target in enumerate(targets):
        if target in taken and target != "tags":
            targets[number] = ""
        taken.add(target)
    for number, target in enumerate(targets):
        cells = [row[number].strip() for row in sample if number < len(row) and row[number].strip()]
        found = "" if target or not cells else _by_content(cells, region)
        if found and found not in taken:
            targets[number] = found
            taken.add(found)
    # «Nom» alone is the whole name; beside «Prénom» it is the family's.
    if "last_name" in taken and not taken & {"first_name", "name"}:
        targets[targets.index("last_name")] = "name"
    return targets


def _by_content(cells: Sequence[str], region: str) -> str:
    return next((target for target, test in _TESTS.items() if all(test(cell, region) for cell in cells)), "")


def _is_email(cell: str, region: str) -> bool:
    return "@" in cell[1:-1] and " " not in cell


def _is_phone(cell: str, region: str) -> bool:
    try:
        to_e164(cell.lstrip("'"), region)
    except PhoneError:
        return False
    return True


_TESTS: dict[str, Callable[[str, str], bool]] = {"email": _is_email, "phone": _is_phone}
