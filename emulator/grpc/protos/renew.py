"""Writes the messages and services that the local cloud knows, from those of the vendor's Python SDK:

    pip install yandexcloud && python emulator/grpc/protos/renew.py

Names, numbers and types only. What is new then answers UNIMPLEMENTED or is to be served; the tests of the messages say so.
"""

from collections import defaultdict
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from google.protobuf.descriptor import FieldDescriptor

SERVICES = [
    "access.access",
    "audittrails.v1.trail_service",
    "endpoint.api_endpoint_service",
    "iam.v1.awscompatibility.access_key_service",
    "iam.v1.iam_token_service",
    "iam.v1.key_service",
    "iam.v1.role_service",
    "iam.v1.service_account_service",
    "kms.v1.symmetric_crypto_service",
    "kms.v1.symmetric_key_service",
    "operation.operation_service",
    "organizationmanager.v1.organization_service",
    "quotamanager.v1.quota_limit_service",
    "resourcemanager.v1.cloud_service",
    "resourcemanager.v1.folder_service",
    "storage.v1.bucket_service",
]
OPERATION = "yandex.cloud.operation.Operation"
TYPE_NAMES = {
    number: name.removeprefix("TYPE_").lower()
    for name, number in vars(FieldDescriptor).items()
    if name.startswith("TYPE_")
}

import_module("google.protobuf.empty_pb2")
operation_option = import_module("yandex.cloud.api.operation_pb2").operation
messages, services = {}, []


def outermost(descriptor):
    return outermost(descriptor.containing_type) if descriptor.containing_type else descriptor


def collect(descriptor):
    top = outermost(descriptor)
    if top.full_name.startswith("google.protobuf.") or top.full_name in messages:
        return
    messages[top.full_name] = top
    pending = [top]
    while pending:
        message = pending.pop()
        if not hasattr(message, "fields"):
            continue
        pending += message.nested_types
        for field in message.fields:
            if field.message_type or field.enum_type:
                collect(field.message_type or field.enum_type)


def full_name(name, pool, package):
    """The name of a message as the option of an operation gives it, which may be relative."""
    scopes = package.split(".")
    for length in range(len(scopes), -1, -1):
        candidate = ".".join([*scopes[:length], name])
        try:
            return pool.FindMessageTypeByName(candidate)
        except KeyError:
            continue
    raise KeyError(name)


def type_of(field):
    named = field.message_type or field.enum_type
    return f".{named.full_name}" if named else TYPE_NAMES[field.type]


def field_line(field):
    if field.message_type and field.message_type.GetOptions().map_entry:
        key, value = field.message_type.fields
        kind = f"map<{type_of(key)}, {type_of(value)}>"
    elif field.is_repeated:
        kind = f"repeated {type_of(field)}"
    else:
        kind = type_of(field)
    return f"{kind} {field.name} = {field.number};"


def enum_lines(enum):
    return [f"enum {enum.name} {{", *(f"  {v.name} = {v.number};" for v in enum.values), "}"]


def message_lines(message):
    if not hasattr(message, "fields"):
        return enum_lines(message)
    inner = []
    for nested in message.nested_types:
        if not nested.GetOptions().map_entry:
            inner += message_lines(nested)
    for enum in message.enum_types:
        inner += enum_lines(enum)
    for oneof in message.oneofs:
        inner += [f"oneof {oneof.name} {{", *(f"  {field_line(f)}" for f in oneof.fields), "}"]
    inner += [field_line(field) for field in message.fields if not field.containing_oneof]
    if not inner:
        return [f"message {message.name} {{}}"]
    return [f"message {message.name} {{", *(f"  {line}" for line in inner), "}"]


def service_lines(service):
    lines = [f"service {service.name} {{"]
    for method in service.methods:
        request, response = method.input_type.full_name, method.output_type.full_name
        head = f"  rpc {method.name}(.{request}) returns (.{response})"
        if response != OPERATION or not method.GetOptions().HasExtension(operation_option):
            lines.append(f"{head};")
            continue
        types = method.GetOptions().Extensions[operation_option]
        found = {
            part: full_name(getattr(types, part), service.file.pool, service.file.package)
            for part in ("metadata", "response")
        }
        for descriptor in found.values():
            collect(descriptor)
        lines.append(f"{head} {{")
        lines += [f'    option (operation).{part} = "{d.full_name}";' for part, d in found.items()]
        lines.append("  }")
    return [*lines, "}"]


for module in SERVICES:
    descriptor = import_module(f"yandex.cloud.{module}_pb2").DESCRIPTOR
    for service in descriptor.services_by_name.values():
        services.append(service)
        for method in service.methods:
            collect(method.input_type)
            collect(method.output_type)
    if not descriptor.services_by_name:
        for message in descriptor.message_types_by_name.values():
            collect(message)

packages = defaultdict(list)
for service in services:
    packages[service.file.package] += ["", *service_lines(service)]
for _, message in sorted(messages.items()):
    packages[message.file.package] += ["", *message_lines(message)]

folder = Path(__file__).parent
for old in folder.glob("*.proto"):
    old.unlink()
for package, lines in packages.items():
    head = f'// Written by renew.py from yandexcloud {version("yandexcloud")}.\nsyntax = "proto3";\npackage {package};\n'
    (folder / f"{package}.proto").write_text(head + "\n".join(lines) + "\n")
