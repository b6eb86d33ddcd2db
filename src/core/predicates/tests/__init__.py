"""Tests of the predicate grammar."""
