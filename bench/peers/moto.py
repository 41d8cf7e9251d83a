"""moto's server: the ECS API as most people mock it. All in memory, and no signature is checked."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import botocore.session

from bench.ecs_client import REGION, EcsClient
from bench.programs import NotAvailable, free_port, is_listening, program, wait_until
from roadstead.aws.sigv4 import Credentials

NAME = "moto"
KEY = Credentials("test", "test")


@contextmanager
def moto(folder: Path) -> Iterator[EcsClient]:
    """A server with one container instance in the cluster `default`.

    Raises: NotAvailable where it is not installed.
    """
    if find_spec("moto") is None:
        raise NotAvailable("moto is not installed: make setup")
    port = free_port()
    words = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", str(port)]
    with program(words, folder / "moto.log") as process:
        wait_until(lambda: process.poll() is not None or is_listening(port), "moto's server starts")
        if process.poll() is not None:
            log = (folder / "moto.log").read_text()
            raise NotAvailable(f"moto's server does not start: {log[-200:]}")
        client = EcsClient(port, KEY)
        client.call("CreateCluster", clusterName="default")
        document = {"instanceId": _an_instance(port), "region": REGION}
        client.call(
            "RegisterContainerInstance",
            cluster="default",
            instanceIdentityDocument=json.dumps(document),
            instanceIdentityDocumentSignature="none",
        )
        try:
            yield client
        finally:
            client.close()


def _an_instance(port: int) -> str:
    """The id of an EC2 instance: moto wants one behind a container instance."""
    ec2 = botocore.session.Session().create_client(
        "ec2",
        region_name=REGION,
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id=KEY.access_key_id,
        aws_secret_access_key=KEY.secret,
    )
    image = ec2.describe_images()["Images"][0]["ImageId"]
    started = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)
    return str(started["Instances"][0]["InstanceId"])
