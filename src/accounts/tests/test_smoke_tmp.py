def test_me(api, alice, demo_key):
    r = api("demo.localhost", user=alice).get("/api/v1/auth/me/")
    print(r.status_code, r.json())
    assert r.status_code == 200
    r = api("demo.localhost", key=demo_key("crm:read")).get("/api/v1/auth/me/")
    print(r.status_code, r.json())
    assert r.status_code == 200
