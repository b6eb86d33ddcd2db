"""Routes: which tenant and channel a provider's account belongs to. In ``public``, because webhooks name no tenant."""
