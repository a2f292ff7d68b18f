"""Secrets that nobody has: put together here, so that no scanner mistakes them for real ones."""

from __future__ import annotations

MIXED = "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW3xY5z"
_PRIVATE = "PRIVATE KEY-----"
_SIGNATURE = "8f14e45fceea167a" * 4
_KEY = "AKIA" + "Q3EGQ4XEXAMPLE42"
TOKENS = {
    "AWS access key id": _KEY,
    "temporary access key id": "ASIA" + "Q3EGQ4XEXAMPLE42",
    "AWS secret access key": "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY",
    "AWS session token": "IQoJb3JpZ2luX2Vj" + MIXED * 3,
    "private key": "\\n".join(
        (f"-----BEGIN RSA {_PRIVATE}", "MIIEpAIBAAKCAQEA", f"-----END RSA {_PRIVATE}")
    ),
    "JSON web token": "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NSJ9." + MIXED,
    "GitHub token": "ghp_" + MIXED + "aB",
    "GitHub fine-grained token": "github_pat_" + MIXED,
    "GitLab token": "glpat-" + MIXED[:20],
    "Slack token": "xoxb-" + "123456789012-" + MIXED,
    "Slack hook": "https://hooks.slack.com/services/" + "T0AAAAAAA/B0AAAAAAA/" + MIXED,
    "Hugging Face token": "hf_" + MIXED,
    "signed address": f"https://b.s3.amazonaws.com/k?X-Amz-Algorithm=x&X-Amz-Signature={_SIGNATURE}",
    "authorization header": "Authorization: Bearer " + MIXED,
    "signed request": "Authorization: AWS4-HMAC-SHA256 "
    f"Credential={_KEY}/20260101/eu-west-1/s3/aws4_request, Signature={_SIGNATURE}",
    "password in an address": "https://admin:" + MIXED + "@h",
}
"""By what they are. Each is the whole text that must not come out."""
