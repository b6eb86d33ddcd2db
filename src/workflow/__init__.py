"""The automation engine: what starts, what is decided, what is done, and the proof of it."""
