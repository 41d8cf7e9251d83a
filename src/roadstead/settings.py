"""Settings: what the programs are told, from the command line and the environment.

Each program gets one frozen struct, made once at its start and passed on; nothing below reads the
environment by itself. Secrets are not settings: they live in `keys.json` (see `keys.py`).
"""

import os
import re
from collections.abc import Mapping
from ipaddress import IPv4Network
from pathlib import Path

import msgspec

DEFAULT_ACCOUNT_ID = "123456789012"
DEFAULT_REGION = "us-east-1"
DEFAULT_PORT = 8747
DEFAULT_CLUSTER = "default"
DEFAULT_INSTANCES = 3
DEFAULT_INSTANCE_TYPE = "t3.medium"
RUNTIMES = ("oci",)
TUNING_PREFIX = "ROADSTEAD_TUNING_"
DEFAULT_VPC_VARIABLE = "ROADSTEAD_DEFAULT_VPC"
CPU_UNITS_PER_VCPU = 1024
DEFAULT_PORTS = (("http", "80"), ("https", "443"))
ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?")
"""Source: https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin"""

INSTANCE_TYPES = {
    "t3.micro": (2, 1024),
    "t3.small": (2, 2048),
    "t3.medium": (2, 4096),
    "t3.large": (2, 8192),
    "t3.xlarge": (4, 16384),
    "t3.2xlarge": (8, 32768),
    "m5.large": (2, 8192),
    "m5.xlarge": (4, 16384),
    "m5.2xlarge": (8, 32768),
    "c5.large": (2, 4096),
    "c5.xlarge": (4, 8192),
    "c5.2xlarge": (8, 16384),
}
"""Type → (vCPUs, MiB of memory).

Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html
"""


class SettingError(Exception):
    """A setting cannot be used; `cure` says what would be right."""

    def __init__(self, message: str, cure: str) -> None:
        super().__init__(f"{message} {cure}")
        self.message = message
        self.cure = cure


class DefaultSubnet(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A subnet of the default VPC."""

    subnet_id: str
    cidr: str
    zone: str


class DefaultVpc(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The VPC in which the instances of this machine are."""

    vpc_id: str
    cidr: str
    subnets: tuple[DefaultSubnet, ...]


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the control plane is told at its start."""

    data_dir: Path
    listen: tuple[str, ...] = (f"127.0.0.1:{DEFAULT_PORT}",)
    """Addresses to answer on, each `host:port`."""
    account_id: str = DEFAULT_ACCOUNT_ID
    region: str = DEFAULT_REGION
    """The region of keys that we make and of lines that we print; requests name their own."""
    agent_endpoint: str = ""
    """What DiscoverPollEndpoint tells agents; empty: the `Host` that the agent itself called."""
    event_log: Path | None = None
    """A file to which every published event is appended as a line of JSON."""
    default_vpc: DefaultVpc | None = None
    """None: one of our own, with 172.31.0.0/16, unless there is one already."""
    data_plane: bool = False
    """Whether load balancers carry traffic: files for Envoy, which the host program runs."""
    console_dir: Path | None = None
    """Where the built console is; None: in the package, or in the checkout it runs from."""
    console_origins: tuple[str, ...] = ()
    """Of consoles that are served elsewhere, each `scheme://host[:port]`."""


class HostSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the program that carries local EC2 instances is told at its start."""

    data_dir: Path
    port: int = DEFAULT_PORT
    """The control plane's port: agents reach it at their subnet's gateway address."""
    endpoint: str = ""
    """The control plane as this machine reaches it; empty: 127.0.0.1 at `port`."""
    agent_endpoint: str = ""
    """The control plane as agents reach it; empty: the VPC's gateway address at `port`."""
    account_id: str = DEFAULT_ACCOUNT_ID
    region: str = DEFAULT_REGION
    cluster: str = DEFAULT_CLUSTER
    vpc_cidr: str = ""
    """A /16 to use; empty: 172.31.0.0/16, or the next one that is free on this machine."""
    reach_machine: bool = False
    """Whether what listens on this machine itself is reached from the VPCs."""
    runtime: str = "oci"
    instance_type: str = DEFAULT_INSTANCE_TYPE
    instance_cpu_units: int = 0
    """CPU units that instances register; 0: what their type has."""
    instance_memory_mib: int = 0
    """Memory that instances register; 0: what their type has."""

    @property
    def control_plane(self) -> str:
        """The URL at which this machine reaches the control plane."""
        return self.endpoint or f"http://127.0.0.1:{self.port}"


def account_id(environ: Mapping[str, str] = os.environ) -> str:
    """The account that root and instance keys belong to: ROADSTEAD_ACCOUNT_ID, or the default.

    Raises: SettingError when it is not twelve digits.
    """
    value = environ.get("ROADSTEAD_ACCOUNT_ID") or DEFAULT_ACCOUNT_ID
    if len(value) != 12 or not (value.isascii() and value.isdigit()):
        raise SettingError(
            f"The account id '{value}' is not an AWS account id.",
            "Set ROADSTEAD_ACCOUNT_ID to twelve digits, such as 123456789012.",
        )
    return value


def region(environ: Mapping[str, str] = os.environ) -> str:
    """The region that Roadstead prints and gives its instances: ROADSTEAD_REGION, or the default.

    `AWS_REGION` is not read: it says which region a client calls, and clients may call any.

    Raises: SettingError when it does not look like one.
    """
    value = environ.get("ROADSTEAD_REGION") or DEFAULT_REGION
    parts = value.split("-")
    if len(parts) < 3 or not parts[-1].isdigit() or not value.replace("-", "").isalnum():
        raise SettingError(
            f"The region '{value}' does not look like an AWS region.",
            "Set ROADSTEAD_REGION to a name such as us-east-1.",
        )
    return value


def tuning(environ: Mapping[str, str] = os.environ) -> dict[str, int]:
    """Numbers of ECS that are to be others: `ROADSTEAD_TUNING_<NAME>`, by name in lower case.

    Which names there are, the server knows: the fields of the record Tuning.

    Raises: SettingError when one is not a whole number.
    """
    found = {}
    for variable, value in environ.items():
        if not variable.startswith(TUNING_PREFIX):
            continue
        if not (value.isascii() and value.isdigit() and len(value) < 10):
            raise SettingError(
                f"{variable} is '{value}', which is no number.",
                "Set it to a whole number, or unset it.",
            )
        found[variable.removeprefix(TUNING_PREFIX).lower()] = int(value)
    return found


def event_log(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Where published events are appended: ROADSTEAD_EVENT_LOG, or nowhere."""
    chosen = environ.get("ROADSTEAD_EVENT_LOG")
    return Path(chosen) if chosen else None


def console_dir(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Where the built console is, if not where it is looked for: ROADSTEAD_CONSOLE_DIR."""
    chosen = environ.get("ROADSTEAD_CONSOLE_DIR")
    return Path(chosen).absolute() if chosen else None


def console_origins(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Origins whose pages may call us from a browser: ROADSTEAD_CONSOLE_ORIGINS, by commas.

    Raises: SettingError when one is no origin as a browser writes it.
    """
    found = [each.strip() for each in environ.get("ROADSTEAD_CONSOLE_ORIGINS", "").split(",")]
    for each in filter(None, found):
        scheme = each.partition(":")[0]
        names_default_port = (scheme, each.rpartition(":")[2]) in DEFAULT_PORTS
        if names_default_port or not ORIGIN.fullmatch(each):
            raise SettingError(
                f"'{each}' is no origin of a console.",
                "Give scheme, host and port as a browser writes them: in small letters, without "
                "the scheme's own port and without a path, such as https://console.example.com. "
                "There is no `*`.",
            )
    return tuple(dict.fromkeys(filter(None, found)))


def default_vpc(environ: Mapping[str, str] = os.environ) -> DefaultVpc | None:
    """The VPC of the machine's instances: ROADSTEAD_DEFAULT_VPC, which `up` sets.

    Raises: SettingError when it is not of its form.
    """
    given = environ.get(DEFAULT_VPC_VARIABLE)
    if not given:
        return None
    try:
        found = msgspec.json.decode(given, type=DefaultVpc)
        for cidr in (found.cidr, *(subnet.cidr for subnet in found.subnets)):
            IPv4Network(cidr)
    except ValueError as error:
        raise SettingError(
            f"{DEFAULT_VPC_VARIABLE} is no VPC: {error}.",
            'Set it to {"vpcId": "vpc-…", "cidr": "172.31.0.0/16", "subnets": [{"subnetId": '
            '"subnet-…", "cidr": "172.31.0.0/20", "zone": "us-east-1a"}]}, or unset it.',
        ) from error
    return found


def default_data_dir(environ: Mapping[str, str] = os.environ, *, root: bool | None = None) -> Path:
    """Where state is kept unless told: /var/lib/roadstead for root, else the XDG state folder."""
    if chosen := environ.get("ROADSTEAD_DATA_DIR"):
        return Path(chosen)
    if os.geteuid() == 0 if root is None else root:
        return Path("/var/lib/roadstead")
    state = environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "roadstead"


def instance_size(settings: HostSettings) -> tuple[int, int]:
    """(CPU units, MiB) that an instance registers.

    Units: 1024 CPU units are one vCPU.
    Raises: SettingError for a type without a known size, unless both numbers are set.
    """
    cpu_units, memory_mib = settings.instance_cpu_units, settings.instance_memory_mib
    if settings.instance_type in INSTANCE_TYPES:
        vcpus, type_memory_mib = INSTANCE_TYPES[settings.instance_type]
        return cpu_units or vcpus * CPU_UNITS_PER_VCPU, memory_mib or type_memory_mib
    if cpu_units and memory_mib:
        return cpu_units, memory_mib
    raise SettingError(
        f"The size of instance type '{settings.instance_type}' is not known.",
        f"Use one of {', '.join(INSTANCE_TYPES)}, or give --instance-cpu and --instance-memory.",
    )
