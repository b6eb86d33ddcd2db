"""Settings: ``local`` for development, ``test`` for the suite, ``production`` for servers."""
