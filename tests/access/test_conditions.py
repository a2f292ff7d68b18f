"""Every condition operator; a question mark of a row is the value of the request, None for none."""

from __future__ import annotations

import pytest

from reconciler.access.conditions import OPERATORS, conditions

ARN = "arn:aws:sns:eu-west-1:1:t"
ROWS = [
    ("StringEquals", "a", ["a"], True),
    ("StringEquals", "A", ["a"], False),
    ("StringEquals", ["b", "a"], ["a"], True),
    ("StringEquals", "a*", ["ab"], False),
    ("StringEquals", "a", None, False),
    ("StringEqualsIfExists", "a", None, True),
    ("StringEqualsIfExists", "a", ["b"], False),
    ("StringNotEquals", "a", ["b"], True),
    ("StringNotEquals", ["a", "b"], ["b"], False),
    ("StringNotEquals", "a", None, True),
    ("StringNotEqualsIfExists", "a", None, True),
    ("StringEqualsIgnoreCase", "A", ["a"], True),
    ("StringNotEqualsIgnoreCase", "A", ["a"], False),
    ("StringLike", "a?c*", ["abcd"], True),
    ("StringLike", "a?c*", ["Abcd"], False),
    ("StringNotLike", "a*", ["abcd"], False),
    ("StringNotLike", "a*", None, True),
    ("StringEquals", "${x:none}", ["a"], False),
    ("StringNotEquals", "${x:none}", ["a"], True),
    ("NumericEquals", "10", ["10.0"], True),
    ("NumericEquals", 10, ["10"], True),
    ("NumericNotEquals", "10", ["11"], True),
    ("NumericLessThan", "10", ["9.5"], True),
    ("NumericLessThan", "10", ["10"], False),
    ("NumericLessThanEquals", "10", ["10"], True),
    ("NumericGreaterThan", "9", ["10"], True),
    ("NumericGreaterThanEquals", "10", ["9"], False),
    ("NumericEquals", "10", ["ten"], False),
    ("NumericLessThan", "10", None, False),
    ("DateEquals", "2026-03-01T13:00:00+01:00", ["2026-03-01T12:00:00Z"], True),
    ("DateNotEquals", "2026-03-01", ["2026-03-01T00:00:00Z"], False),
    ("DateLessThan", "2027", ["2026-12-31T23:59:59Z"], True),
    ("DateLessThanEquals", "2026-03", ["2026-03-01"], True),
    ("DateGreaterThan", "2026-01-01T00:00:00Z", ["1772366400"], True),
    ("DateGreaterThanEquals", "1772366400", ["2026-03-01T12:00:00Z"], True),
    ("DateGreaterThan", "2026-01-01", ["soon"], False),
    ("Bool", "true", ["true"], True),
    ("Bool", True, ["true"], True),
    ("Bool", "false", ["true"], False),
    ("Bool", "false", None, False),
    ("BoolIfExists", "false", None, True),
    ("BinaryEquals", "QmluYXJ5", ["QmluYXJ5"], True),
    ("BinaryEquals", "QmluYXJ5", ["Qmlu"], False),
    ("BinaryEquals", "QmluYXJ5", ["?"], False),
    ("IpAddress", "203.0.113.0/24", ["203.0.113.7"], True),
    ("IpAddress", "203.0.113.7", ["203.0.113.7"], True),
    ("IpAddress", "0.0.0.0/0", ["203.0.113.7"], True),
    ("IpAddress", "2001:DB8::/32", ["2001:db8::7"], True),
    ("IpAddress", "10.0.0.0/8", ["2001:db8::7"], False),
    ("IpAddress", "10.0.0.0/8", ["elsewhere"], False),
    ("NotIpAddress", ["10.0.0.0/8", "192.0.2.0/24"], ["192.0.2.1"], False),
    ("NotIpAddress", "10.0.0.0/8", ["2001:db8::7"], True),
    ("NotIpAddress", "10.0.0.0/8", None, True),
    ("ArnEquals", "arn:aws:sns:*:1:*", [ARN], True),
    ("ArnLike", "arn:aws:sns:*:1:t", [ARN], True),
    ("ArnNotEquals", "arn:aws:sns:*:1:t", [ARN], False),
    ("ArnNotLike", "arn:aws:sns:*:2:t", [ARN], True),
    ("ArnLike", "arn:aws:sns:*", [ARN], False),
    ("Null", "true", None, True),
    ("Null", "false", None, False),
    ("Null", True, ["x"], False),
    ("Null", "false", ["x"], True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
    ("ForAllValues:StringEquals", ["a", "b"], ["a", "c"], False),
    ("ForAllValues:StringEquals", "a", None, True),
    ("ForAllValues:StringEquals", "a", [""], True),
    ("ForAllValues:StringNotEquals", "a", ["b", "c"], True),
    ("ForAllValues:StringNotEquals", "a", ["a", "c"], False),
    ("ForAnyValue:StringEquals", ["a", "b"], ["x", "b"], True),
    ("ForAnyValue:StringEquals", "a", ["b", "c"], False),
    ("ForAnyValue:StringEquals", "a", None, False),
    ("ForAnyValue:StringNotEquals", "a", ["a", "c"], True),
    ("ForAnyValue:StringNotEquals", "a", ["a"], False),
    ("ForAnyValue:StringNotEquals", "a", None, False),
    ("ForAnyValue:StringEqualsIfExists", "a", None, True),
    ("ForAnyValue:StringLike", "a*", ["b", "ab"], True),
]


def held(name, wanted, given):
    (found,) = conditions({name: {"X:Key": wanted}}, variables=True)
    return found.holds({"x:key": tuple(given)} if given is not None else {})


@pytest.mark.parametrize(("name", "wanted", "given", "expected"), ROWS)
def test_an_operator(name, wanted, given, expected):
    assert held(name, wanted, given) is expected


def test_every_operator_has_a_row():
    tried = {name.split(":")[-1].removesuffix("IfExists").lower() for name, *_ in ROWS}
    assert tried == {*OPERATORS, "null"}


def test_operators_are_named_without_regard_to_case():
    assert held("stringequals", "a", ["a"])
    assert held("forallvalues:STRINGEQUALS", "a", None)


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ({"StringIs": {"k": "v"}}, "no condition operator is named 'StringIs'"),
        ({"NullIfExists": {"k": "true"}}, "no condition operator is named 'NullIfExists'"),
        ({"StringEquals": "v"}, "Condition StringEquals is not an object"),
        ("StringEquals", "Condition is not an object"),
    ],
)
def test_what_aws_refuses(block, says):
    with pytest.raises(ValueError, match=says):
        conditions(block, variables=True)
