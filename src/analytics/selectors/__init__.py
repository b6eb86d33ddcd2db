"""Reads: figures counted, measured, and the rows behind them."""
