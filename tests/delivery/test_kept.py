"""Secrets that specs name: who plans asks for the version, who applies reads just these."""

from __future__ import annotations

from typing import Any

import pytest

from .judged import ACCOUNT, REGION, Known, one, role

NAMED = "partners/scheme"
ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:partners/shop-AbCdEf"
WHO: dict[str, Any] = {"secrets": (NAMED, ARN)}


def may(who: str, operation: str, secret: str, **more: Any) -> bool:
    sent = one("secretsmanager", operation, Known(), SecretId=secret)
    assert sent.questions
    return not role(who, **more).refused(sent.questions)


@pytest.mark.parametrize("secret", [NAMED, ARN])
def test_a_secret_that_is_named_is_looked_at_by_both_and_read_by_one(secret: str) -> None:
    assert may("plan", "DescribeSecret", secret, **WHO)
    assert may("apply", "DescribeSecret", secret, **WHO)
    assert may("apply", "GetSecretValue", secret, **WHO)
    assert not may("plan", "GetSecretValue", secret, **WHO)


@pytest.mark.parametrize("secret", ["partners/scheme-2", "partners/other", "events!connection/x/1"])
def test_no_other_secret_is(secret: str) -> None:
    for who in ("plan", "apply"):
        for operation in ("DescribeSecret", "GetSecretValue"):
            assert not may(who, operation, secret, **WHO)
            assert not may(who, operation, NAMED)


def test_a_name_is_no_pattern() -> None:
    """What a spec may say as a name has no star, so it stands for one secret."""
    from tests.kinds.test_pulls import rest
    from tests.kinds.world import spec_of

    for name in ("*", "partners/*", "a?", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:*"):
        text = rest(auth=f"{{apiKey: {{header: A, secretName: '{name}'}}}}")
        assert spec_of("DataSource", text)[0] is None
