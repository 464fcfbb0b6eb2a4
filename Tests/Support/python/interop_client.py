"""Plays gRPC's interoperability tests with grpcio over mutual TLS; prints a line for each case.

    interop_client.py PROTOS PORT CERTIFICATE KEY AUTHORITY CASE...

A line is the case and OK, or FAILED and why. grpcio does not tell whether a response was compressed, so the calls
go through a relay that counts the bytes that come: zeros are many if they are not compressed.
"""

import queue
import socket
import sys
import threading

import grpc

from interop_contract import INITIAL, TRAILING, InteropContract, read_all

LARGE_REQUEST, LARGE_RESPONSE = 271_828, 314_159
SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"


class Relay:
    """Passes connections on to a port of this machine, and counts what comes from there."""

    def __init__(self, port):
        self.target = port
        self.received = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.create_connection(("127.0.0.1", self.target))
            threading.Thread(target=self.pass_on, args=(client, server, False), daemon=True).start()
            threading.Thread(target=self.pass_on, args=(server, client, True), daemon=True).start()

    def pass_on(self, source, sink, counts):
        try:
            while data := source.recv(65_536):
                if counts:
                    self.received += len(data)
                sink.sendall(data)
        except OSError:
            pass
        # The other direction ends, too.
        for end in [source, sink]:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Failed(Exception):
    pass


def expect(what, actual, expected):
    if actual != expected:
        raise Failed(f"{what} is {actual!r}, not {expected!r}")


class Cases:
    def __init__(self, contract, channel, relay):
        self.messages = contract.messages
        self.empty = contract.empty
        self.stub = contract.stubs.TestServiceStub(channel)
        self.unimplemented = contract.stubs.UnimplementedServiceStub(channel)
        self.relay = relay

    # What calls are made of.

    def large(self, **fields):
        return self.messages.SimpleRequest(
            response_size=LARGE_RESPONSE,
            payload=self.messages.Payload(body=bytes(LARGE_REQUEST)), **fields
        )

    def flag(self, value):
        return self.messages.BoolValue(value=value)

    def parameters(self, *responses):
        return [
            self.messages.ResponseParameters(size=size, compressed=self.flag(compressed))
            for size, compressed in responses
        ]

    def duplex(self, size, payload):
        return self.messages.StreamingOutputCallRequest(
            response_parameters=self.parameters((size, False)),
            payload=self.messages.Payload(body=bytes(payload)),
        )

    def expect_zeros(self, response, size):
        expect("the payload", response.payload.body == bytes(size), True)

    def expect_status(self, code, call, message=None):
        try:
            call()
        except grpc.RpcError as error:
            expect("the status", error.code(), code)
            if message is not None:
                expect("the message", error.details(), message)
        else:
            raise Failed(f"the call succeeded, and did not end with {code}")

    def expect_received(self, size, compressed, call):
        before = self.relay.received
        call()
        came = self.relay.received - before
        expect(f"whether {came} bytes hold {size} zeros compressed", came < size / 4, compressed)

    # The cases.

    def empty_unary(self):
        expect("the response", self.stub.EmptyCall(self.empty()), self.empty())

    def large_unary(self):
        self.expect_zeros(self.stub.UnaryCall(self.large()), LARGE_RESPONSE)

    def concurrent_large_unary(self):
        calls = [self.stub.UnaryCall.future(self.large()) for _ in range(1_000)]
        for call in calls:
            self.expect_zeros(call.result(), LARGE_RESPONSE)

    def client_compressed_unary(self):
        probe = self.large(expect_compressed=self.flag(True))
        self.expect_status(grpc.StatusCode.INVALID_ARGUMENT, lambda: self.stub.UnaryCall(probe))
        for compressed in [True, False]:
            request = self.large(expect_compressed=self.flag(compressed))
            compression = grpc.Compression.Gzip if compressed else grpc.Compression.NoCompression
            response = self.stub.UnaryCall(request, compression=compression)
            self.expect_zeros(response, LARGE_RESPONSE)

    def server_compressed_unary(self):
        for compressed in [True, False]:
            request = self.large(response_compressed=self.flag(compressed))
            self.expect_received(
                LARGE_RESPONSE, compressed,
                lambda: self.expect_zeros(self.stub.UnaryCall(request), LARGE_RESPONSE),
            )

    def client_streaming(self):
        sizes = [27_182, 8, 1_828, 45_904]
        requests = [
            self.messages.StreamingInputCallRequest(payload=self.messages.Payload(body=bytes(size)))
            for size in sizes
        ]
        response = self.stub.StreamingInputCall(iter(requests))
        expect("the aggregated size", response.aggregated_payload_size, 74_922)

    def server_streaming(self):
        sizes = [31_415, 9, 2_653, 58_979]
        request = self.messages.StreamingOutputCallRequest(
            response_parameters=self.parameters(*((size, False) for size in sizes))
        )
        responses = list(self.stub.StreamingOutputCall(request))
        expect("the sizes", [len(response.payload.body) for response in responses], sizes)

    def server_compressed_streaming(self):
        request = self.messages.StreamingOutputCallRequest(
            response_parameters=self.parameters((31_415, True), (92_653, False))
        )
        before = self.relay.received
        responses = self.stub.StreamingOutputCall(request)
        for size in [31_415, 92_653]:
            self.expect_zeros(next(responses), size)
        came = self.relay.received - before
        # With the first as it is there would be more; with the second compressed, less.
        expect(f"whether {came} bytes are the second response", 92_653 < came < 92_653 + 15_000, True)

    def ping_pong(self):
        requests = queue.Queue()
        responses = self.stub.FullDuplexCall(iter(requests.get, None))
        for size, payload in [(31_415, 27_182), (9, 8), (2_653, 1_828), (58_979, 45_904)]:
            requests.put(self.duplex(size, payload))
            self.expect_zeros(next(responses), size)
        requests.put(None)
        expect("what follows", list(responses), [])

    def empty_stream(self):
        expect("the responses", list(self.stub.FullDuplexCall(iter([]))), [])

    def custom_metadata(self):
        sent = [(INITIAL, "test_initial_metadata_value"), (TRAILING, b"\xab\xab\xab")]

        def check(call):
            expect("the initial metadata", dict(call.initial_metadata()).get(INITIAL), sent[0][1])
            expect("the trailing metadata", dict(call.trailing_metadata()).get(TRAILING), sent[1][1])

        _, call = self.stub.UnaryCall.with_call(self.large(), metadata=sent)
        check(call)
        requests = iter([self.duplex(LARGE_RESPONSE, LARGE_REQUEST)])
        call = self.stub.FullDuplexCall(requests, metadata=sent)
        for response in call:
            self.expect_zeros(response, LARGE_RESPONSE)
        check(call)

    def status_code_and_message(self):
        status = self.messages.EchoStatus(code=2, message="test status message")
        for call in [
            lambda: self.stub.UnaryCall(self.messages.SimpleRequest(response_status=status)),
            lambda: list(
                self.stub.FullDuplexCall(
                    iter([self.messages.StreamingOutputCallRequest(response_status=status)])
                )
            ),
        ]:
            self.expect_status(grpc.StatusCode.UNKNOWN, call, status.message)

    def special_status_message(self):
        status = self.messages.EchoStatus(code=2, message=SPECIAL)
        request = self.messages.SimpleRequest(response_status=status)
        self.expect_status(grpc.StatusCode.UNKNOWN, lambda: self.stub.UnaryCall(request), SPECIAL)

    def unimplemented_method(self):
        self.expect_status(
            grpc.StatusCode.UNIMPLEMENTED, lambda: self.stub.UnimplementedCall(self.empty())
        )

    def unimplemented_service(self):
        self.expect_status(
            grpc.StatusCode.UNIMPLEMENTED,
            lambda: self.unimplemented.UnimplementedCall(self.empty()),
        )

    def cancel_after_begin(self):
        never = queue.Queue()
        call = self.stub.StreamingInputCall.future(iter(never.get, None))
        call.cancel()
        expect("the status", call.code(), grpc.StatusCode.CANCELLED)
        never.put(None)

    def cancel_after_first_response(self):
        requests = queue.Queue()
        call = self.stub.FullDuplexCall(iter(requests.get, None))
        requests.put(self.duplex(31_415, 27_182))
        self.expect_zeros(next(call), 31_415)
        call.cancel()
        self.expect_status(grpc.StatusCode.CANCELLED, lambda: next(call))
        requests.put(None)

    def timeout_on_sleeping_server(self):
        never = queue.Queue()
        call = self.stub.FullDuplexCall(iter(never.get, None), timeout=0.001)
        never.put(self.duplex(31_415, 27_182))
        self.expect_status(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: list(call))
        never.put(None)


def main():
    protos, port, certificate, key, authority, *names = sys.argv[1:]
    contract = InteropContract(protos)
    relay = Relay(int(port))
    credentials = grpc.ssl_channel_credentials(
        read_all(authority), read_all(key), read_all(certificate)
    )
    with grpc.secure_channel(f"localhost:{relay.port}", credentials) as channel:
        cases = Cases(contract, channel, relay)
        for name in names:
            try:
                getattr(cases, name)()
                print(f"{name} OK", flush=True)
            except Exception as error:
                print(f"{name} FAILED: {error!r}", flush=True)


if __name__ == "__main__":
    main()
