"""A bucket as S3 has them: moto's server, in this process, and what points obstore at it."""

import contextlib
import os
from collections.abc import Iterator
from unittest import mock

import httpx2
from moto.moto_server.threaded_moto_server import ThreadedMotoServer


@contextlib.contextmanager
def bucket(name: str = "deskwire-test") -> Iterator[str]:
    """Its address, s3://…; the environment says where it is and who we are."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
    }
    try:
        httpx2.put(f"{environment['AWS_ENDPOINT_URL']}/{name}").raise_for_status()
        with mock.patch.dict(os.environ, environment):
            yield f"s3://{name}/desk"
    finally:
        server.stop()
