"""Plans of every shape, with any text in any place."""

from __future__ import annotations

from hypothesis import strategies as st

from reconciler.model.address import Address
from reconciler.model.change import Action, Call, Effect, FieldChange, Reason
from reconciler.model.diagnostic import Diagnostic, Severity, Span
from reconciler.model.plan import Plan, Step
from reconciler.model.value import SENSITIVE, UNKNOWN, Join, JsonText, Ref

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
names = words.filter(bool)
spans = st.none() | st.builds(
    Span, names, st.integers(1, 9999), st.integers(1, 200), st.integers(1, 50)
)
addresses = st.builds(
    Address, st.sampled_from(["AWS::SageMaker::Endpoint", "AWS::S3::Bucket"]) | names, names
)
refs = st.builds(Ref, addresses, names)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words
leaves = (
    scalars
    | refs
    | st.sampled_from([UNKNOWN, SENSITIVE, "{", "[1]", '{"a": ["\\u001b"]}', "{{resolve:ssm:x}}"])
    | st.lists(words | refs, max_size=3).map(lambda parts: Join(tuple(parts)))
)
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(words, inner, max_size=3)
        | st.builds(JsonText, st.dictionaries(words, inner, max_size=2))
    ),
    max_leaves=6,
)
fields = st.builds(
    FieldChange,
    st.lists(words, max_size=4).map(tuple),
    values,
    values,
    st.sampled_from(Effect),
    spans,
)


@st.composite
def steps(draw: st.DrawFn, known: tuple[str, ...] = ()) -> Step:
    address = draw(addresses)
    return Step(
        id=str(address) + draw(st.sampled_from(["", "#delete"])),
        address=address,
        action=draw(st.sampled_from([action for action in Action if action is not Action.NONE])),
        reason=draw(st.sampled_from(Reason)),
        calls=tuple(draw(st.lists(st.just(Call("s3", "put", {})), max_size=2))),
        needs=tuple(draw(st.lists(st.sampled_from(known), max_size=2) if known else st.just(()))),
        desired=draw(st.dictionaries(names, values, max_size=2)),
        fields=tuple(draw(st.lists(fields, max_size=3))),
        spec=draw(words),
        at=draw(spans),
        destroys=draw(st.sampled_from(["", "records", "keys"]) | words),
        refused=draw(st.just("") | words),
    )


diagnostics = st.builds(
    Diagnostic,
    names,
    words,
    spans,
    words,
    st.sampled_from(Severity),
    st.none() | addresses.filter(lambda address: "/" not in address.type),
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    made: list[Step] = []
    for _ in range(draw(st.integers(0, 4))):
        made.append(draw(steps(tuple(step.id for step in made))))
    return Plan(
        environment=draw(words),
        platform=draw(words),
        account=draw(words),
        region=draw(words),
        steps=tuple(made),
        unchanged=draw(st.integers(0, 100)),
        diagnostics=tuple(draw(st.lists(diagnostics, max_size=2))),
        observed_calls=draw(st.integers(0, 100)),
        commit=draw(words),
    )
