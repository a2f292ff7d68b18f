"""What a Rollout says of what stands in front of its endpoint.

Limits: API Gateway developer guide, "Quotas for configuring and running an HTTP API"; ELB API
reference, CreateRule; Route 53 API reference, ResourceRecordSet (Weight, SetIdentifier); CloudWatch
Logs API reference, PutRetentionPolicy.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from reconciler.kinds.api import Days, Maybe, Section, Share
from reconciler.kinds.terms.private import Private

RETENTION = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
)  # fmt: skip
"""Days for which a log group keeps what it has."""
MOST_PARTS = 255
Variant: TypeAlias = Annotated[str, Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$")]
Host = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$",
        max_length=253,
        examples=["fraud.example.com"],
    ),
]
Certificate = Annotated[
    str,
    Field(pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+$"),
]


Printed = Annotated[str, Field(pattern=r"^[!-~]+$", max_length=255)]
TokenScope = Annotated[str, Field(pattern=r"^[!#-\[\]-~]+$", max_length=64)]
"""Source: RFC 6749, 3.3; API Gateway API reference, Route (authorizationScopes)."""


class Jwt(Section):
    """Tokens of an OpenID Connect provider."""

    issuer: Annotated[
        str, Field(pattern=r'^https://[!-"$-.0->@-~]+(/[!-"$->@-~]*)?$', max_length=2048)
    ]
    """Who signs the tokens: the address that is their `iss`. API Gateway reads its keys there."""
    audiences: Annotated[tuple[Printed, ...], Field(min_length=1, max_length=50)]
    """For whom a token has to be: its `aud` or `client_id` is one of these."""
    scopes: Annotated[tuple[TokenScope, ...], Field(max_length=10)] = ()
    """What a token has to allow: one of these is in its `scope`."""


class Tokens(Section):
    """Callers prove who they are with tokens."""

    jwt: Jwt
    """Whose tokens, and for whom."""


class AccessLogs(Section):
    """One line of JSON for each request: who, when, which status, how long; no content."""

    expire_after: Days = "90d"
    """How long the lines are kept: 1d, 3d, 5d, 7d, 14d, 30d, 60d, 90d, 120d and on to 3653d."""


class Api(Section):
    """An HTTP API of API Gateway: `POST /invocations`, and `GET /health` for health checks."""

    auth: Literal["iam"] | Tokens
    """What calls are signed with: `iam` for AWS signatures of roles that may invoke the API, or
    tokens (`jwt`). There is no API without either."""
    rate: Annotated[int, Field(ge=1, le=10_000)] = 100
    """Requests a second that are let through, all callers together."""
    burst: Annotated[int, Field(ge=1, le=5_000)] = 200
    """Requests that may come at the same moment."""
    access_logs: AccessLogs = Field(default_factory=AccessLogs)
    """What is written down of each request."""


class Balancer(Section):
    """An Application Load Balancer with a target group for each variant."""

    network: Private
    """Where it stands, and who may reach it: nobody but its `clients`."""
    public: bool = False
    """Whether it has addresses in the internet. Its clients may then be blocks of those."""
    shares: dict[Variant, Share] = Field(
        default_factory=dict, max_length=5, examples=[{"primary": "70%", "candidate": "30%"}]
    )
    """What each variant gets while no rollout runs. By default all goes to the one that serves,
    and nothing to `candidate`, which a rollout has beside it. While one runs, the shares are its
    own."""


class Domain(Section):
    """A name of yours."""

    name: Host
    """The name that clients call."""
    certificate: Certificate
    """Its certificate in ACM, in the environment's region."""


class Failover(Section):
    """One region of several that answer for a name.

    Each is an environment of its own, and touches nothing but its own record and health check.
    """

    zone: Annotated[str, Field(pattern=r"^Z[A-Z0-9]{1,31}$", examples=["Z0123456789ABCDEFGHIJ"])]
    """The hosted zone that has the name."""
    order: Maybe[Literal["first", "second"]] = None
    """`first` answers while it is healthy, `second` while the first is not."""
    parts: Maybe[Annotated[int, Field(ge=0, le=MOST_PARTS)]] = None
    """Parts of all answers, of the sum over all regions. 0 is no answer only while another region
    is healthy."""


class Expose(Section):
    """What stands in front of the endpoint."""

    api: Maybe[Api] = None
    """An HTTP API, with AWS signatures or tokens."""
    balancer: Maybe[Balancer] = None
    """A load balancer whose weights follow the rollout."""
    domain: Maybe[Domain] = None
    """A name of yours for it. By default it has the one that AWS gives it."""
    failover: Maybe[Failover] = None
    """This region as one of several that answer for the name."""
