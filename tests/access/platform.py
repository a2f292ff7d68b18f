"""A compiled platform as AWS would have it, and what it answers to each call of its workloads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from reconciler.access.caller import demanded
from reconciler.access.calls import asked
from reconciler.access.decide import decide
from reconciler.access.model import Asked, Decision, Guard, Named, Policies
from reconciler.access.workloads import Site, Thing, Work, works
from reconciler.model.graph import Node
from reconciler.model.value import JsonText, Ref, resolve

ANYTHING = Named("admin", {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
OPEN = Named("open", {"Statement": {"Effect": "Allow", "Action": "*", "Principal": "*",
                                    "Resource": "*"}})  # fmt: skip
"""AWS's own image repositories and registries let everybody pull."""


def plain(value: Any) -> Any:
    """Properties as JSON: no documents within texts."""
    if isinstance(value, JsonText):
        return plain(value.document)
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    return [plain(each) for each in value] if isinstance(value, list | tuple) else value


@dataclass
class Platform:
    """Nodes of a graph, or changed copies of them."""

    nodes: tuple[Node, ...]
    account: str
    region: str = "eu-west-1"
    changed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Properties by a resource's name, over those of the nodes."""

    # -- the world, as `reconciler.access.request.World` asks

    def tags(self, _arn: str) -> Mapping[str, str]:
        return {}

    def owner(self, _arn: str) -> str:
        return self.account

    def key(self, name: str, _region: str, _account: str) -> str:
        return next((self.arn("Key", it.name) for it in self.site.of("Key") if it.name in name), "")

    def aliases(self, key: str) -> Iterable[str]:
        return [f"alias/{it.name}" for it in self.site.of("Key") if self.arn("Key", it.name) == key]

    def role(self, name: str, account: str) -> str:
        return f"arn:aws:iam::{account}:role/{name}"

    def boundary(self, _role: str) -> str:
        return ""

    def workgroup(self, query: str) -> str:
        return query  # queries are called like the workgroup that they run in

    def version(self, _arn: str) -> Mapping[str, Any]:
        return {}

    def encryption(self, arn: str) -> str:
        kind, name = arn.split(":")[2], arn.split(":", 5)[5].split("/")
        for thing in self.site.things:
            if kind == "s3" and thing.type.endswith("::Bucket") and thing.name == name[0]:
                (rule,) = thing.props["BucketEncryption"]["ServerSideEncryptionConfiguration"]
                return rule["ServerSideEncryptionByDefault"].get("KMSMasterKeyID", "")
            if kind == "sns" and thing.type.endswith("::Topic") and thing.name == name[0]:
                return thing.props.get("KmsMasterKeyId") or ""
            if thing.type.endswith("::FeatureGroup") and thing.name == name[-1]:
                store = thing.props["OnlineStoreConfig"]
                return (store.get("SecurityConfig") or {}).get("KmsKeyId") or ""
        return ""

    # -- the resources

    @cached_property
    def site(self) -> Site:
        things = tuple(
            Thing(
                node.address.type,
                node.address.name,
                {
                    **plain(resolve(node.props, self._output)),
                    **self.changed.get(node.address.name, {}),
                },
            )
            for node in self.nodes
        )
        return Site(self.region, self.account, "aws", things)

    def _output(self, ref: Ref) -> str:
        short = ref.target.type.rsplit("::", 1)[1]
        return self.arn(short, ref.target.name) if ref.output.endswith("Arn") else ref.target.name

    def arn(self, short: str, name: str) -> str:
        form = _ARNS.get(short) or f"{short.lower().replace('topic', 'sns')}:{{at}}:{{name}}"
        at = f"{self.region}:{self.account}"
        return "arn:aws:" + form.format(at=at, account=self.account, name=name, id=_id(name))

    # -- the answers

    @cached_property
    def works(self) -> tuple[Work, ...]:
        return tuple(works(self.site))

    def questions(self, work: Work) -> Iterator[Asked]:
        """Everything that IAM is asked for a call; nothing where its role does not mean to."""
        own = asked(work.call, self)
        shown = asked(work.meant, self) if work.meant else ()
        if not all(decide(it, self.policies(it)).allowed for it in shown):
            return
        yield from own
        yield from demanded(work.call, self)
        for action in work.besides:
            said = work.call.context
            yield Asked(action, work.at, work.call.principal, self.account, self.account, said)

    @cached_property
    def answers(self) -> tuple[tuple[Work, Asked, Decision], ...]:
        """Every question with the work that puts it, and what IAM says."""
        return tuple(self._answers())

    def _answers(self) -> Iterator[tuple[Work, Asked, Decision]]:
        for work in self.works:
            for it in self.questions(work):
                yield work, it, decide(it, self.policies(it))

    def refused(self) -> list[str]:
        """What the platform's own roles and policies do not let its workloads do."""
        return sorted({*_refused(self.answers)})

    def refuses(self, said: str) -> bool:
        """Whether a refusal says so; no more is asked than that takes."""
        return any(said in each for each in _refused(self._answers()))

    def needed(self) -> set[tuple[str, str]]:
        """Statements of roles with each action that would be missed in them.

        That is one without which a call is refused: no other statement allows it.
        """
        found = set()
        for work, it, decision in self.answers:
            own = [label for label in decision.by if label.startswith(f"{work.by}#")]
            found |= {(own[0], it.action)} if decision.allowed and len(own) == 1 else set()
        return found

    def given(self) -> set[tuple[str, str]]:
        """Statements of the workloads' roles, with each action in them."""
        return {
            (f"{role.name}#{index}", action)
            for role in self.workers()
            for index, statement in enumerate(_inline(role))
            for action in statement["Action"]
        }

    def workers(self) -> list[Thing]:
        """The roles that kinds compile for workloads."""
        owned = {node.address.name for node in self.nodes
                 if node.origin and not node.origin.spec.startswith("Security/")}  # fmt: skip
        return [role for role in self.site.of("Role") if role.name in owned]

    def policies(self, it: Asked) -> Policies:
        guard = {"sts": Guard.TRUST, "kms": Guard.KEY}.get(it.action.split(":")[0], Guard.RESOURCE)
        return Policies(self._identity(it), None, self._resource(it), guard)

    def _identity(self, it: Asked) -> tuple[Named, ...]:
        if it.account and it.account != self.account:
            return (ANYTHING,)
        name = it.principal.split("/")[1] if ":assumed-role/" in it.principal else ""
        own = self._of_roles.get(name)
        return (own,) if own else ()

    @cached_property
    def _of_roles(self) -> dict[str, Named]:
        """By role: a `Named` is read once, and that is most of the work."""
        return {
            role.name: Named(role.name, {"Version": "2012-10-17", "Statement": [*_inline(role)]})
            for role in self.site.of("Role")
            if role.props["Policies"]
        }

    @cached_property
    def _at_resources(self) -> dict[str, Named | None]:
        return {}

    def _is(self, thing: Thing, short: str, arn: str, rest: str) -> bool:
        if short == "ModelPackageGroup" and rest.startswith(f"model-package/{thing.name}/"):
            return True
        own = self.arn(short, thing.name)
        return arn == own or (short == "Bucket" and arn.startswith(f"{own}/"))

    def _resource(self, it: Asked) -> Named | None:
        if it.resource == "*":
            return None
        kind, rest = it.resource.split(":")[2], it.resource.split(":", 5)[5]
        if kind == "ecr":
            return OPEN if it.owner != self.account else None
        for thing in self.site.things:
            short = thing.type.rsplit("::", 1)[1]
            if (kind, short) in _POLICY and self._is(thing, short, it.resource, rest):
                return self._at(thing, _POLICY[kind, short])
        return None

    def _at(self, thing: Thing, policy: str) -> Named | None:
        own = f"{thing.type}/{thing.name}"
        if own not in self._at_resources:
            document = thing.props.get(policy)
            self._at_resources[own] = Named(thing.name, document) if document else None
        return self._at_resources[own]


_ARNS = {
    "Pipeline": "sagemaker:{at}:pipeline/{name}",
    "Application": "emr-serverless:{at}:/applications/{name}",
    "Bucket": "s3:::{name}",
    "Connection": "events:{at}:connection/{name}/{id}",
    "Function": "lambda:{at}:function:{name}",
    "Key": "kms:{at}:key/{id}",
    "ModelPackageGroup": "sagemaker:{at}:model-package-group/{name}",
    "Queue": "sqs:{at}:{name}",
    "Role": "iam::{account}:role/{name}",
    "StateMachine": "states:{at}:stateMachine:{name}",
    "Table": "dynamodb:{at}:table/{name}",
    "Stream": "kinesis:{at}:stream/{name}",
}


def _id(name: str) -> str:
    """What AWS would make up."""
    return str(uuid5(NAMESPACE_URL, name))


_POLICY = {
    ("s3", "Bucket"): "BucketPolicy",
    ("kms", "Key"): "KeyPolicy",
    ("sns", "Topic"): "TopicPolicy",
    ("iam", "Role"): "AssumeRolePolicyDocument",
    ("sagemaker", "ModelPackageGroup"): "ModelPackageGroupPolicy",
}


def _refused(answers: Iterable[tuple[Work, Asked, Decision]]) -> Iterator[str]:
    for work, it, decision in answers:
        if not decision.allowed:
            yield f"{work.by}: {it.action} on {it.resource}: {decision.why}"


def _inline(role: Thing) -> Iterator[Mapping[str, Any]]:
    for policy in role.props["Policies"]:
        yield from policy["PolicyDocument"]["Statement"]
