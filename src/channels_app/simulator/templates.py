"""The message templates that every simulated WhatsApp account has until it makes its own: Arabic, French, Persian."""

from __future__ import annotations

from typing import Any


def _template(
    number: int,
    name: str,
    language: str,
    category: str,
    *components: dict[str, Any],
    status: str = "APPROVED",
) -> dict[str, Any]:
    return {
        "id": str(10**14 + number),
        "name": name,
        "language": language,
        "category": category,
        "status": status,
        "parameter_format": "POSITIONAL",
        "components": list(components),
    }  # fmt: skip


def _body(text: str, *examples: str) -> dict[str, Any]:
    example = {"example": {"body_text": [list(examples)]}} if examples else {}
    return {"type": "BODY", "text": text, **example}


SAMPLE_TEMPLATES: list[dict[str, Any]] = [
    _template(1, "order_update", "ar", "UTILITY",
              {"type": "HEADER", "format": "TEXT", "text": "طلبك رقم {{1}}", "example": {"header_text": ["1042"]}},
              _body("مرحبا {{1}}، طلبك في الطريق وسيصلك يوم {{2}}.", "أمينة", "الأحد"),
              {"type": "FOOTER", "text": "متجر الجزائر"}),
    _template(2, "order_update", "fr", "UTILITY",
              _body("Bonjour {{1}}, votre commande arrive {{2}}.", "Amina", "dimanche"),
              {"type": "BUTTONS", "buttons": [
                  {"type": "URL", "text": "Suivre", "url": "https://boutique.example.dz/suivi/{{1}}",
                   "example": ["https://boutique.example.dz/suivi/1042"]}]}),
    _template(3, "come_back", "fa", "MARKETING",
              _body("سلام {{1}}! کد تخفیف شما: {{2}}", "نسرین", "WASL10"),
              {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "می‌خواهم"}]}),
    _template(4, "hello", "ar", "UTILITY", _body("مرحبا! كيف نساعدك اليوم؟")),
    _template(5, "summer_sale", "fr", "MARKETING", _body("Soldes d'été !"), status="PAUSED"),
]  # fmt: skip
