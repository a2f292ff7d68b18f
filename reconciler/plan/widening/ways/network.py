"""Rules of security groups and network access lists: who may reach it, and what it may reach.

A rule lies within another where protocol, ports and addresses do. Source: the properties of
AWS::EC2::SecurityGroup and AWS::EC2::NetworkAclEntry in CloudFormation's documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network

from reconciler.model.loss import Loss
from reconciler.model.value import Json, Path, Props
from reconciler.plan.widening.turn import Turn, access, listed, pairs

RULES = frozenset({"IpPermissions", "SecurityGroupEgress", "SecurityGroupIngress"})
ALONE = frozenset(
    {"AWS::EC2::NetworkAclEntry", "AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress"}
)
"""Types that are one rule."""
RANGES = frozenset({"PublicAccessCidrs"})
"""Lists of address ranges that are let in."""
GROUPS = frozenset({"SecurityGroupIds", "VPCSecurityGroups", "VpcSecurityGroupIds"})
_ADDRESSES = ("CidrBlock", "CidrIp", "CidrIpv6", "Ipv6CidrBlock")
NAMES = RULES | RANGES | frozenset(_ADDRESSES)
_ALL = {"-1", "all"}
_EVERYWHERE = ("0.0.0.0/0", "::/0")
_OUT = "Egress"


def widened(turn: Turn) -> Iterator[Loss]:
    """Rules that let through what no rule before did; of what is new, those open to the world."""
    if turn.address.type in ALONE:
        yield from _rules((), [turn.change.live], [turn.change.desired], turn)
        return
    for prop in turn.props:
        for path, before, after in pairs(turn.before.get(prop), turn.after.get(prop), (prop,)):
            if path[-1] in RULES:
                yield from _rules(path, listed(before), listed(after), turn)
            elif path[-1] in RANGES:
                yield from _ranges(path, listed(before), listed(after), turn)
            elif path[-1] in GROUPS and not turn.new:
                for each in listed(after):
                    if each not in listed(before):
                        says = f"puts it into {each}, whose rules are not known here"
                        yield access([says], path, sure=False)


def _rules(path: Path, before: list[Json], after: list[Json], turn: Turn) -> Iterator[Loss]:
    have = [each for each in before if isinstance(each, Mapping)]
    out = _OUT in "".join(path) or _outgoing(turn)
    for rule in after:
        if not isinstance(rule, Mapping) or rule.get("RuleAction") == "deny":
            continue
        if turn.new:
            if not out and _world(rule):
                yield access([f"lets in {_told(rule)}"], path, sure=True)
        elif not any(_within(rule, each) for each in have if each.get("RuleAction") != "deny"):
            word = "lets it reach" if out else "lets in"
            yield access([f"{word} {_told(rule)}"], path, sure=True)
    closed = [each for each in have if each.get("RuleAction") == "deny"]
    if any(each not in after for each in closed):
        yield access(["a rule that denies is taken away or narrowed"], path, sure=False)


def _outgoing(turn: Turn) -> bool:
    return turn.address.type.endswith(_OUT) or turn.change.desired.get(_OUT) is True


def _ranges(path: Path, before: list[Json], after: list[Json], turn: Turn) -> Iterator[Loss]:
    have = [found for each in before if (found := _network(each))]
    for each in after:
        found = _network(each)
        if turn.new:
            if str(each) in _EVERYWHERE:
                yield access([f"lets in {each}"], path, sure=True)
        elif each not in before and not (found and any(_inside(found, it) for it in have)):
            yield access([f"lets in {each}"], path, sure=True)


def _world(rule: Props) -> bool:
    return any(rule.get(name) in _EVERYWHERE for name in _ADDRESSES)


def _within(rule: Props, other: Props) -> bool:
    """Whether all that one rule lets through, another did."""
    theirs = str(other.get("IpProtocol", other.get("Protocol", ""))).lower()
    mine = str(rule.get("IpProtocol", rule.get("Protocol", ""))).lower()
    if theirs not in _ALL and (mine != theirs or not _ports(rule, other)):
        return False
    return _from(rule, other)


def _ports(rule: Props, other: Props) -> bool:
    one, two = _range(rule), _range(other)
    if two is None:
        return one is None
    return one is not None and two[0] <= one[0] and one[1] <= two[1]


def _range(rule: Props) -> tuple[int, int] | None:
    inner = rule.get("PortRange")
    found: Props = inner if isinstance(inner, Mapping) else rule
    low, high = found.get("FromPort", found.get("From")), found.get("ToPort", found.get("To"))
    try:
        return (int(low), int(high)) if low is not None and high is not None else None
    except (TypeError, ValueError):
        return None


def _from(rule: Props, other: Props) -> bool:
    """Whether the addresses of one rule are all of another's; groups and lists by their ids."""
    for name in _ADDRESSES:
        found, wide = _network(rule.get(name)), _network(other.get(name))
        if found and wide and _inside(found, wide):
            return True
    mine, theirs = ({k: v for k, v in each.items() if _source(k, v)} for each in (rule, other))
    return bool(mine) and mine == theirs


def _source(key: str, value: Json) -> bool:
    return value not in (None, "") and key.startswith(("Source", "Destination", "Cidr", "Ipv6Cidr"))


Network = IPv4Network | IPv6Network


def _network(value: Json) -> Network | None:
    try:
        return ip_network(str(value), strict=False) if value else None
    except ValueError:
        return None


def _inside(one: Network, other: Network) -> bool:
    if isinstance(one, IPv4Network):
        return isinstance(other, IPv4Network) and one.subnet_of(other)
    return isinstance(other, IPv6Network) and one.subnet_of(other)


def _told(rule: Props) -> str:
    """``tcp 443 from 10.0.0.0/8``."""
    protocol = str(rule.get("IpProtocol", rule.get("Protocol", "")))
    what = "everything" if protocol.lower() in _ALL else protocol
    if ports := _range(rule):
        what += f" {ports[0]}" if ports[0] == ports[1] else f" {ports[0]}-{ports[1]}"
    ends = [str(value) for key, value in sorted(rule.items()) if _source(key, value)]
    return f"{what} from {', '.join(ends)}" if ends else what
