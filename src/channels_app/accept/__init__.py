"""The accept route: webhooks in, outside the middleware stack; verified, cut up, committed, acknowledged."""
