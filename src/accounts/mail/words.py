"""The words of mails about accounts, in the languages that Wasl speaks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """``{name}`` is the reader, ``{tenant}`` the business (or Wasl), ``{by}`` who did it, ``{ip}`` from where, ``{days}``
    for how many days a link is good."""

    subject: str
    lines: tuple[str, ...]
    button: str
    note: str


_IGNORE = {
    "en": "The link is good for {days} days, once. If you did not ask for it, you need do nothing.",
    "fr": "Le lien est valable {days} jours, une seule fois. Si vous n’avez rien demandé, ignorez ce message.",
    "ar": "الرابط صالح لمدة {days} أيام ولمرة واحدة. إن لم تطلب ذلك فلا داعي لفعل أي شيء.",
    "fa": "این پیوند {days} روز و تنها یک بار معتبر است. اگر شما درخواست نکرده‌اید، نیازی به انجام کاری نیست.",
}
_NOT_YOU = {
    "en": "It was done from the address {ip}. If it was not you, choose a new password at once and end your other sessions.",
    "fr": "L’action vient de l’adresse {ip}. Si ce n’était pas vous, changez tout de suite de mot de passe et fermez vos "
    "autres sessions.",
    "ar": "تم ذلك من العنوان {ip}. إن لم تكن أنت من فعل ذلك فاختر كلمة مرور جديدة فورًا وأنهِ جلساتك الأخرى.",
    "fa": "این کار از نشانی {ip} انجام شد. اگر شما نبودید، بی‌درنگ گذرواژهٔ تازه‌ای برگزینید و نشست‌های دیگر را ببندید.",
}


def _all(kind: dict[str, tuple[str, str, str]], notes: dict[str, str]) -> dict[str, Words]:
    hello = {"en": "Hello {name},", "fr": "Bonjour {name},", "ar": "مرحبًا {name}،", "fa": "سلام {name}،"}
    return {
        language: Words(subject, (hello[language], line), button, notes[language])
        for language, (subject, line, button) in kind.items()
    }


_WORDS: dict[str, dict[str, Words]] = {
    "password_forgotten": _all(
        {
            "en": (
                "A new password for {tenant}",
                "You (or someone else) asked for a new password for your account at {tenant}.",
                "Choose a new password",
            ),
            "fr": (
                "Nouveau mot de passe pour {tenant}",
                "Vous (ou quelqu’un d’autre) avez demandé un nouveau mot de passe pour votre compte chez {tenant}.",
                "Choisir un nouveau mot de passe",
            ),
            "ar": (
                "كلمة مرور جديدة لحسابك في {tenant}",
                "طلبتَ (أو طلب شخص آخر) كلمة مرور جديدة لحسابك في {tenant}.",
                "اختر كلمة مرور جديدة",
            ),
            "fa": (
                "گذرواژهٔ تازه برای {tenant}",
                "شما (یا شخص دیگری) برای حساب خود در {tenant} گذرواژهٔ تازه خواسته‌اید.",
                "برگزیدن گذرواژهٔ تازه",
            ),
        },
        _IGNORE,
    ),
    "invitation": _all(
        {
            "en": (
                "{by} invites you to {tenant}",
                "{by} has taken you in as a member of {tenant}. Choose a password, and you can begin.",
                "Choose a password",
            ),
            "fr": (
                "{by} vous invite à rejoindre {tenant}",
                "{by} vous a ajouté à l’équipe de {tenant}. Choisissez un mot de passe pour commencer.",
                "Choisir un mot de passe",
            ),
            "ar": (
                "{by} يدعوك إلى {tenant}",
                "أضافك {by} إلى فريق {tenant}. اختر كلمة مرور لتبدأ.",
                "اختر كلمة مرور",
            ),
            "fa": (
                "{by} شما را به {tenant} دعوت کرده است",
                "{by} شما را به گروه {tenant} افزوده است. برای آغاز، گذرواژه‌ای برگزینید.",
                "برگزیدن گذرواژه",
            ),
        },
        _IGNORE,
    ),
    "welcome": _all(
        {
            "en": (
                "{by} has taken you in at {tenant}",
                "{by} has made you a member of {tenant}. Sign in with the account that you have.",
                "Sign in",
            ),
            "fr": (
                "{by} vous a ajouté à {tenant}",
                "{by} vous a ajouté à l’équipe de {tenant}. Connectez-vous avec votre compte habituel.",
                "Se connecter",
            ),
            "ar": (
                "أضافك {by} إلى {tenant}",
                "أضافك {by} إلى فريق {tenant}. سجّل الدخول بحسابك الحالي.",
                "تسجيل الدخول",
            ),
            "fa": (
                "{by} شما را به {tenant} افزود",
                "{by} شما را به گروه {tenant} افزوده است. با حسابی که دارید وارد شوید.",
                "ورود",
            ),
        },
        dict.fromkeys(_IGNORE, ""),
    ),
    "password_changed": _all(
        {
            "en": ("Your password was changed", "The password of your account was changed.", ""),
            "fr": ("Votre mot de passe a été modifié", "Le mot de passe de votre compte a été modifié.", ""),
            "ar": ("تم تغيير كلمة مرورك", "تم تغيير كلمة مرور حسابك.", ""),
            "fa": ("گذرواژهٔ شما تغییر کرد", "گذرواژهٔ حساب شما تغییر کرد.", ""),
        },
        _NOT_YOU,
    ),
    "factor_added": _all(
        {
            "en": (
                "A way to sign in was added",
                "An authenticator app or a passkey was added to your account.",
                "",
            ),
            "fr": (
                "Un moyen de connexion a été ajouté",
                "Une application d’authentification ou une clé d’accès a été ajoutée à votre compte.",
                "",
            ),
            "ar": ("أُضيفت وسيلة لتسجيل الدخول", "أُضيف تطبيق مصادقة أو مفتاح مرور إلى حسابك.", ""),
            "fa": (
                "راهی برای ورود افزوده شد",
                "یک برنامهٔ احراز هویت یا کلید عبور به حساب شما افزوده شد.",
                "",
            ),
        },
        _NOT_YOU,
    ),
    "factor_removed": _all(
        {
            "en": (
                "A way to sign in was removed",
                "An authenticator app or a passkey was removed from your account.",
                "",
            ),
            "fr": (
                "Un moyen de connexion a été retiré",
                "Une application d’authentification ou une clé d’accès a été retirée de votre compte.",
                "",
            ),
            "ar": ("أُزيلت وسيلة لتسجيل الدخول", "أُزيل تطبيق مصادقة أو مفتاح مرور من حسابك.", ""),
            "fa": (
                "راهی برای ورود برداشته شد",
                "یک برنامهٔ احراز هویت یا کلید عبور از حساب شما برداشته شد.",
                "",
            ),
        },
        _NOT_YOU,
    ),
    "codes_made": _all(
        {
            "en": (
                "New recovery codes",
                "New recovery codes were made for your account; the old ones are of no use.",
                "",
            ),
            "fr": (
                "Nouveaux codes de secours",
                "De nouveaux codes de secours ont été créés pour votre compte ; les anciens ne valent plus rien.",
                "",
            ),
            "ar": ("رموز استرداد جديدة", "أُنشئت رموز استرداد جديدة لحسابك، ولم تعد القديمة صالحة.", ""),
            "fa": (
                "کدهای بازیابی تازه",
                "کدهای بازیابی تازه‌ای برای حساب شما ساخته شد و کدهای پیشین دیگر کار نمی‌کنند.",
                "",
            ),
        },
        _NOT_YOU,
    ),
    "notification": {
        "en": Words(
            "{title}", ("{body}",), "Open", "You can choose which of these come by mail in your profile."
        ),
        "fr": Words(
            "{title}", ("{body}",), "Ouvrir", "Choisissez dans votre profil ce que vous recevez par e-mail."
        ),
        "ar": Words("{title}", ("{body}",), "فتح", "يمكنك أن تختار في ملفك ما يصلك بالبريد."),
        "fa": Words(
            "{title}", ("{body}",), "باز کردن", "در نمایهٔ خود می‌توانید برگزینید چه چیزهایی با رایانامه بیاید."
        ),
    },
}


def words_for(kind: str, language: str) -> Words:
    """The words of that kind of mail, in English where Wasl does not speak the language."""
    known = _WORDS[kind]
    return known.get(language, known["en"])
