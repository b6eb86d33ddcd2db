"""The gates of ``./wasl check`` that are ours: each a pure function over files."""
