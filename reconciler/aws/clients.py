"""Where boto3 clients come from: one session, each client made once, botocore's retries off."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config

from reconciler import __version__
from reconciler.aws.held import Held
from reconciler.aws.wire import watch

CONNECT_SECONDS = 10
READ_SECONDS = 60


class Clients(Protocol):
    """Where boto3 clients come from."""

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 clients have no static type
        """The client of a service (``SERVICE@REGION`` elsewhere); the same for every thread."""
        ...


KEYS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")
"""What fixed keys are called, in the order in which botocore takes them."""
AGENT = f"Botocore/{botocore.__version__} moorline/{__version__}"
"""Given whole, because botocore puts its own together anew for each request, which takes longer
than signing one."""


class BotoClients:
    """boto3 clients of one session, made once each under a lock (sessions are not thread-safe).

    `endpoint` sends everything to another address, such as the sandbox. `credentials` are fixed
    keys, or what is asked for keys before each request; without any, botocore's chain finds some.
    """

    def __init__(
        self,
        region: str,
        *,
        endpoint: str | None = None,
        credentials: Mapping[str, Any] | Held | None = None,
        pool: int = 32,
        signs: bool = True,
    ) -> None:
        self._session = _session(region, credentials)
        self._endpoint = endpoint
        self._config = Config(
            retries={"total_max_attempts": 1, "mode": "standard"},
            max_pool_connections=pool,
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            s3={"addressing_style": "path"} if endpoint else {},
            # the sandbox is this machine, whatever HTTP_PROXY says
            proxies={} if endpoint else None,
            user_agent=AGENT,
            signature_version=None if signs else UNSIGNED,
        )
        self._made: dict[str, Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3 clients have no static type
        with self._lock:
            if service not in self._made:
                name, _, region = service.partition("@")
                made = self._session.create_client(
                    name,
                    region_name=region or None,
                    endpoint_url=self._endpoint,
                    config=self._config,
                )
                self._made[service] = watch(made)
            return self._made[service]


def _session(region: str, credentials: Mapping[str, Any] | Held | None) -> Any:  # noqa: ANN401
    """A session of botocore: boto3 adds nothing to its clients, and takes as long to import."""
    made = botocore.session.get_session()
    made.register_component("data_loader", _loader())
    made.set_config_variable("region", region)
    if isinstance(credentials, Held):
        # there is no public way for others than fixed keys
        made._credentials = credentials  # type: ignore[attr-defined]  # noqa: SLF001
    elif credentials:
        key, secret, token = map(credentials.get, KEYS)
        made.set_credentials(str(key), str(secret), token)
    return made


@cache
def _loader() -> Any:  # noqa: ANN401 - botocore has no types
    """What reads AWS's service models, once for all sessions of this process: they are large."""
    return botocore.session.get_session().get_component("data_loader")
