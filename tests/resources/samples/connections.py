"""What calls to other people's interfaces are signed with."""

from __future__ import annotations

from reconciler.model.address import Address
from reconciler.model.value import Hidden

from .sample import Props, Sample

TYPE, NAME = "AWS::Events::Connection", "acme-test-chargebacks"
VALUE = ("AuthParameters", "ApiKeyAuthParameters", "ApiKeyValue")


def api_key(header: str, **plain: str) -> Props:
    key = {"ApiKeyName": header, "ApiKeyValue": Hidden(Address(TYPE, NAME), VALUE, "k-e-y")}
    headers = [{"Key": k, "Value": v, "IsValueSecret": False} for k, v in plain.items()]
    return {
        "AuthorizationType": "API_KEY",
        "AuthParameters": {
            "ApiKeyAuthParameters": key,
            "InvocationHttpParameters": {"HeaderParameters": headers},
        },
    }


connection = Sample(
    TYPE,
    NAME,
    minimal=api_key("X-Api-Key"),
    full={"Description": "Pulls chargebacks.", **api_key("X-Api-Key", Accept="text/json")},
    edits=(
        {"Description": "Pulls them."},
        api_key("X-Key", Accept="text/json"),
        api_key("X-Api-Key", Accept="application/json"),
    ),
)
