"""Wildcards, ARNs and policy variables."""

from __future__ import annotations

import re
from random import Random
from time import process_time

import pytest

from reconciler.access.match import actions, arns, equals, likes, resources

CONTEXT = {
    "aws:username": ("ann",),
    "aws:principaltag/team": ("a*",),
    "aws:tagkeys": ("x", "y"),
}


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        ("s3:GetObject", "s3:getobject", True),
        ("S3:GETOBJECT", "s3:getobject", True),
        ("s3:Get*", "s3:getobject", True),
        ("s3:*Object", "s3:getobject", True),
        ("s3:G?tObject", "s3:getobject", True),
        ("s3:Get", "s3:getobject", False),
        ("s3:GetObject?", "s3:getobject", False),
        ("*", "s3:getobject", True),
        ("s3:Get.bject", "s3:getobject", False),
    ],
)
def test_actions(pattern, action, expected):
    assert bool(actions((pattern,))(action)) is expected


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("*", "arn:aws:s3:::b/k", True),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/k:1", True),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b", False),
        ("arn:aws:s3:::B", "arn:aws:s3:::b", False),
        ("arn:aws:s3:::b/?", "arn:aws:s3:::b/kk", False),
        ("arn:aws:s3:::b/*/c*d", "arn:aws:s3:::b/x/y/c--d", True),
        ("arn:aws:sqs:*:1:q", "arn:aws:sqs:eu-west-1:1:q", True),
        ("arn:aws:sqs:eu-*-1:1:q", "arn:aws:sqs:eu-west-1:1:q", True),
        ("arn:aws:sqs:e*t-1:1:q", "arn:aws:sqs:e:t-1:1:q", False),  # not over a colon
        ("arn:aws:sqs:*", "arn:aws:sqs:eu-west-1:1:q", True),  # the last of its segment
        ("arn:aws:sqs:eu?west-1:1:q", "arn:aws:sqs:eu:west-1:1:q", False),
        ("arn:aws:s3:::b", "arn:aws:s3:::b\n", False),
        ("arn:aws:s3:::${aws:username}", "arn:aws:s3:::ann", True),
        ("arn:aws:s3:::${AWS:UserName}/*", "arn:aws:s3:::ann/x", True),
        ("arn:aws:s3:::${aws:PrincipalTag/team}", "arn:aws:s3:::a*", True),
        ("arn:aws:s3:::${aws:PrincipalTag/team}", "arn:aws:s3:::abc", False),  # a value is text
        ("arn:aws:s3:::${aws:none}", "arn:aws:s3:::", False),
        ("arn:aws:s3:::*${aws:none}", "arn:aws:s3:::x", False),
        ("arn:aws:s3:::${aws:none, 'or'}", "arn:aws:s3:::or", True),
        ("arn:aws:s3:::${aws:none,'it''s'}", "arn:aws:s3:::it's", True),
        ("arn:aws:s3:::${aws:none, '*'}", "arn:aws:s3:::x", False),
        ("arn:aws:s3:::${aws:username, 'or'}", "arn:aws:s3:::ann", True),
        ("arn:aws:s3:::${aws:tagkeys}", "arn:aws:s3:::x", False),  # several values give none
        ("arn:aws:s3:::a${*}", "arn:aws:s3:::a*", True),
        ("arn:aws:s3:::a${*}", "arn:aws:s3:::abc", False),
        ("arn:aws:s3:::a${?}${$}", "arn:aws:s3:::a?$", True),
        ("arn:aws:s3::${aws:username}:b", "arn:aws:s3::ann:b", False),  # before the fifth colon
    ],
)
def test_resources(pattern, arn, expected):
    assert resources((pattern,), variables=True)(arn, CONTEXT) is expected


def test_variables_are_text_in_the_version_of_2008():
    pattern = ("arn:aws:s3:::${aws:username}",)
    assert not resources(pattern, variables=False)("arn:aws:s3:::ann", CONTEXT)
    assert resources(pattern, variables=False)(pattern[0], CONTEXT)
    assert not equals(("${aws:username}",), variables=False, fold=False)("ann", CONTEXT)


@pytest.mark.parametrize(
    ("pattern", "arn", "expected"),
    [
        ("arn:aws:sns:*:1:t", "arn:aws:sns:eu-west-1:1:t", True),
        ("arn:aws:sns:*", "arn:aws:sns:eu-west-1:1:t", False),  # each of six parts
        ("arn:*:*:*:*:*", "arn:aws:sns:eu-west-1:1:t:u", True),
        ("arn:aws:sns:*:*:t?", "arn:aws:sns:eu-west-1:1:t1", True),
        ("arn:aws:iam::1:role/${aws:username}", "arn:aws:iam::1:role/ann", True),
        ("*", "arn:aws:sns:eu-west-1:1:t", False),
    ],
)
def test_arns(pattern, arn, expected):
    assert arns((pattern,), variables=True)(arn, CONTEXT) is expected


def test_texts():
    assert likes(("a*z", "${aws:username}/?"), variables=True)("ann/1", CONTEXT)
    assert not likes(("A*",), variables=True)("ab", CONTEXT)
    assert equals(("A*",), variables=True, fold=False)("A*", CONTEXT)
    assert not equals(("A*",), variables=True, fold=False)("Ab", CONTEXT)
    assert equals(("ANN${*}",), variables=True, fold=True)("Ann*", CONTEXT)


def slowly(pattern, *, segments):
    """The same as an expression that tries everything."""
    found, colons = "", 0 if segments else 5
    for at, sign in enumerate(pattern):
        colons += sign == ":"
        near = (
            "."
            if colons >= 5 or (sign == "*" and pattern[at + 1 : at + 2] in {"", ":"})
            else "[^:]"
        )
        found += {"*": f"{near}*", "?": near}.get(sign, re.escape(sign))
    return re.compile(found, re.DOTALL).fullmatch


def test_short_cuts_match_what_trying_everything_matches():
    random, seen = Random(7), set()
    for _ in range(4_000):
        pattern = "*" * random.randrange(2) + "".join(
            random.choices("ab:*?*", k=random.randrange(9))
        )
        text = "".join(random.choices("ab:", k=random.randrange(12)))
        for segments, test in ((True, resources((pattern,), variables=True)),
                               (False, likes((pattern,), variables=True))):  # fmt: skip
            expected = bool(slowly(pattern, segments=segments)(text))
            assert test(text, {}) is expected, (pattern, text, segments)
            seen.add((segments, expected))
    assert len(seen) == 4


@pytest.mark.parametrize("pattern", ["*a" * 30 + "b", "arn:" + "*:" * 4 + "b", "*:a*" * 20 + "b"])
@pytest.mark.parametrize("text", ["a" * 1_000, "arn:" + ":" * 1_000, ":a" * 500])
def test_no_pattern_takes_long(pattern, text):
    started = process_time()
    assert not resources((pattern,), variables=True)(text, {})
    assert process_time() - started < 5
