"""The settings by subject; ``base`` collects them."""
