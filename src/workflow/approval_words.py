"""What members read when they are asked for an approval, in the languages that Wasl speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalWords:
    """One language's words; ``direction`` is the page's ``dir``. ``request`` takes ``{title}``; ``ended`` says by an
    approval's state why it takes no vote any more."""

    language: str
    direction: str
    request: str
    asked_by: str
    until: str
    comment: str
    approve: str
    reject: str
    choose: str
    thanks: str
    you_approved: str
    you_rejected: str
    ended: Mapping[str, str]
    unknown: str
    not_yours: str


_WORDS = {
    words.language: words
    for words in (
        ApprovalWords(
            language="en",
            direction="ltr",
            request="Approval needed: {title}",
            asked_by="Asked by",
            until="Until",
            comment="Comment (optional)",
            approve="Approve",
            reject="Reject",
            choose="Choose one of the two buttons; a comment has at most 2,000 characters.",
            thanks="Thank you. Your decision is recorded.",
            you_approved="You approved this.",
            you_rejected="You rejected this.",
            ended={
                "approved": "This has been approved already; your decision is not needed any more.",
                "rejected": "This has been rejected already; your decision is not needed any more.",
                "expired": "The time to decide is over.",
                "cancelled": "This was cancelled; your decision is not needed any more.",
            },
            unknown="This link is not valid. Perhaps the request was passed on to somebody else.",
            not_yours="This link was made for somebody else, or for someone who is no member here any more.",
        ),
        ApprovalWords(
            language="fr",
            direction="ltr",
            request="Approbation demandée : {title}",
            asked_by="Demandé par",
            until="Jusqu’au",
            comment="Commentaire (facultatif)",
            approve="Approuver",
            reject="Refuser",
            choose="Choisissez l’un des deux boutons ; un commentaire compte au plus 2 000 caractères.",
            thanks="Merci. Votre décision est enregistrée.",
            you_approved="Vous avez approuvé cette demande.",
            you_rejected="Vous avez refusé cette demande.",
            ended={
                "approved": "Cette demande est déjà approuvée ; votre décision n’est plus nécessaire.",
                "rejected": "Cette demande est déjà refusée ; votre décision n’est plus nécessaire.",
                "expired": "Le délai pour décider est écoulé.",
                "cancelled": "Cette demande a été annulée ; votre décision n’est plus nécessaire.",
            },
            unknown="Ce lien n’est pas valable. La demande a peut-être été confiée à quelqu’un d’autre.",
            not_yours="Ce lien est destiné à une autre personne, ou à quelqu’un qui n’est plus membre ici.",
        ),
        ApprovalWords(
            language="ar",
            direction="rtl",
            request="مطلوب موافقتك: {title}",
            asked_by="مقدّم الطلب",
            until="حتى",
            comment="تعليق (اختياري)",
            approve="موافقة",
            reject="رفض",
            choose="اختر أحد الزرّين؛ والتعليق لا يتجاوز 2000 حرف.",
            thanks="شكرًا لك. تم تسجيل قرارك.",
            you_approved="لقد وافقت على هذا الطلب.",
            you_rejected="لقد رفضت هذا الطلب.",
            ended={
                "approved": "تمت الموافقة على هذا الطلب من قبل، ولم يعد قرارك مطلوبًا.",
                "rejected": "تم رفض هذا الطلب من قبل، ولم يعد قرارك مطلوبًا.",
                "expired": "انتهت مهلة اتخاذ القرار.",
                "cancelled": "أُلغي هذا الطلب، ولم يعد قرارك مطلوبًا.",
            },
            unknown="هذا الرابط غير صالح. ربما أُحيل الطلب إلى شخص آخر.",
            not_yours="هذا الرابط مخصّص لشخص آخر، أو لشخص لم يعد عضوًا هنا.",
        ),
        ApprovalWords(
            language="fa",
            direction="rtl",
            request="نیاز به تأیید شما: {title}",
            asked_by="درخواست‌کننده",
            until="تا",
            comment="توضیح (اختیاری)",
            approve="تأیید",
            reject="رد",
            choose="یکی از دو دکمه را انتخاب کنید؛ توضیح حداکثر ۲۰۰۰ نویسه است.",
            thanks="سپاسگزاریم. تصمیم شما ثبت شد.",
            you_approved="شما این درخواست را تأیید کرده‌اید.",
            you_rejected="شما این درخواست را رد کرده‌اید.",
            ended={
                "approved": "این درخواست پیش‌تر تأیید شده است و دیگر به تصمیم شما نیازی نیست.",
                "rejected": "این درخواست پیش‌تر رد شده است و دیگر به تصمیم شما نیازی نیست.",
                "expired": "مهلت تصمیم‌گیری به پایان رسیده است.",
                "cancelled": "این درخواست لغو شده است و دیگر به تصمیم شما نیازی نیست.",
            },
            unknown="این پیوند معتبر نیست. شاید درخواست به فرد دیگری سپرده شده باشد.",
            not_yours="این پیوند برای فرد دیگری است، یا برای کسی که دیگر عضو این‌جا نیست.",
        ),
    )
}


def approval_words(*languages: str) -> ApprovalWords:
    """The words in the first of the languages that is not empty (``fr-ca`` is ``fr``), in English when Wasl does not speak
    it."""
    first = next((language for language in languages if language), "en")
    return _WORDS.get(first.split("-")[0], _WORDS["en"])
