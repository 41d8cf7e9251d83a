"""Container definitions: defaults filled in, and the settings that stand alone checked."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from roadstead.ecs.errors import client_error
from roadstead.ecs.rules.task_definition.choices import check_choice, invalid_container
from roadstead.ecs.rules.task_definition.health import (
    HEALTH_CHECK_DEFAULTS,
    check_health_check,
    check_restart_policy,
    check_start_timeout,
    check_stop_timeout,
)
from roadstead.ecs.rules.task_definition.linux import check_linux_parameters, check_ulimits
from roadstead.ecs.rules.task_definition.ports import port_mappings

LOG_DRIVERS = (
    "json-file",
    "syslog",
    "journald",
    "gelf",
    "fluentd",
    "awslogs",
    "splunk",
    "awsfirelens",
)
"""Source: botocore:ecs#LogDriver"""
ENVIRONMENT_FILES_MAX = 10
CREDENTIAL_SPECS_MAX = 1

_RESOURCE_TYPES = ("GPU", "InferenceAccelerator", "NeuronDevice")
_FIRELENS_TYPES = ("fluentd", "fluentbit")
_FIRELENS_FILE_TYPES = ("s3", "file")
_SEARCH_DOMAIN = re.compile(r"[a-zA-Z0-9.-]{0,253}[a-zA-Z0-9]")
_SECURITY_OPTION = re.compile(
    r"no-new-privileges(:(true|false))?|(label|apparmor|credentialspec):.+"
)
_CREDENTIAL_SPEC = re.compile(r"credentialspec(domainless)?:.+")

_NOT_IN_MODE = {
    "awsvpc": ("hostname", "dnsServers", "dnsSearchDomains", "extraHosts", "disableNetworking"),
    "host": ("hostname",),
}
"""Network mode → settings that it rules out.
Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html"""


def container_document(given: Mapping[str, Any], network_mode: str) -> dict[str, Any]:
    """A container definition as DescribeTaskDefinition shows it. Its name was checked.

    Raises: ClientException for what is not valid; InvalidParameterException for a word that is none
        of those allowed.
    Shape: ContainerDefinition
    Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    name = given["name"]
    document: dict[str, Any] = {
        "cpu": 0,
        "essential": True,
        "environment": [],
        "mountPoints": [],
        "volumesFrom": [],
        "systemControls": [],
        **given,
    }
    document["portMappings"] = port_mappings(name, given.get("portMappings", ()), network_mode)
    for member, value in given.items():
        check = _CHECKS.get(member)
        if check is not None:
            check(name, value)
    for member in _NOT_IN_MODE.get(network_mode, ()):
        if given.get(member):
            raise client_error(
                f"{member} is not supported on container when networkMode={network_mode}."
            )
    if "healthCheck" in given:
        document["healthCheck"] = {**HEALTH_CHECK_DEFAULTS, **given["healthCheck"]}
    return document


def check_essential(containers: Sequence[Mapping[str, Any]]) -> None:
    """Raises: ClientException when no container is essential."""
    if not any(container["essential"] for container in containers):
        raise client_error("A task definition must have at least one essential container.")


def _check_environment(name: str, environment: Sequence[Mapping[str, Any]]) -> None:
    for variable in environment:
        if not variable.get("name"):
            raise invalid_container(name, "An environment variable needs a name.")


def _check_environment_files(name: str, files: Sequence[Mapping[str, Any]]) -> None:
    if len(files) > ENVIRONMENT_FILES_MAX:
        raise invalid_container(
            name, f"A container can have up to {ENVIRONMENT_FILES_MAX} environmentFiles."
        )
    for file in files:
        check_choice("environmentFiles.type", file["type"], ("s3",))
        if not file["value"].endswith(".env"):
            raise invalid_container(
                name, f"The environment file {file['value'][:200]!r} must end in .env."
            )


def _check_secrets(name: str, secrets: Sequence[Mapping[str, Any]]) -> None:
    for secret in secrets:
        if not secret["name"] or not secret["valueFrom"]:
            raise invalid_container(name, "A secret needs a name and valueFrom.")


def _check_log_configuration(name: str, configuration: Mapping[str, Any]) -> None:
    check_choice("logDriver", configuration["logDriver"], LOG_DRIVERS)
    _check_secrets(name, configuration.get("secretOptions", ()))


def _check_resource_requirements(name: str, requirements: Sequence[Mapping[str, Any]]) -> None:
    for requirement in requirements:
        kind, value = requirement["type"], requirement.get("value") or ""
        check_choice("resourceRequirements.type", kind, _RESOURCE_TYPES)
        if kind == "InferenceAccelerator":
            raise invalid_container(name, "Amazon Elastic Inference has ended; there are none.")
        shared = kind == "GPU" and "sharingStrategy" in requirement
        if not (
            value == "ALL" or (kind == "GPU" and value.isascii() and value.isdigit()) or shared
        ):
            raise invalid_container(
                name, f"Invalid value {value[:50]!r} of {kind}. Expected a number of GPUs, or ALL."
            )


def _check_firelens(name: str, configuration: Mapping[str, Any]) -> None:
    check_choice("firelensConfiguration.type", configuration["type"], _FIRELENS_TYPES)
    options = configuration.get("options", {})
    file_type = options.get("config-file-type")
    if file_type is not None:
        check_choice("config-file-type", file_type, _FIRELENS_FILE_TYPES)
    if (file_type is None) != (not options.get("config-file-value")):
        raise invalid_container(
            name, "The options config-file-type and config-file-value belong together."
        )


def _check_search_domains(name: str, domains: Sequence[str]) -> None:
    for domain in domains:
        if not _SEARCH_DOMAIN.fullmatch(domain):
            raise invalid_container(name, f"dnsSearchDomains has {domain[:300]!r}, no domain name.")


def _check_security_options(name: str, options: Sequence[str]) -> None:
    for option in options:
        if not _SECURITY_OPTION.fullmatch(option):
            raise invalid_container(
                name,
                f"Invalid dockerSecurityOptions {option[:200]!r}. Expected no-new-privileges, "
                "label:…, apparmor:… or credentialspec:….",
            )


def _check_credential_specs(name: str, specs: Sequence[str]) -> None:
    if len(specs) > CREDENTIAL_SPECS_MAX:
        raise invalid_container(name, "A container can have one of credentialSpecs.")
    for spec in specs:
        if not _CREDENTIAL_SPEC.fullmatch(spec):
            raise invalid_container(
                name,
                f"Invalid credentialSpecs {spec[:200]!r}. Expected credentialspec:<ARN> or "
                "credentialspecdomainless:<ARN>.",
            )


def _check_version_consistency(name: str, value: str) -> None:
    check_choice(f"versionConsistency of container '{name}'", value, ("enabled", "disabled"))


def _check_repository_credentials(name: str, credentials: Mapping[str, Any]) -> None:
    if not credentials["credentialsParameter"]:
        raise invalid_container(name, "credentialsParameter should not be null or empty.")


_CHECKS: dict[str, Callable[[str, Any], None]] = {
    "credentialSpecs": _check_credential_specs,
    "dnsSearchDomains": _check_search_domains,
    "dockerSecurityOptions": _check_security_options,
    "environment": _check_environment,
    "environmentFiles": _check_environment_files,
    "firelensConfiguration": _check_firelens,
    "healthCheck": check_health_check,
    "linuxParameters": check_linux_parameters,
    "logConfiguration": _check_log_configuration,
    "repositoryCredentials": _check_repository_credentials,
    "resourceRequirements": _check_resource_requirements,
    "restartPolicy": check_restart_policy,
    "secrets": _check_secrets,
    "startTimeout": check_start_timeout,
    "stopTimeout": check_stop_timeout,
    "ulimits": check_ulimits,
    "versionConsistency": _check_version_consistency,
}
"""Member of a container definition → the check of its value. One that is absent costs nothing."""
