"""Channels, conversations, messages, and the providers behind them."""
