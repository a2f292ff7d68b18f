"""What calls of a pull are signed with, by reference to a secret."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Choice, Maybe, Section
from reconciler.kinds.terms.credential import Credential, Member, SecretName

Word = Annotated[str, Field(min_length=1, max_length=512)]
TLS = "an HTTP task presents no client certificate"


class ApiKey(Credential):
    """A key in a header."""

    header: str = Field(examples=["X-Api-Key"])
    """The header that it stands in."""


class Basic(Credential):
    """A user's name and a password."""

    username: Annotated[str, Field(pattern=r"^[^\x00-\x1f:\x7f]{1,512}$")]
    """The user's name, which is no secret."""


class OAuth(Credential):
    """A client's credentials for a token (OAuth 2.0, client credentials)."""

    endpoint: str = Field(examples=["https://login.partner.example/oauth/token"])
    """Where tokens are given out."""
    client_id: Annotated[str, Field(pattern=r"^[^\x00-\x1f:\x7f]{1,512}$")]
    """The client's id, which is no secret."""
    method: Literal["get", "post", "put"] = "post"
    """How a token is asked for."""
    body: dict[str, Word] = Field(default_factory=dict)
    """What else goes with it, in the body: ``{grant_type: client_credentials}``."""


class MutualTls(Section):
    """A certificate and its key, in a secret that holds a JSON object with both."""

    secret_name: SecretName
    """The secret in Secrets Manager, by its name or ARN."""
    certificate: Member = "certificate"
    """The member with the certificate and its chain, in PEM."""
    key: Member = "key"
    """The member with its key, in PEM, not encrypted."""


class Auth(Choice):
    """What calls are signed with: exactly one of these."""

    api_key: Maybe[ApiKey] = None
    """A key in a header, such as ``Authorization`` for a bearer token."""
    basic: Maybe[Basic] = None
    """A name and a password (HTTP basic)."""
    oauth: Maybe[OAuth] = None
    """A token that EventBridge, or the function, fetches and renews."""
    mutual_tls: Maybe[MutualTls] = None
    """A certificate of a client. A function presents it, an HTTP task cannot: it needs
    ``land: {by: lambda}``."""

    @property
    def secret_name(self) -> str:
        """The name or ARN of the secret, whichever it is."""
        return self.mutual_tls.secret_name if self.mutual_tls else self.credential.secret_name

    @property
    def credential(self) -> Credential:
        """Whichever it is.

        Raises:
            ValueError: it is a certificate.
        """
        found = self.api_key or self.basic or self.oauth
        if found is None:
            raise ValueError(TLS)
        return found
