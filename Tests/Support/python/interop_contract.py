"""gRPC's interoperability contract, compiled with Google's generators, for the peers that grpcio is."""

import importlib

import grpc

from contracts import generate

INITIAL = "x-grpc-test-echo-initial"
TRAILING = "x-grpc-test-echo-trailing-bin"


class InteropContract:
    """The generated modules; their folder lives as long as this object."""

    def __init__(self, protos):
        files = [f"grpc/testing/{name}.proto" for name in ["test", "messages", "empty"]]
        self.folder = generate(protos, files)
        # grpcio's own package is in the way of a folder called `grpc`.
        grpc.__path__ = list(grpc.__path__) + [f"{self.folder.name}/grpc"]
        self.messages = importlib.import_module("grpc.testing.messages_pb2")
        self.empty = importlib.import_module("grpc.testing.empty_pb2").Empty
        self.stubs = importlib.import_module("grpc.testing.test_pb2_grpc")


def read_all(path):
    with open(path, "rb") as file:
        return file.read()
