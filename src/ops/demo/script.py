"""The demo's story: a customer writes on WhatsApp, is tagged, gets her coupon; the other business sees none of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from http.client import HTTPException

from channels_app.simulator.client import SimulatorClient, SimulatorError
from ops.demo.api import Api, ApiError, bearer, brief, eventually
from ops.demo.curl import process_event
from ops.demo.demo_file import DemoFile
from ops.demo.narrator import Narrator
from ops.demo.people import Customer, Visitor, new_phone, new_telegram_id
from ops.demo.populating import populate
from ops.demo.product import CONTACTS, Product

#: What a scene may end with when the product does not do what it promises.
TROUBLE = (ApiError, SimulatorError, OSError, HTTPException, LookupError, ValueError)

SARA, KARIM, LINA = "سارا احمدی", "کریم", "لينا"
CART = {"total": 12500, "items": [{"name": "کیف چرمی"}, {"name": "شال"}]}


def play(file: DemoFile, simulator: SimulatorClient, narrator: Narrator) -> list[str]:
    """Play it; returns what did not come true, in words."""
    return Script(file, simulator, narrator).play()


class Script:
    """The scenes, and what one leaves to the next."""

    def __init__(self, file: DemoFile, simulator: SimulatorClient, narrator: Narrator) -> None:
        self._demo, self._other = file.tenant("demo"), file.tenant("other")
        self._simulator, self._narrator = simulator, narrator
        self._product = Product(Api(self._demo.base_url, bearer(self._demo.api_key)))
        self._elsewhere = Product(Api(self._other.base_url, bearer(self._other.api_key)))
        self._sara = Customer(
            name=SARA,
            sender=new_phone(),
            channel=self._demo.channel("whatsapp"),
            simulator=simulator,
            narrator=narrator,
        )
        self._before: dict[str, int] = {}
        self._sara_id = ""

    def play(self) -> list[str]:
        """Every scene, also after one that failed."""
        failures: list[str] = []
        scenes: tuple[tuple[str, Callable[[], None]], ...] = (
            (f"{self._other.name}, before", self.look_elsewhere),
            (f"{SARA} writes to {self._demo.name} on WhatsApp", self._welcome),
            ("She is tagged “interested” and asks for a discount", self._coupon),
            ("What the product knows now", self._records),
            ("A wait and a follow-up, in seconds", self._quick_follow_up),
            ("She leaves her cart: a reminder, unless an order comes", self._cart),
            ("The same, tried without doing it; and why nothing ran", self._questions),
            (f"{KARIM} writes on Telegram", self._telegram),
            (f"{LINA} writes on the web site", self._web_chat),
            ("A program sends an event", self._program),
            (f"An ordinary day at {self._demo.name}", self._ordinary_day),
            (f"{self._other.name}, after", self.still_empty_elsewhere),
        )
        for title, scene in scenes:
            self._narrator.title(title)
            try:
                scene()
            except TROUBLE as error:
                self._narrator.failed(str(error))
                failures.append(f"{title}: {error}")
        return failures

    # -- scenes -------------------------------------------------------------------------------------------------------

    def look_elsewhere(self) -> None:
        """Count what the other tenant has."""
        self._before = self._elsewhere.counts()
        self._narrator.done(_in_words(self._before))

    def _welcome(self) -> None:
        since = self._sara.writes("سلام")
        self._sara.hears("خوش آمدید", since=since)
        contact = eventually(
            lambda: self._product.contact_by_phone(f"+{self._sara.sender}"), what="a contact with her number"
        )
        self._sara_id = contact["id"]
        self._has_tag("welcomed")

    def _coupon(self) -> None:
        tags = self._product.put_tag(self._known_sara(), "interested")
        self._narrator.done(f"POST {CONTACTS}{self._sara_id}/tags/ → {', '.join(tags)}")
        since = self._sara.writes("سلام، کد تخفیف دارید؟")
        self._sara.hears(f"WASL-{self._sara_id[-6:].upper()}", since=since)

    def _records(self) -> None:
        self._has_tag("coupon_sent")
        execution = eventually(
            lambda: self._product.execution(self._known_sara(), state="waiting", node="pause"),
            what="the coupon workflow's wait",
        )
        self._narrator.done(f"execution {execution['id']} waits 10 minutes before the follow-up")
        reply = eventually(self._seen_reply, what="the coupon's status “delivered”")
        self._narrator.done(f"the coupon is {reply['state']}, by WhatsApp's own statuses")

    def _quick_follow_up(self) -> None:
        since = self._sara.writes("ارسال سریع دارید؟")
        self._sara.hears("الان بررسی می‌کنم", since=since)
        self._sara.hears("ممنون از صبر شما", since=since)

    def _cart(self) -> None:
        sara, since = self._known_sara(), time.monotonic()
        self._product.happens("CART_LEFT", sara, **CART)
        self._sara.hears("سبد خرید شما منتظر است", since=since)
        eventually(
            lambda: sum("در سبد" in n for n in self._product.notes(sara)) == 2 or None, what="a note per item"
        )
        self._narrator.done("meanwhile, in the other branch: a note for each of the 2 items")
        event = self._product.happens("CART_LEFT", sara, **CART)
        eventually(lambda: self._product.execution_for(event, state="waiting"), what="the wait for her order")
        self._product.happens("ORDER_PLACED", sara, total=CART["total"])
        done = eventually(
            lambda: self._product.execution_for(event, state="completed"), what="the order's effect"
        )
        self._narrator.done(f"this time she orders: no reminder, converted at {done['converted_at'][11:19]}")

    def _questions(self) -> None:
        sara = self._known_sara()
        before = len(self._product.messages(sara))
        tried = self._product.dry_run("demo: cart", sara, event_type="CART_LEFT", data=CART, lapse=True)
        path = " → ".join(f"{visit['node']}" for visit in tried["path"])
        if len(self._product.messages(sara)) != before:
            raise LookupError("the dry run wrote to the customer")
        self._narrator.done(f"dry run: {path}: {tried['state']}; nothing was sent")
        first = self._product.first_event(sara, "MESSAGE_RECEIVED")
        coupon = next(v for v in self._product.explained(first["id"]) if v["name"] == "coupon")
        self._narrator.done(f"why no coupon for her “{first['data']['content']}”? {coupon['reason']}")

    def _telegram(self) -> None:
        karim = Customer(
            name=KARIM,
            sender=new_telegram_id(),
            channel=self._demo.channel("telegram"),
            simulator=self._simulator,
            narrator=self._narrator,
        )
        karim.hears("خوش آمدید", since=karim.writes("سلام، ارسال به وهران دارید؟"))

    def _web_chat(self) -> None:
        channel, text = self._demo.channel("webchat"), "مرحبا، هل المتجر مفتوح؟"
        lina = Visitor(name=LINA, base_url=self._demo.base_url, site_key=channel.account_id)
        self._narrator.note(f"{LINA}: {text}")
        since = time.monotonic()
        lina.writes(text)
        self._narrator.note(f"{channel.name} → {lina.hears('خوش آمدید')}")
        self._narrator.done(f"reply in the chat after {time.monotonic() - since:.2f} s")

    def _program(self) -> None:
        answer = process_event(self._demo)
        self._narrator.note(answer.command)
        if not 200 <= answer.status < 300:
            raise LookupError(f"process_event answered HTTP {answer.status} {brief(answer.body)}")
        self._narrator.done(f"HTTP {answer.status} {answer.body}")

    def _ordinary_day(self) -> None:
        populate(self._demo, self._simulator, self._narrator)

    def still_empty_elsewhere(self) -> None:
        """Count again, and try its key on the wrong host. Raises ``LookupError``."""
        after = self._elsewhere.counts()
        self._narrator.done(_in_words(after))
        if after != self._before:
            raise LookupError(
                f"the other tenant did not stay empty: {_in_words(self._before)} → {_in_words(after)}"
            )
        stranger = Api(self._demo.base_url, bearer(self._other.api_key))
        try:
            stranger.get(CONTACTS)
        except ApiError as error:
            if error.status not in (401, 403):
                raise
            self._narrator.done(f"its API key on {self._demo.host}: refused with {error.status}")
        else:
            raise LookupError(f"the other tenant's API key opens {self._demo.host}")

    # -- looking ------------------------------------------------------------------------------------------------------

    def _known_sara(self) -> str:
        if not self._sara_id:
            raise LookupError("there is no contact to go on with")
        return self._sara_id

    def _has_tag(self, tag: str) -> None:
        contact_id = self._known_sara()
        eventually(
            lambda: True if tag in self._product.tags(contact_id) else None, what=f"the tag {tag!r} on her"
        )
        self._narrator.done(f"{SARA} has the tag “{tag}”")

    def _seen_reply(self) -> dict[str, str] | None:
        for message in self._product.messages(self._known_sara()):
            if "WASL-" in message["text"] and message["state"] in ("delivered", "read"):
                return message
        return None


def _in_words(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items())
