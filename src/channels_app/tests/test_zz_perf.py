import time
from django.db import connection
from accounts.services.keys import issue_api_key
from tenants.models import Tenant
from tenants.scope import tenant_scope
from channels_app.models import Conversation

SQL = """
INSERT INTO crm_contact (id, name, phone, email, language, timezone, custom, search)
SELECT gen_random_uuid(), 'زبون ' || n, '+2135' || lpad(n::text, 8, '0'), '', '', '', '{}', 'زبون ' || n || ' +2135' || lpad(n::text, 8, '0') FROM generate_series(1, 50000) n;
INSERT INTO channels_app_conversation (id, channel_id, contact_id, recipient, status, control, last_seq, last_in_seq, last_message_at, last_inbound_at, created_at, assignee_id)
SELECT gen_random_uuid(), (SELECT id FROM channels_app_channel WHERE provider='whatsapp'), id, phone, CASE WHEN random() < 0.3 THEN 'closed' ELSE 'open' END, 'bot', 10, 9, now() - random() * interval '90 days', now(), now(), NULL FROM crm_contact;
INSERT INTO channels_app_message (id, conversation_id, channel_id, seq, direction, type, text, search, data, reply_to, author, state, error, sent_at)
SELECT gen_random_uuid(), c.id, c.channel_id, n, CASE WHEN n % 2 = 0 THEN 'out' ELSE 'in' END, 'text', t, t, '{}', '', 'contact', '', '', now()
FROM channels_app_conversation c, generate_series(1, 10) n, LATERAL (SELECT 'هل عندكم كود تخفيف رقم ' || (random()*20000)::int || ' سلعه ' || md5(random()::text || c.id) AS t) x;
"""

def test_perf(shop, api):
    key = issue_api_key(tenant=Tenant.objects.get(slug="demo"), name="t", scopes=["inbox:write"]).secret
    client = api("demo.localhost", key=key)
    with tenant_scope(shop.demo):
        t = time.time()
        with connection.cursor() as c:
            c.execute(SQL)
        print("\nfilled", round(time.time() - t, 1))
    from django.db import connections
    with connections["owner"].cursor() as c:
        c.execute("ANALYZE t_demo.channels_app_message, t_demo.channels_app_conversation, t_demo.crm_contact")
    url = "/api/v1/inbox/conversations/"
    def go(name, path, **q):
        times = []
        for _ in range(4):
            t = time.time(); r = client.get(url + path, q); times.append((time.time() - t) * 1000)
        body = r.json()
        n = len(body["results"]) if "results" in body else {k: v for k, v in body.items() if k != "views"}
        print(f"{name:34s} {min(times):7.0f} ms  {n}")
        return body
    page = go("first page", "")
    go("open, pending", "", status=["open", "pending"])
    go("unassigned open", "", status="open", assignee="none")
    go("mine", "", assignee="me")
    go("unread", "", unread="true", status="open")
    go("read", "", unread="false", status="open")
    go("search word rare", "", search="كود 12345")
    go("search word common", "", search="كود")
    go("search name", "", search="زبون 4321")
    go("search phone", "", search="0500004321")
    go("search nothing", "", search="zzzzqq")
    go("label none", "", label="01900000-0000-7000-8000-000000000000")
    cursor = page["next"]
    for _ in range(30):
        cursor = client.get(url, {"cursor": cursor, "limit": 100}).json()["next"]
    go("page 60", "", cursor=cursor)
    go("counts", "counts/")
    rev = go("changes start", "changes/")["revision"]
    with tenant_scope(shop.demo):
        Conversation.objects.filter(id=page["results"][3]["id"]).update(status="pending")
    go("changes", "changes/", since=rev)
    conv = page["results"][0]["id"]
    go("messages", f"{conv}/messages/")
    go("messages changed", f"{conv}/messages/", after_revision=rev)
