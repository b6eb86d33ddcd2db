"""Retry policies: counting, growth, bounds and a jitter that anyone can recompute."""

import pytest
from pydantic import ValidationError

from core.retry import RetryPolicy


def test_attempts_count_the_first_one():
    policy = RetryPolicy(attempts=3)
    assert [policy.allows(attempt) for attempt in (1, 2, 3, 4)] == [True, True, False, False]
    assert not RetryPolicy(attempts=1).allows(1)


def test_waits_grow_to_their_bound():
    policy = RetryPolicy(backoff_s=2, multiplier=3, max_backoff_s=50, jitter=0)
    assert [policy.delay(attempt) for attempt in (1, 2, 3, 4, 100, 10**9)] == [2, 6, 18, 50, 50, 50]


def test_jitter_is_deterministic_spread_and_bounded():
    policy = RetryPolicy(backoff_s=10, multiplier=1, max_backoff_s=11, jitter=0.5)
    waits = [policy.delay(1, key=f"execution-{number}") for number in range(500)]
    assert waits == [policy.delay(1, key=f"execution-{number}") for number in range(500)]
    assert all(5 <= wait <= 11 for wait in waits)
    assert min(waits) < 5.5
    assert max(waits) == 11
    assert len(set(waits)) > 250
    assert len({RetryPolicy(multiplier=1).delay(attempt, key="a") for attempt in range(1, 9)}) == 8


def test_full_jitter_never_waits_less_than_nothing():
    policy = RetryPolicy(backoff_s=1, jitter=1)
    assert all(0 <= policy.delay(1, key=str(number)) < 2 for number in range(200))


def test_named_errors_are_not_retried():
    policy = RetryPolicy(non_retryable=("BlockedAddressError", "131047"))
    assert not policy.retries("SendRefusedError", "131047")
    assert policy.retries("ConnectFailedError", "130429")


def test_policies_are_data():
    policy = RetryPolicy(attempts=5, non_retryable=("x",))
    assert RetryPolicy.model_validate_json(policy.model_dump_json()) == policy
    assert hash(policy) == hash(RetryPolicy(attempts=5, non_retryable=("x",)))
    with pytest.raises(ValidationError):
        policy.attempts = 9


@pytest.mark.parametrize(
    "bad",
    [
        {"attempts": 0},
        {"jitter": 1.1},
        {"multiplier": 0.5},
        {"backoff_s": -1},
        {"retries": 3},
        {"attempts": 101},
    ],
)
def test_nonsense_is_refused(bad):
    with pytest.raises(ValidationError):
        RetryPolicy(**bad)
