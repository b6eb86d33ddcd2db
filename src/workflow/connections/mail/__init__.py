"""E-mail over SMTP: addresses, messages, and the session with the server."""
