"""Answers what Google's implementation makes of messages of alphintra.testing.v1.KitchenSink.

Reads frames from standard input and writes one answer for each: a letter, a length of four bytes
(big-endian) and as many bytes. What A and R ask about is three such frames, each under a B.

    question                            answer
    B, a message in binary form         B, the message in binary form
    P, a message in binary form         J, the message in JSON
    J, a message in JSON                B, the message in binary form
    A, mask, update and target          B, the target with what the mask names of the update, added
    R, mask, update and target          B, the same, lists and messages replaced
    any, but it is no such message      E, why

alphintra.type.Decimal is a well-known type to us, a bare string in JSON, and a plain message to
Google's implementation; this script translates between the two.
"""

import functools
import importlib
import importlib.resources
import io
import json
import os
import sys
import tempfile

from google.protobuf import field_mask_pb2, json_format
from grpc_tools import protoc

DECIMAL = "alphintra.type.Decimal"


def kitchen_sink(protos):
    """Compiles the contract into a temporary folder and returns the message class."""
    folder = tempfile.mkdtemp(prefix="alphintra-oracle-")
    wellknown = str(importlib.resources.files("grpc_tools") / "_proto")
    files = ["alphintra/testing/v1/kitchen_sink.proto", "alphintra/type/decimal.proto"]
    status = protoc.main(
        ["protoc", f"-I{protos}", f"-I{wellknown}", f"--python_out={folder}"] + files
    )
    if status != 0:
        raise SystemExit("protoc failed")
    sys.path.insert(0, folder)
    return importlib.import_module("alphintra.testing.v1.kitchen_sink_pb2").KitchenSink


def convert(value, descriptor, decimal):
    """Applies `decimal` to every decimal in the JSON form of a message, wherever it is."""
    if descriptor.full_name == DECIMAL:
        return decimal(value)
    if not isinstance(value, dict) or descriptor.full_name.startswith("google.protobuf."):
        return value
    fields = fields_of(descriptor)
    return {name: convert_field(item, fields.get(name), decimal) for name, item in value.items()}


@functools.cache
def fields_of(descriptor):
    """The fields that hold messages, by both their names."""
    fields = {}
    for field in descriptor.fields:
        if field.message_type is not None:
            fields[field.json_name] = fields[field.name] = field
    return fields


def convert_field(value, field, decimal):
    if field is None or field.message_type is None or value is None:
        return value
    kind = field.message_type
    if kind.GetOptions().map_entry:
        item = kind.fields_by_name["value"]
        return {key: convert_field(entry, item, decimal) for key, entry in value.items()}
    if isinstance(value, list):
        return [convert(item, kind, decimal) for item in value]
    return convert(value, kind, decimal)


def frames(source):
    """The frames of a stream: letter and content."""
    while kind := source.read(1):
        yield kind, source.read(int.from_bytes(source.read(4), "big"))


def merge(content, message_class, replace):
    mask, update, target = (frame for _, frame in frames(io.BytesIO(content)))
    result = message_class.FromString(target)
    field_mask_pb2.FieldMask.FromString(mask).MergeMessage(
        message_class.FromString(update), result, replace, replace
    )
    return b"B", result.SerializeToString(deterministic=True)


def answer(kind, content, message_class):
    if kind in b"AR":
        return merge(content, message_class, kind == b"R")
    if kind == b"J":
        message = message_class()
        tree = json.loads(content)
        tree = convert(tree, message.DESCRIPTOR, lambda value: {"value": value})
        json_format.ParseDict(tree, message)
        return b"B", message.SerializeToString(deterministic=True)
    message = message_class.FromString(content)
    if kind == b"B":
        return b"B", message.SerializeToString(deterministic=True)
    tree = json_format.MessageToDict(message)
    tree = convert(tree, message.DESCRIPTOR, lambda value: value.get("value", ""))
    return b"J", json.dumps(tree, ensure_ascii=False).encode()


def main():
    message_class = kitchen_sink(sys.argv[1])
    source, target = sys.stdin.buffer, sys.stdout.buffer
    for kind, content in frames(source):
        try:
            letter, body = answer(kind, content, message_class)
        except Exception as error:  # Whatever it is, it is the answer.
            letter, body = b"E", str(error).encode()
        target.write(letter + len(body).to_bytes(4, "big") + body)
    target.flush()


if __name__ == "__main__":
    main()
