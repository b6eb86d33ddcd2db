"""The kinds of jobs: work on many contacts, executions or events, done in the background in small batches."""
