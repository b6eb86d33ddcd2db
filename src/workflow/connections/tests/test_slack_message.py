"""``slack_message`` against a webhook that checks what Slack checks."""

from __future__ import annotations

import socket

import pytest
from pydantic import ValidationError
from werkzeug import Request, Response

from core.http import BlockedAddressError
from workflow.actions.slack_message import SlackBusyError, SlackMessage, SlackMessageConfig, SlackRefusedError
from workflow.connections.services.connections import create_connection
from workflow.connections.tests.conftest import as_text, opened, run
from workflow.connections.types.hosts import PlainHttpError
from workflow.models import ActionExecution

PATH = "/services/T00000000/B00000000/s3cretpath"


def slack(request: Request) -> Response:
    """As Slack answers: the path is the secret, and a message needs a text or blocks."""
    if request.path != PATH:
        return Response("invalid_token", 403)
    if not request.is_json:
        return Response("invalid_payload", 400)
    if not (request.json.get("text") or request.json.get("blocks")):
        return Response("no_text", 400)
    return Response("ok")


@pytest.fixture
def webhook(httpserver):
    httpserver.expect_request(PATH, method="POST").respond_with_handler(slack)
    httpserver.expect_request("/services/wrong", method="POST").respond_with_handler(slack)
    return opened("slack_webhook", {}, {"url": httpserver.url_for(PATH)})


def posted(httpserver):
    ((request, _),) = httpserver.log
    return request.json


BLOCKS = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*سفارش* <https://a.example|پیوند>"}},
    {
        "type": "section",
        "fields": [{"type": "plain_text", "text": "a < b"}, {"type": "mrkdwn", "text": "<!channel>"}],
    },
]


@pytest.mark.parametrize(
    ("config", "payload"),
    [
        (
            {"text": "طلب <!channel> & <@U1>"},
            {"text": "طلب &lt;!channel&gt; &amp; &lt;@U1&gt;", "mrkdwn": False},
        ),
        (
            {"text": "*طلب* <https://a.example|x>", "format": "mrkdwn"},
            {"text": "*طلب* <https://a.example|x>"},
        ),
        ({"blocks": BLOCKS, "format": "mrkdwn"}, {"blocks": BLOCKS}),
        (
            {"text": "t", "blocks": BLOCKS},
            {
                "text": "t",
                "mrkdwn": False,
                "blocks": [
                    {
                        "type": "section",
                        "text": {"type": "mrkdwn", "text": "*سفارش* &lt;https://a.example|پیوند&gt;"},
                    },
                    {
                        "type": "section",
                        "fields": [
                            {"type": "plain_text", "text": "a < b"},
                            {"type": "mrkdwn", "text": "&lt;!channel&gt;"},
                        ],
                    },
                ],
            },
        ),
    ],
)
async def test_text_blocks_and_format(httpserver, http, webhook, config, payload):
    output = await run("slack_message", config, http, material=webhook)

    assert output.status == 200
    assert posted(httpserver) == payload


async def test_a_wrong_address_is_told_in_words(httpserver, http, webhook):
    wrong = opened("slack_webhook", {}, {"url": httpserver.url_for("/services/wrong")})

    with pytest.raises(SlackRefusedError, match=r"403: invalid_token \(.*copy it anew\)") as caught:
        await run("slack_message", {"text": "x"}, http, material=wrong)

    assert "/services" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (400, "invalid_payload", SlackRefusedError, "cannot read the blocks"),
        (403, "action_prohibited", SlackRefusedError, "administrator"),
        (404, "no_service", SlackRefusedError, "removed"),
        (404, "channel_not_found", SlackRefusedError, "gone"),
        (410, "channel_is_archived", SlackRefusedError, "archived"),
        (400, "too_many_attachments", SlackRefusedError, "too_many_attachments"),
        (404, f"<html>{PATH}</html>", SlackRefusedError, "no word that Slack uses"),
        (200, "<html>a login page</html>", SlackRefusedError, "no word that Slack uses"),
        (302, "", SlackRefusedError, "302"),
        (429, "", SlackBusyError, "429"),
        (500, "rollback_error", SlackBusyError, "500"),
        (503, "", SlackBusyError, "503"),
    ],
)
async def test_what_slack_answers_decides(httpserver, http, status, body, error, words):
    httpserver.expect_request("/hook").respond_with_data(body, status=status, headers={"Retry-After": "3"})
    connection = opened("slack_webhook", {}, {"url": httpserver.url_for("/hook")})

    with pytest.raises(error, match=words) as caught:
        await run("slack_message", {"text": "x"}, http, material=connection)

    assert PATH not in str(caught.value)
    if error is SlackBusyError:
        assert caught.value.retry_after == 3


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("http://hooks.slack.com/services/x", PlainHttpError),
        ("https://169.254.169.254/services/x", BlockedAddressError),
    ],
)
async def test_the_address_is_kept_from_prying(http, url, error):
    with pytest.raises(error):
        await run("slack_message", {"text": "x"}, http, material=opened("slack_webhook", {}, {"url": url}))


@pytest.mark.parametrize("connection", ["", "فريق المبيعات", "{{ 'no such' }}"])
def test_from_a_workflow(engine, httpserver, allowed, webhook, connection):
    create_connection(
        name="فريق المبيعات", kind="slack_webhook", settings={}, secret={"url": httpserver.url_for(PATH)}
    )
    config = {"text": "طلب من {{ user.name }}", "connection": connection}
    engine.workflow({"id": "tell", "action": "slack_message", "config": config})

    execution = engine.run(engine.contact(name="<!channel> أمينة"))

    if "no such" in connection:
        assert "there is no connection 'no such'" in execution.error
        assert httpserver.log == []
        return
    assert execution.error == ""
    assert posted(httpserver)["text"] == "طلب من &lt;!channel&gt; أمينة"
    step = ActionExecution.objects.get()
    assert "s3cretpath" not in as_text([step.input, step.output, step.error, execution.outputs])


def test_without_an_answer_nothing_is_posted_again(engine, httpserver, allowed):
    def cut(request: Request) -> Response:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return Response("")

    httpserver.expect_request(PATH).respond_with_handler(cut)
    create_connection(name="s", kind="slack_webhook", settings={}, secret={"url": httpserver.url_for(PATH)})
    engine.workflow({"id": "tell", "action": "slack_message", "config": {"text": "x"}})

    execution = engine.run(engine.contact())

    assert execution.state == "failed"
    assert "NoAnswerError" in execution.error
    assert "s3cretpath" not in execution.error


@pytest.mark.parametrize(
    "config",
    [{}, {"text": " "}, {"text": "x" * 40_001}, {"text": "x", "format": "html"}, {"blocks": [{}] * 51}],
)
def test_what_a_config_may_not_be(config):
    with pytest.raises(ValidationError):
        SlackMessageConfig.model_validate(config)


def test_the_example_works():
    SlackMessageConfig.model_validate(SlackMessage.example)
    SlackMessage.Output.model_validate(SlackMessage.example_output)
