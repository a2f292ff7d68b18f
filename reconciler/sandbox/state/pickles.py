"""Pickling of moto's backends: cloudpickle plus reducers for the few things it cannot do.

AWS's own managed policies are a constant of 1,600 objects; they are written as references. So is a
backend that an object of it refers to: its content is written once, and put into the backend that
there is.
"""

from __future__ import annotations

import importlib
import io
import pickle
import threading
import weakref
from functools import cache
from typing import TYPE_CHECKING, Any

import cloudpickle
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from moto.core.base_backend import BackendDict, BaseBackend
from moto.iam.models import AWSManagedPolicy

from reconciler.sandbox.state.managed import managed

if TYPE_CHECKING:
    from collections.abc import Callable

PRIVATE_KEYS = (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)
PEM = serialization.Encoding.PEM
LOCK, RLOCK = type(threading.Lock()), type(threading.RLock())


def dumps(state: Any) -> bytes:  # noqa: ANN401  (any backend state)
    """The state as bytes."""
    buffer = io.BytesIO()
    _Pickler(buffer).dump(state)
    return buffer.getvalue()


def loads(content: bytes) -> Any:  # noqa: ANN401  (any backend state)
    """The state that `dumps` wrote. Only for content whose seal was checked."""
    return _Unpickler(io.BytesIO(content)).load()


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]  # untyped base
    def persistent_id(self, value: object) -> Any:  # noqa: ANN401  (pickle's protocol)
        if isinstance(value, AWSManagedPolicy):
            return value.arn, value.account_id, value.attachment_count
        return None

    def reducer_override(self, value: Any) -> Any:  # noqa: ANN401  (pickle's protocol)
        for kinds, reduce in REDUCERS:
            if isinstance(value, kinds):
                return reduce(value)
        if isinstance(value, dict) and type(value).__module__.startswith("moto."):
            kind = type(value)
            state = (dict(value.__dict__), list(dict.items(value)))
            return kind.__new__, (kind,), state, None, None, _fill
        return super().reducer_override(value)


class _Unpickler(pickle.Unpickler):  # of sealed files only, see `snapshot`
    def persistent_load(self, reference: Any) -> Any:  # noqa: ANN401  (pickle's protocol)
        arn, account, attached = reference
        policy = managed(account)[arn]
        policy.attachment_count = attached
        return policy


@cache  # checking a private key takes 40 ms; a sandbox has a handful, and they never change
def _key(pem: bytes) -> Any:  # noqa: ANN401  (any private key)
    return serialization.load_pem_private_key(pem, None)


def _certificate(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem)


def _backend(module: str, name: str, account: str, region: str) -> Any:  # noqa: ANN401
    """The backend that there is."""
    return _service(module, name)[account][region]


def _service(module: str, name: str) -> Any:  # noqa: ANN401  (moto's backends by account)
    for value in vars(importlib.import_module(module)).values():
        if isinstance(value, BackendDict) and value.backend.__name__ == name:
            return value
    msg = f"nothing keeps backends of {module}.{name}"
    raise LookupError(msg)


def _referred(backend: Any) -> Any:  # noqa: ANN401  (pickle's protocol)
    kind = type(backend)
    where = (kind.__module__, kind.__name__, backend.account_id, backend.region_name)
    return _backend, where


def _weak(items: dict[Any, Any]) -> Any:  # noqa: ANN401  (weakref's generic)
    found: Any = weakref.WeakValueDictionary()
    found.update(items)
    return found


def _fill(value: Any, state: tuple[dict[str, Any], list[tuple[Any, Any]]]) -> None:  # noqa: ANN401
    attributes, items = state
    value.__dict__.update(attributes)
    for key, item in items:  # past the class's own __setitem__, which S3's keeps lists with
        dict.__setitem__(value, key, item)


def _pem(key: Any) -> bytes:  # noqa: ANN401  (any private key)
    found: bytes = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return found


REDUCERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (BaseBackend, _referred),
    (PRIVATE_KEYS, lambda key: (_key, (_pem(key),))),
    (x509.Certificate, lambda item: (_certificate, (item.public_bytes(PEM),))),
    (RLOCK, lambda _: (threading.RLock, ())),
    (LOCK, lambda _: (threading.Lock, ())),
    (weakref.WeakValueDictionary, lambda items: (_weak, (dict(items),))),
)
