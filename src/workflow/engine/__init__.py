"""The engine: matching events, running steps, waiting and going on. It knows no domain."""
