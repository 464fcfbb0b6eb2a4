"""Compiles contracts with Google's generators, for the peers that speak gRPC."""

import importlib
import importlib.resources
import sys
import tempfile

from grpc_tools import protoc

FILES = [
    "alphintra/testing/v1/testing_service.proto",
    "alphintra/options/options.proto",
    "google/rpc/status.proto",
    "google/rpc/error_details.proto",
]


def generate(protos, files):
    """Generates modules from contracts and lets them be imported; they live as long as the folder returned."""
    folder = tempfile.TemporaryDirectory(prefix="alphintra-contracts-")
    target = folder.name
    wellknown = str(importlib.resources.files("grpc_tools") / "_proto")
    status = protoc.main(
        ["protoc", f"-I{protos}", f"-I{wellknown}"]
        + [f"--python_out={target}", f"--grpc_python_out={target}"] + files
    )
    if status != 0:
        raise SystemExit("protoc failed")
    sys.path.insert(0, target)
    return folder


class Contracts:
    """The generated modules of the testing service; their folder lives as long as this object."""

    def __init__(self, protos):
        self.folder = generate(protos, FILES)
        target = self.folder.name
        # Google's own Python package is in the way of a folder called `google`.
        google = importlib.import_module("google")
        google.__path__ = list(google.__path__) + [f"{target}/google"]
        self.messages = importlib.import_module("alphintra.testing.v1.testing_service_pb2")
        self.stubs = importlib.import_module("alphintra.testing.v1.testing_service_pb2_grpc")
        self.status = importlib.import_module("google.rpc.status_pb2")
        self.details = importlib.import_module("google.rpc.error_details_pb2")


def pattern(size):
    """Bytes that both peers can make, so that a large payload need not be printed."""
    return bytes(index * 31 & 0xFF for index in range(256)) * (size // 256) + bytes(
        index * 31 & 0xFF for index in range(size % 256)
    )
