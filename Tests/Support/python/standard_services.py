"""Asks a server what standard input says, with gRPC's own clients of health and reflection.

    standard_services.py TARGET CERTIFICATE KEY AUTHORITY

Each line of input is an object with one member, and is answered by a line: {"check": SERVICE}, {"list": true},
{"services": true}, {"methods": SERVICE}, {"call": METHOD, "request": {...}} by types made of what reflection told,
{"same": FILE, "as": MODULE} compares a file's services and messages with those of a Python module. {"watch": SERVICE}
answers a line for each status, and one for the end.
"""

import importlib
import json
import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

from lines import tell

Status = health_pb2.HealthCheckResponse.ServingStatus


def read_all(path):
    with open(path, "rb") as file:
        return file.read()


def declarations(file):
    """What a file declares, without its name, options and JSON names, which depend on who compiled it."""
    proto = descriptor_pb2.FileDescriptorProto()
    file.CopyToProto(proto)
    proto.ClearField("name")
    proto.ClearField("options")
    pending = list(proto.message_type)
    while pending:
        message = pending.pop()
        pending += message.nested_type
        for field in message.field:
            field.ClearField("json_name")
    return proto.SerializeToString(deterministic=True)


class Client:
    def __init__(self, channel):
        self.channel = channel
        self.health = health_pb2_grpc.HealthStub(channel)
        self.database = ProtoReflectionDescriptorDatabase(channel)
        self.pool = descriptor_pool.DescriptorPool(self.database)

    def check(self, service, _):
        request = health_pb2.HealthCheckRequest(service=service)
        return {"status": Status.Name(self.health.Check(request).status)}

    def list(self, _, __):
        statuses = self.health.List(health_pb2.HealthListRequest()).statuses
        return {"statuses": {name: Status.Name(value.status) for name, value in statuses.items()}}

    def watch(self, service, _):
        for response in self.health.Watch(health_pb2.HealthCheckRequest(service=service)):
            tell({"status": Status.Name(response.status)})

    def services(self, _, __):
        return {"names": sorted(self.database.get_services())}

    def methods(self, service, _):
        return {"names": [method.name for method in self.pool.FindServiceByName(service).methods]}

    def call(self, name, command):
        method = self.pool.FindMethodByName(name)
        request = message_factory.GetMessageClass(method.input_type)()
        json_format.ParseDict(command["request"], request)
        call = self.channel.unary_unary(
            f"/{method.containing_service.full_name}/{method.name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=message_factory.GetMessageClass(method.output_type).FromString,
        )
        return {"response": json_format.MessageToDict(call(request))}

    def same(self, name, command):
        module = importlib.import_module(command["as"])
        return {
            "same": declarations(self.pool.FindFileByName(name)) == declarations(module.DESCRIPTOR)
        }


def main():
    target, certificate, key, authority = sys.argv[1:]
    credentials = grpc.ssl_channel_credentials(
        read_all(authority), read_all(key), read_all(certificate)
    )
    with grpc.secure_channel(target, credentials) as channel:
        client = Client(channel)
        for line in sys.stdin:
            command = json.loads(line)
            name, argument = next(iter(command.items()))
            try:
                answer = getattr(client, name)(argument, command)
            except grpc.RpcError as error:
                answer = {"code": error.code().name, "message": error.details()}
            except KeyError as error:
                answer = {"code": "NOT_FOUND", "message": str(error)}
            if answer is not None:
                tell(answer)


if __name__ == "__main__":
    main()
