"""Proxies and TLS: how a client reaches a forge."""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from reconciler.forge.api import ForgeError, Secret, Trouble
from reconciler.forge.gitlab import GitLab
from reconciler.forge.http import Http, Patience

from . import server
from .conftest import Clock
from .store import TOKEN

PASSWORD = "proxy-canary-4711"


def test_requests_go_through_the_proxy_of_the_environment(
    forge_server: server.Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", forge_server.url.replace("//", f"//me:{PASSWORD}@"))
    monkeypatch.setenv("no_proxy", "")
    headers = {"PRIVATE-TOKEN": TOKEN}
    client = Http("http://localhost:1/gitlab/api/v4", headers, clock=Clock())
    assert client.send("GET", "user").data["username"]
    (seen,) = forge_server.state.seen
    assert seen["proxy-authorization"].startswith("Basic ")
    assert seen["host"] == "localhost:1"


def test_a_proxy_that_is_down_keeps_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://me:{PASSWORD}@127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    client = Http("http://localhost:1/api", {}, patience=Patience(tries=2), clock=Clock())
    with pytest.raises(ForgeError) as caught:
        client.send("GET", "user")
    assert caught.value.trouble is Trouble.DOWN
    assert PASSWORD not in str(caught.value)


def test_no_proxy_is_heeded(forge_server: server.Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    client = Http(forge_server.gitlab, {"PRIVATE-TOKEN": TOKEN}, clock=Clock())
    assert client.send("GET", "user").status == 200


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate that only itself vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "forge.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    encoding, none = serialization.Encoding.PEM, serialization.NoEncryption()
    path = tmp_path / "forge.pem"
    path.write_bytes(key.private_bytes(encoding, form, none) + made.public_bytes(encoding))
    return path


def test_a_certificate_that_nobody_vouches_for_ends_it(certificate: Path) -> None:
    found, running = server.make()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    found.socket = context.wrap_socket(found.socket, server_side=True)
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        api = running.gitlab.replace("http:", "https:")
        clock = Clock()
        with pytest.raises(ForgeError) as caught:
            GitLab(api, "42", Secret(TOKEN), change=7, clock=clock).comments()
        assert caught.value.trouble is Trouble.REFUSED
        assert clock.slept == []
        assert running.state.seen == []
        trusting = GitLab(api, "42", Secret(TOKEN), change=7, clock=clock, ca_file=str(certificate))
        assert trusting.comments() == []
    finally:
        found.shutdown()
        found.server_close()
        thread.join()
