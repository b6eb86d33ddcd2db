"""Events: what happened, stored with the change that it tells of, and the durable queue that acts on it."""
