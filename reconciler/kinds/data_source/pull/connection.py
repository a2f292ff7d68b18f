"""What calls of a pull are signed with: an EventBridge connection.

AWS keeps a copy of the credential in a secret of its own, which an HTTP task reads with the
machine's role. Source: EventBridge user guide, "Connections for API targets".
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Scope
from reconciler.kinds.data_source.pull.auth import Auth
from reconciler.kinds.data_source.pull.spec import Pull
from reconciler.kinds.terms.credential import secret
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.secret import Secret
from reconciler.model.value import Json, Path, Props

TYPE = "AWS::Events::Connection"
_HTTP = ("HeaderParameters", "QueryStringParameters", "BodyParameters")


def connection(pull: Pull, scope: Scope, at: Path) -> Iterator[Node]:
    """The connection; nothing while its secret is not there."""
    auth, where = pull.auth, (*at, "auth")
    found = secret(auth.credential, scope)
    if found is None:
        return
    type_, parameters, value = _parameters(auth, found)
    yield scope.node(
        scope.address(TYPE),
        {
            "Description": f"{scope.kind} {scope.name}",
            "AuthorizationType": type_,
            "AuthParameters": {
                **parameters,
                "InvocationHttpParameters": {name: [] for name in _HTTP},
            },
        },
        lines={
            ("AuthParameters",): where,
            ("AuthParameters", *value): (*where, _said(auth), "secretName"),
            ("AuthorizationType",): where,
        },
    )


def kept(connection: Address, scope: Scope) -> Json:
    """The pattern of the secret in which EventBridge keeps a connection's credential.

    Behind the connection's name is an id that is another one after a while.
    """
    return scope.arn("secretsmanager", f"secret:events!connection/{connection.name}/*")


def _said(auth: Auth) -> str:
    return "apiKey" if auth.api_key else "basic" if auth.basic else "oauth"


def _parameters(auth: Auth, found: Secret) -> tuple[str, Props, Path]:
    """The type of authorization, its parameters, and where in them the credential is."""
    if key := auth.api_key:
        inside: dict[str, Json] = {"ApiKeyName": key.header, "ApiKeyValue": found}
        return "API_KEY", {"ApiKeyAuthParameters": inside}, ("ApiKeyAuthParameters", "ApiKeyValue")
    if user := auth.basic:
        inside = {"Username": user.username, "Password": found}
        return "BASIC", {"BasicAuthParameters": inside}, ("BasicAuthParameters", "Password")
    oauth = auth.oauth
    if oauth is None:
        raise TypeError(auth)
    body = [{"Key": k, "Value": v, "IsValueSecret": False} for k, v in sorted(oauth.body.items())]
    inside = {
        "ClientParameters": {"ClientID": oauth.client_id, "ClientSecret": found},
        "AuthorizationEndpoint": oauth.endpoint,
        "HttpMethod": oauth.method.upper(),
        "OAuthHttpParameters": {
            "HeaderParameters": [],
            "QueryStringParameters": [],
            "BodyParameters": body,
        },
    }
    path = ("OAuthParameters", "ClientParameters", "ClientSecret")
    return "OAUTH_CLIENT_CREDENTIALS", {"OAuthParameters": inside}, path
