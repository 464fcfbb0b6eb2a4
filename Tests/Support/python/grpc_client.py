"""Makes the calls of the testing service that standard input asks for, with grpcio.

    grpc_client.py PROTOS TARGET [CERTIFICATE KEY] AUTHORITY

Each line of input is an object: {"call": {...}} makes a call and prints its outcomes as one line when it
has ended, {"cancel": true} cancels the call under way. A call has a `method` and `requests`, and may have
`metadata` (objects of `name` and either `text` or `base64`), `timeout`, `gzip`, `copies` (the same call that
many times at once) and `unknown` (a method that no contract has).
"""

import base64
import json
import sys
import threading

import grpc

from contracts import Contracts, pattern
from lines import tell

STREAMING_REQUESTS = {"Collect", "Chat"}
STREAMING_RESPONSES = {"Expand", "Chat"}


def read_all(path):
    with open(path, "rb") as file:
        return file.read()


def from_json(fields):
    return [
        (field["name"], base64.b64decode(field["base64"]) if "base64" in field else field["text"])
        for field in fields
    ]


def to_json(metadata):
    return [
        {"name": name, "base64": base64.b64encode(value).decode()}
        if isinstance(value, bytes)
        else {"name": name, "text": value}
        for name, value in metadata or []
    ]


class Client:
    def __init__(self, contracts, channel):
        self.contracts = contracts
        self.channel = channel
        self.stub = contracts.stubs.TestingServiceStub(channel)
        self.current = None

    def request(self, fields):
        request = self.contracts.messages.EchoRequest()
        for name, value in fields.items():
            if name == "payload_size":
                request.payload = pattern(value)
            else:
                setattr(request, name, value)
        return request

    def response(self, response):
        return {
            "text": response.text,
            "index": response.index,
            "payloadSize": len(response.payload),
            "payloadMatches": response.payload == pattern(len(response.payload)),
        }

    def start(self, spec):
        method = spec["method"]
        options = {
            "metadata": from_json(spec.get("metadata", [])),
            "timeout": spec.get("timeout"),
            "compression": grpc.Compression.Gzip if spec.get("gzip") else None,
        }
        requests = [self.request(fields) for fields in spec["requests"]]
        if spec.get("unknown"):
            call = self.channel.unary_unary(
                f"/alphintra.testing.v1.TestingService/{method}",
                request_serializer=lambda message: message.SerializeToString(),
                response_deserializer=self.contracts.messages.EchoResponse.FromString,
            )
            return call.future(requests[0], **options)
        call = getattr(self.stub, method)
        if method in STREAMING_REQUESTS and method in STREAMING_RESPONSES:
            return call(iter(requests), **options)
        if method in STREAMING_REQUESTS:
            return call.future(iter(requests), **options)
        if method in STREAMING_RESPONSES:
            return call(requests[0], **options)
        return call.future(requests[0], **options)

    def finish(self, spec, call):
        responses = []
        try:
            if spec["method"] in STREAMING_RESPONSES:
                for response in call:
                    responses.append(self.response(response))
            else:
                responses.append(self.response(call.result()))
        except (grpc.RpcError, grpc.FutureCancelledError):
            pass
        return {
            "code": call.code().value[0],
            "message": call.details() or "",
            "responses": responses,
            "initial": to_json(call.initial_metadata()),
            "trailing": to_json(call.trailing_metadata()),
        }

    def run(self, spec, started):
        calls = [self.start(spec) for _ in range(spec.get("copies", 1))]
        self.current = calls[0]
        started.set()
        outcomes = [self.finish(spec, call) for call in calls]
        tell(outcomes)


def main():
    protos, target, *identity, authority = sys.argv[1:]
    contracts = Contracts(protos)
    certificate, key = (read_all(path) for path in identity) if identity else (None, None)
    credentials = grpc.ssl_channel_credentials(read_all(authority), key, certificate)
    options = [
        ("grpc.max_receive_message_length", -1),
        ("grpc.max_send_message_length", -1),
        ("grpc.enable_retries", 0),
    ]
    with grpc.secure_channel(target, credentials, options) as channel:
        client = Client(contracts, channel)
        for line in sys.stdin:
            command = json.loads(line)
            if command.get("cancel"):
                client.current.cancel()
                continue
            started = threading.Event()
            threading.Thread(target=client.run, args=(command["call"], started)).start()
            started.wait()


if __name__ == "__main__":
    main()
