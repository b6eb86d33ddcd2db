"""Time in the inbox: conversations that wait for somebody, and the timers that ring when they have waited for long enough."""
