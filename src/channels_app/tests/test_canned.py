"""Canned replies: one's own or shared, checked when saved, filled in for a contact."""

from __future__ import annotations

import pytest

from channels_app.models import CannedReply

URL = "/api/v1/inbox/canned-replies/"

pytestmark = pytest.mark.usefixtures("inside")


def make(client, shortcut: str = "livraison", content: str = "سلام {{ user.first_name }}", **more) -> dict:
    response = client.post(URL, {"shortcut": shortcut, "title": "التوصيل", "content": content, **more})
    assert response.status_code == 201, response.json()
    return response.json()


def test_one_s_own_or_everybodys(alices, bobs):
    own, shared = make(bobs), make(alices, shared=True)
    assert (own["shared"], shared["shared"]) == (False, True)
    assert [row["id"] for row in alices.get(URL).json()] == [shared["id"]]
    assert {row["id"] for row in bobs.get(URL).json()} == {own["id"], shared["id"]}
    at = f"{URL}{own['id']}/"
    assert alices.get(at).status_code == 404
    assert alices.patch(at, {"content": "x"}).status_code == 404
    assert alices.post(f"{at}render/", {"conversation_id": own["id"]}).status_code == 404
    assert alices.delete(at).status_code == 404
    assert CannedReply.objects.count() == 2


def test_a_shortcut_is_taken_once_whatever_its_case(bobs, alices):
    make(bobs, "Prix")
    make(alices, "prix")
    response = bobs.post(URL, {"shortcut": "/PRIX", "content": "x"})
    assert "shortcut" in response.json()["error"]["fields"]
    shared = make(bobs, "stock", shared=True)
    assert alices.post(URL, {"shortcut": "stock", "content": "x", "shared": True}).status_code == 400
    assert bobs.patch(f"{URL}{shared['id']}/", {"shared": False}).json()["shared"] is False


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"shortcut": "two words", "content": "x"}, "shortcut"),
        ({"shortcut": "/", "content": "x"}, "shortcut"),
        ({"shortcut": "x", "content": "{{ user.name"}, "content"),
        ({"shortcut": "x", "content": "{% if %}"}, "content"),
        ({"shortcut": "x", "content": " "}, "content"),
    ],
)
def test_what_cannot_be_filled_in_is_not_saved(bobs, body, field):
    response = bobs.post(URL, body)
    assert response.status_code == 400
    assert field in response.json()["error"]["fields"]
    assert not CannedReply.objects.exists()


def test_found_by_the_start_of_the_shortcut_or_by_words(bobs):
    make(bobs, "توصيل", "التّوصيل إلى وهران")
    make(bobs, "prix", "السعر ٥٠٠٠ دج")

    def found(term: str) -> list[str]:
        return [row["shortcut"] for row in bobs.get(URL, {"search": term}).json()]

    assert found("/pr") == ["prix"]
    assert found("/PR") == ["prix"]
    assert found("/توص") == ["توصيل"]
    assert found("وهران التوصيل") == ["توصيل"]
    assert found("5000") == ["prix"]
    assert found("/zzz") == []


def test_filled_in_with_the_contacts_values(bobs, conversation):
    content = "مرحبا {{ user.name }} على {{ conversation.channel }}، معك {{ tenant.name }}"
    made = make(bobs, content=content)
    at = f"{URL}{made['id']}/render/"
    answer = bobs.post(at, {"conversation_id": str(conversation.id)})
    assert answer.json() == {"text": "مرحبا أمينة على واتساب المتجر، معك متجر الجزائر"}
    assert bobs.post(at, {"conversation_id": made["id"]}).status_code == 400


def test_list_within_budget(bobs, django_assert_max_num_queries):
    for n in range(5):
        make(bobs, f"r{n}")
    with django_assert_max_num_queries(4):
        assert len(bobs.get(URL).json()) == 5


def test_needs_the_scope(api, demo_key):
    reader = api("demo.localhost", key=demo_key("inbox:read"))
    assert reader.post(URL, {"shortcut": "x", "content": "x"}).status_code == 403
    assert not CannedReply.objects.exists()
