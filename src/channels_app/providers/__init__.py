"""The messaging providers: one folder each, behind the interface in ``base``."""
