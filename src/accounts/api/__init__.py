"""The API's doors (who asks, whether they may) and the endpoints for sessions, members, keys and the tenant."""
