"""The process that sandboxes are forks of: python forksandbox.py SOCKET.

To start one costs two seconds and a half of computing, most of it moto's import.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])
    from moto.core.utils import get_service_model
    from moto.moto_api._internal import mock_random

    from cli.forkserver import command, leave, serve
    from reconciler.sandbox.door.install import install
    from reconciler.sandbox.protocol.shapes import model
    from reconciler.sandbox.server.__main__ import main
    from reconciler.sandbox.state.world import WORLD

    install()
    for service in ("budgets", "cloudwatch", "iam", "kms", "s3", "sagemaker", "sns", "sts"):
        model(service)
        get_service_model(service)
    arguments = serve(sys.argv[1])
    sys.path.pop(0)
    mock_random.seed()  # each has its own identifiers
    WORLD.reset()  # and begins now
    os.environ.pop("PYTHONPATH", None)
    leave(command(lambda: main(arguments)))
