"""What the search found once, as platforms that one can read."""

from __future__ import annotations

from typing import Any

from reconciler.model.address import Address
from reconciler.model.diagnostic import Span
from reconciler.model.graph import Graph, Node, Origin, build_graph
from reconciler.model.value import Ref, digest

from .cloud import Cloud, Faults
from .graphs import owned_tags
from .records import PLACE, Traits
from .world import World, shown


def node(traits: Traits, base: str, keep: int = 1, **props: Any) -> Node:
    """One resource of the spec ``Kind/<base>``; `Uses` and `Needs` may name other nodes."""
    body: dict[str, Any] = {"Fixed": 1, "Size": 1, "Uses": [], "Needs": [], **props}
    name = f"{PLACE.prefix}{base}"
    if traits.content_named:
        name = f"{name}-{digest(body, 8)}"
    tags = owned_tags(f"Kind/{base}", name, traits)
    body["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    if traits.found_by_tag:
        body["Alias"] = f"alias/{name}"
    origin = Origin(f"Kind/{base}", Span("specs.yaml", 1, 1))
    return Node(Address(traits.type, name), body, (), origin, keep)


def graph(*nodes: Node) -> Graph:
    made, problems = build_graph(nodes)
    assert problems == []
    return made


def arn(of: Node) -> Ref:
    return Ref(of.address, "Arn")


def alive(cloud: Cloud) -> set[str]:
    """Names without digests, by type number."""
    return {
        f"{t.traits.number}/{t.title.removeprefix(PLACE.prefix)}"
        for t in cloud.things.values()
        if t.ours and t.gone_at is None
    }


# -- what is found by tag


KEY = Traits(0, found_by_tag=True, holds="records")
USER = Traits(1, refers=(0,))


def test_a_stale_tag_index_after_the_replacement_of_what_is_found_by_tag() -> None:
    """The index still names the one before, which must not pass for the new one."""
    cloud = Cloud((KEY, USER), lag=300.0)
    world = World(cloud)
    for fixed in (1, 2):
        key = node(KEY, "a", Fixed=fixed)
        world.converge(graph(key, node(USER, "u", Uses=[Ref(key.address, "Id")])))
        cloud.settle()
    (live,) = [t for t in cloud.things.values() if t.traits is KEY and t.ours]
    assert live.props["Fixed"] == 2
    assert cloud.violations == []


def test_at_once_after_a_replacement_nothing_is_left_to_do() -> None:
    cloud = Cloud((KEY,), lag=300.0)
    world = World(cloud)
    for fixed in (1, 2, 3):
        world.converge(graph(node(KEY, "a", Fixed=fixed)))  # plans again without any pause
        cloud.settle()
        assert shown(world.plan(graph(node(KEY, "a", Fixed=fixed)))) == []


def test_a_key_that_waits_for_its_deletion_keeps_its_tags_and_is_gone() -> None:
    """Nothing is left to do with it, and nothing takes it for the key of now."""
    cloud = Cloud((KEY,))
    world = World(cloud)
    world.converge(graph(node(KEY, "a")))
    cloud.settle()
    world.converge(graph())
    (waiting,) = cloud.things.values()
    assert waiting.waits
    assert waiting.tags["moorline:platform"] == PLACE.platform
    cloud.settle()
    assert shown(world.plan(graph())) == []
    assert [call for call, _ in cloud.log].count("untag") == 1, "the mark of its making alone"
    world.converge(graph(node(KEY, "a")))
    assert [t.waits for t in cloud.things.values()] == [True, False]
    cloud.settle()
    assert shown(world.plan(graph(node(KEY, "a")))) == []


def test_two_keys_that_wait_and_one_that_lives_are_told_apart() -> None:
    cloud = Cloud((KEY,))
    world = World(cloud)
    for fixed in (1, 2, 3):
        world.converge(graph(node(KEY, "a", Fixed=fixed)))
        cloud.settle()
    assert [t.waits for t in cloud.things.values()] == [True, True, False]
    assert shown(world.plan(graph(node(KEY, "a", Fixed=3)))) == []
    world.converge(graph())
    assert all(t.waits for t in cloud.things.values())


# -- names that carry a digest


REVISION = Traits(0, "names", content_named=True)


def test_a_content_named_type_whose_id_aws_chooses_is_read_for_its_id() -> None:
    """The name proves the content, and says nothing of the id that others refer to."""
    cloud = Cloud((REVISION, USER))
    world = World(cloud)
    revision = node(REVISION, "a")
    user = node(USER, "u", Uses=[Ref(revision.address, "Id")])
    world.converge(graph(revision, user))
    cloud.settle()
    assert shown(world.plan(graph(revision, user))) == []
    made = next(t for t in cloud.things.values() if t.traits is REVISION)
    user_now = next(t for t in cloud.things.values() if t.traits is USER)
    assert user_now.props["Uses"] == [made.id]


# -- what is not declared any more


BASE = Traits(0)
MIDDLE = Traits(1, refers=(0,))
TOP = Traits(2, "names", content_named=True, refers=(1,))


def test_an_orphan_that_cannot_be_read_stays_and_so_does_what_it_may_use() -> None:
    cloud = Cloud((BASE, MIDDLE))
    world = World(cloud)
    base = node(BASE, "a")
    world.converge(graph(base, node(MIDDLE, "b", Uses=[arn(base)])))
    cloud.settle()
    cloud.faults = Faults(denied=frozenset({"made1/acme-dev-b"}))
    plan = world.plan(graph())
    assert (shown(plan), [found.code for found in plan.errors]) == ([], ["AWS001"])
    cloud.faults = Faults()
    world.converge(graph())
    assert (alive(cloud), cloud.violations) == (set(), [])


def test_without_the_tag_index_nothing_goes_that_something_unseen_may_use() -> None:
    """What is found by its listing is seen, and who uses it may not be."""
    listed, key = Traits(0, "names", indexed=False), Traits(1, found_by_tag=True, refers=(0,))
    cloud = Cloud((listed, key))
    world = World(cloud)
    base = node(listed, "a")
    world.converge(graph(base, node(key, "b", Needs=[arn(base)])))
    cloud.settle()
    cloud.faults = Faults(broken=frozenset({"tags"}))
    plan = world.plan(graph())
    assert (shown(plan), [found.code for found in plan.errors]) == ([], ["AWS001"])


def test_what_an_unread_orphan_may_use_over_others_stays_too() -> None:
    """Two steps away: the middle stays, so what the middle uses must stay."""
    far = Traits(2, refers=(1,))
    cloud = Cloud((BASE, MIDDLE, far))
    world = World(cloud)
    base = node(BASE, "a")
    middle = node(MIDDLE, "b", Uses=[arn(base)])
    world.converge(graph(base, middle, node(far, "c", Uses=[arn(middle)])))
    cloud.settle()
    cloud.faults = Faults(denied=frozenset({"made2/acme-dev-c"}))
    plan = world.plan(graph())
    cloud.faults = Faults()
    world.apply(plan)
    assert (world.failures, cloud.violations) == ([], [])
    assert alive(cloud) == {"0/a", "1/b", "2/c"}


def test_what_a_kept_revision_uses_over_others_stays() -> None:
    """An orphan is read in part, so what it uses itself cannot be told from what it does not."""
    cloud = Cloud((BASE, MIDDLE, TOP))
    world = World(cloud)
    base = node(BASE, "a")
    middle = node(MIDDLE, "b", Uses=[arn(base)])
    world.converge(graph(base, middle, node(TOP, "c", keep=2, Uses=[arn(middle)])))
    cloud.settle()
    world.converge(graph(node(TOP, "c", keep=2)))
    assert (world.failures, cloud.violations) == ([], [])
    assert {"0/a", "1/b"} <= alive(cloud)
    cloud.settle()
    world.converge(graph(node(TOP, "c")))
    cloud.settle()
    world.settle(graph(node(TOP, "c")))
    assert {each for each in alive(cloud) if not each.startswith("2/")} == set()


def test_a_resource_does_not_use_what_only_has_its_name() -> None:
    """Its own ARN ends in the name that an orphan of a type that it may use has as well."""
    cloud = Cloud((BASE, MIDDLE))
    world = World(cloud)
    world.converge(graph(node(BASE, "a"), node(MIDDLE, "a")))
    cloud.settle()
    world.converge(graph(node(MIDDLE, "a")))
    assert alive(cloud) == {"1/a"}
