"""Sign plans with a key in AWS KMS, and check such signatures.

The key is asymmetric (ECC_NIST_P256, SIGN_VERIFY) and signs the digest itself:
https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html
"""

from __future__ import annotations

from reconciler.aws.errors import Rejected
from reconciler.aws.session import Session
from reconciler.planfile.signature import KMS, Signature, encoded

_INVALID = "KMSInvalidSignatureException"


def sign(session: Session, digest: str, key: str) -> Signature:
    """The signature of a digest (hexadecimal) by a key, named by its alias or ARN.

    Raises:
        AwsError: the key is not there, cannot sign, or may not be used.
    """
    answer = session.send("kms", "sign", _params(digest, key), subject=key)
    return Signature(KMS, encoded(answer["Signature"]), key)


def verify(session: Session, digest: str, key: str, signature: bytes) -> bool:
    """Whether a key made a signature.

    Raises:
        AwsError: AWS did not say.
    """
    params = {**_params(digest, key), "Signature": signature}
    try:
        answer = session.send("kms", "verify", params, subject=key)
    except Rejected as error:
        if error.code == _INVALID:
            return False
        raise
    return bool(answer["SignatureValid"])


def _params(digest: str, key: str) -> dict[str, object]:
    return {
        "KeyId": key,
        "Message": bytes.fromhex(digest),
        "MessageType": "DIGEST",
        "SigningAlgorithm": KMS,
    }
