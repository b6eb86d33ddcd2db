"""Why a message was not delivered, in plain words with the mend, by the code that the ledger holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """``code`` is stable, for translations; ``again`` tells whether sending it once more as it is may help."""

    code: str
    title: str
    fix: str
    again: bool = False


_OTHER = Failure(
    "other", "The provider refused the message.", "Read the provider's words below; change the message and send it again.", True
)  # fmt: skip

_KNOWN = (
    Failure("channel_off", "The channel is switched off.", "Switch it on in the settings, then send again.", True),
    Failure("opted_out", "The contact does not want such messages.", "Only a person may answer, unless the contact opts in again."),
    Failure("human_control", "People had taken the conversation over.", "Hand it back to the bot or workflow, or write yourself.", True),
    Failure("window_closed", "The customer's last message is too old.", "Send a template; free text is possible once the customer writes."),
    Failure("unreachable", "This person cannot be reached here.", "Check the number; they may not use this app, or not any more."),
    Failure("blocked", "The customer blocked this channel.", "Try another channel of theirs."),
    Failure("invalid", "The provider did not accept the message's form.", "Check its length, file and buttons, then send it again."),
    Failure("account", "The channel's account has a problem.", "Open the channel in the settings: its token, payment or rights need a look.", True),
    Failure("policy", "The provider kept the message back.", "Wait a day; write fewer marketing messages to this person."),
    Failure("template", "The template cannot be used so.", "Check that it is approved, its language and its values; fetch the templates anew."),
    Failure("unknown", "Nobody knows yet whether it arrived.", "Wait for the provider's word; ask the customer before you write it again."),
    Failure("gone", "The provider could not be reached for hours.", "Send it again.", True),
    # Meta's own codes, where they say more than the reason.
    Failure("131026", "The number cannot get this message.", "It may have no WhatsApp, an old version, or new terms not accepted."),
    Failure("131047", "More than 24 hours have passed since the customer wrote.", "Send a template."),
    Failure("131049", "WhatsApp kept it back to spare the person.", "Wait at least a day before another marketing message."),
    Failure("131050", "The person stopped marketing from you.", "Send them no more marketing."),
    Failure("131051", "WhatsApp has no such type of message.", "Send it in another form."),
    Failure("131052", "WhatsApp could not fetch the file.", "Upload the file here instead of giving its address."),
    Failure("131053", "WhatsApp could not take the file.", "Check its type and size, then send it again.", True),
    Failure("131056", "Too many messages to this person at once.", "Wait a minute, then send again.", True),
    Failure("131042", "WhatsApp's payment method has a problem.", "Mend it in the WhatsApp Manager, then send again.", True),
    Failure("131031", "WhatsApp has locked the account.", "See the Business Support Home of Meta."),
    Failure("132000", "The number of values does not fit the template.", "Fetch the templates anew and fill every gap."),
    Failure("132001", "There is no such template in this language.", "Fetch the templates anew and choose one."),
    Failure("132015", "WhatsApp paused the template for its low quality.", "Choose another, or improve it."),
    Failure("132016", "WhatsApp switched the template off for good.", "Choose another."),
    Failure("190", "The channel's token is not valid any more.", "Give the channel a new token in the settings, then send again.", True),
    Failure("429", "The provider asked for a pause.", "Wait a minute, then send again.", True),
)  # fmt: skip

_BY_CODE = {failure.code: failure for failure in _KNOWN}
#: What our own code raises when attempts are used up.
_ALIASES = {
    "PermanentError": "gone",
    "131030": "unreachable",
    "403": "blocked",
    "401": "account",
    "404": "account",
}


def failure_of(code: str) -> Failure:
    """What a code means; an unknown one is the provider's own matter."""
    return _BY_CODE.get(_ALIASES.get(code, code), _OTHER)
