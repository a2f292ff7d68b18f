"""Rules of a security group as a part: each is authorised and revoked by a call.

EC2 merges the sources of rules with the same ports; CloudFormation has one rule for each source,
and so have specs. What comes is authorised before what goes is revoked, so that nothing that stays
allowed is cut for a moment. Source: EC2 API reference, AuthorizeSecurityGroupIngress and others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.value import Json, Props, canonical
from reconciler.resources.parts import Reader, Request
from reconciler.resources.whole import Whole

ALL = "-1"
PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "all": ALL}
EVERYWHERE: Props = {"IpProtocol": ALL, "CidrIp": "0.0.0.0/0"}
"""What a new group lets out, until that is revoked (CreateSecurityGroup)."""
ITSELF = "AllowsItself"
"""A property of ours: the id of the group, where its members reach each other by TCP."""
OWN: Props = {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535}
WAYS = {"SecurityGroupIngress": "IpPermissions", "SecurityGroupEgress": "IpPermissionsEgress"}
_SOURCES = (
    ("IpRanges", "CidrIp", ("CidrIp",)),
    ("Ipv6Ranges", "CidrIpv6", ("CidrIpv6",)),
    ("PrefixListIds", "PrefixListId", ("SourcePrefixListId", "DestinationPrefixListId")),
    ("UserIdGroupPairs", "GroupId", ("SourceSecurityGroupId", "DestinationSecurityGroupId")),
)
"""EC2's list, the member of an item, and what rules in and out call it."""


def flat(permissions: Json, *, out: bool) -> list[Props]:
    """EC2's merged permissions as rules with one source each."""
    found: list[Props] = []
    for each in permissions or ():
        base: dict[str, Json] = {"IpProtocol": _protocol(each.get("IpProtocol"))}
        if base["IpProtocol"] != ALL:
            base |= {name: each[name] for name in ("FromPort", "ToPort") if name in each}
        for many, member, names in _SOURCES:
            for item in each.get(many) or ():
                rule: dict[str, Json] = {**base, names[-1] if out else names[0]: item.get(member)}
                if item.get("Description"):
                    rule["Description"] = item["Description"]
                found.append(rule)
    return found


def plain(rule: Props) -> Props:
    """A rule as AWS keeps it: names of protocols, no ports where all are meant."""
    found = {key: item for key, item in rule.items() if item not in (None, "")}
    found["IpProtocol"] = _protocol(rule.get("IpProtocol"))
    if found["IpProtocol"] == ALL:
        found.pop("FromPort", None)
        found.pop("ToPort", None)
    found.pop("SourceSecurityGroupOwnerId", None)  # the account's own where none is given
    return found


def _protocol(value: Json) -> str:
    text = str(value).lower()
    return PROTOCOLS.get(text, text)


def _permission(rule: Props) -> Props:
    """A rule in the form of a request."""
    found = {key: rule[key] for key in ("IpProtocol", "FromPort", "ToPort") if key in rule}
    for many, member, names in _SOURCES:
        for name in names:
            if name in rule:
                item = {member: rule[name]}
                if rule.get("Description"):
                    item["Description"] = rule["Description"]
                found[many] = [item]
    return found


def _key(rule: Props) -> bytes:
    return canonical({key: item for key, item in rule.items() if key != "Description"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules in or out. `new` is what a group has that was just made."""

    prop: str
    word: str
    new: tuple[Props, ...] = ()
    last: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """None of its own: the description of a group has them."""
        return ()

    @property
    def wholes(self) -> Mapping[str, Whole]:
        """See `reads`."""
        return {}

    @property
    def writes(self) -> tuple[str, ...]:
        """The client methods that change it."""
        return (
            f"authorize_security_group_{self.word}",
            f"revoke_security_group_{self.word}",
            f"update_security_group_rule_descriptions_{self.word}",
        )

    def read(self, reader: Reader, key: Props) -> Json:
        """Nothing that the description of the group lacks."""
        del reader, key

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        """What comes, what is said of what stays, and what goes."""
        have = {_key(it): it for it in map(plain, self.new if before is None else before)}
        want = {_key(it): it for it in map(plain, after or ())}
        new = [want[each] for each in sorted(want.keys() - have.keys())]
        same = sorted(want.keys() & have.keys())
        told = [want[it] for it in same if _said(want[it]) != _said(have[it])]
        gone = [have[each] for each in sorted(have.keys() - want.keys())]
        for method, rules in zip(self.writes, (new, gone, told), strict=True):
            if rules:
                yield Request(method, {"IpPermissions": [_permission(each) for each in rules]})


def _said(rule: Props) -> Json:
    return rule.get("Description") or ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Itself:
    """That the members of a group reach each other, which no document of it can say."""

    prop: str = ITSELF
    last: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """None of its own: the description of a group has it."""
        return ()

    @property
    def wholes(self) -> Mapping[str, Whole]:
        """See `reads`."""
        return {}

    @property
    def writes(self) -> tuple[str, ...]:
        """The client methods that change it."""
        return ("authorize_security_group_ingress", "revoke_security_group_ingress")

    def read(self, reader: Reader, key: Props) -> Json:
        """Nothing that the description of the group lacks."""
        del reader, key

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        """One rule: it comes, or it goes."""
        for method, group in zip(self.writes, (after, before), strict=True):
            if group and before != after:
                yield Request(
                    method, {"IpPermissions": [{**OWN, "UserIdGroupPairs": [{"GroupId": group}]}]}
                )
