"""Mail to people about their accounts: its words, its letters, and the handler that sends it."""
