"""The words of the first page, in the languages that Wasl speaks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """One language's words; ``direction`` is the page's ``dir``."""

    language: str
    direction: str
    tagline: str
    admin: str
    admin_hint: str
    docs: str
    docs_hint: str


_WELCOMES = {
    words.language: words
    for words in (
        Welcome(
            language="en",
            direction="ltr",
            tagline="Every conversation with your customers, in one place.",
            admin="Administration",
            admin_hint="Contacts, conversations, workflows and settings",
            docs="API",
            docs_hint="For programs: endpoints, fields, examples",
        ),
        Welcome(
            language="fr",
            direction="ltr",
            tagline="Toutes les conversations avec vos clients, au même endroit.",
            admin="Administration",
            admin_hint="Contacts, conversations, automatisations et réglages",
            docs="API",
            docs_hint="Pour les programmes : points d’accès, champs, exemples",
        ),
        Welcome(
            language="ar",
            direction="rtl",
            tagline="كل محادثاتك مع زبائنك في مكان واحد.",
            admin="الإدارة",
            admin_hint="جهات الاتصال والمحادثات والأتمتة والإعدادات",
            docs="واجهة البرمجة",
            docs_hint="للبرامج: المسارات والحقول والأمثلة",
        ),
        Welcome(
            language="fa",
            direction="rtl",
            tagline="همهٔ گفت‌وگوهای شما با مشتریان، در یک جا.",
            admin="مدیریت",
            admin_hint="مخاطبان، گفت‌وگوها، خودکارسازی و تنظیمات",
            docs="رابط برنامه‌نویسی",
            docs_hint="برای برنامه‌ها: نشانی‌ها، فیلدها، نمونه‌ها",
        ),
    )
}


def welcome_in(language: str) -> Welcome:
    """The words in ``language`` (``fr-ca`` is ``fr``), in English when Wasl does not speak it."""
    return _WELCOMES.get(language.split("-")[0], _WELCOMES["en"])
