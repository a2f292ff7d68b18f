"""IAM: the paged account overview, checked trust policies, and AWS's policies parsed once."""

from __future__ import annotations

import json
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.models import IAMBackend
from moto.iam.responses import IamResponse

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.state.managed import PARSED, managed

DEFAULT_PAGE = 100
SECTIONS = {
    "User": ("UserDetailList", "users"),
    "Group": ("GroupDetailList", "groups"),
    "Role": ("RoleDetailList", "roles"),
    "LocalManagedPolicy": ("Policies", "managed_policies"),
    "AWSManagedPolicy": ("Policies", "managed_policies"),
}
NAMES = {"iam": frozenset({"RoleName"})}
UNSEEN = (
    ("iam.*", "iam", "MalformedPolicyDocument", "Invalid principal in policy."),
)  # fmt: skip


def install() -> None:
    """Repair IAM."""
    backend: Any = IAMBackend
    response: Any = IamResponse
    parse = backend._init_aws_policies  # noqa: SLF001  (0.8 s per backend without this)

    def init_aws_policies(self: Any) -> list[Any]:  # noqa: ANN401  (moto's backend)
        if self.region_name != "aws":  # the other partitions' backends are made, but never asked
            return []
        if not PARSED.get(self.account_id):
            PARSED[self.account_id] = {policy.arn: policy for policy in parse(self)}
        found = [*PARSED[self.account_id].values()]
        for policy in found:  # nobody can change more of them than this
            policy.attachment_count = 0
        return found

    def init_managed_policies(self: Any) -> dict[str, Any]:  # noqa: ANN401  (moto's backend)
        return dict(managed(self.account_id)) if self.region_name == "aws" else {}

    backend._init_aws_policies = init_aws_policies  # noqa: SLF001
    backend._init_managed_policies = init_managed_policies  # noqa: SLF001
    response.create_role = _checking(response.create_role, "AssumeRolePolicyDocument")
    update = response.update_assume_role_policy
    response.update_assume_role_policy = _checking(update, "PolicyDocument")
    response.get_account_authorization_details = _authorization_details


def inline_size(role: Any, *, but: str) -> int:  # noqa: ANN401  (moto's role)
    """How much the inline policies of a role have in all, as IAM counts; `but` one of them."""
    kept = role.policies.items() if role is not None else ()
    return sum(len("".join(_text(text).split())) for each, text in kept if each != but)


def _text(document: Any) -> str:  # noqa: ANN401  (moto keeps a text or what it says)
    return document if isinstance(document, str) else json.dumps(document)


def _checking(method: Any, name: str) -> Any:  # noqa: ANN401  (a moto method)
    def checked(self: Any) -> Any:  # noqa: ANN401  (moto's response)
        try:
            json.loads(self._get_param(name))
        except ValueError as mistake:
            message = f"This policy contains invalid Json: {mistake}"
            raise Refused("MalformedPolicyDocument", message) from None
        return method(self)

    return checked


def _authorization_details(self: Any) -> ActionResult:  # noqa: ANN401  (moto's response)
    wanted = self._get_param("Filter") or list(SECTIONS)
    size = int(self._get_param("MaxItems") or DEFAULT_PAGE)
    start = int(self._get_param("Marker") or 0)
    found = [item for name in SECTIONS if name in wanted for item in _items(self.backend, name)]
    answer: dict[str, Any] = {key: [] for key, _ in SECTIONS.values()}
    for key, item in found[start : start + size]:
        answer[key].append(item)
    more = start + size < len(found)
    answer["IsTruncated"] = more
    if more:
        answer["Marker"] = str(start + size)
    return ActionResult(answer)


def _items(backend: Any, section: str) -> list[tuple[str, Any]]:  # noqa: ANN401  (moto's backend)
    key, attribute = SECTIONS[section]
    items = getattr(backend, attribute).values()
    if key == "Policies":
        amazon = section == "AWSManagedPolicy"
        items = [item for item in items if (":iam::aws:" in item.arn) == amazon]
    return [(key, item) for item in items]
