"""Serves gRPC's interoperability tests with grpcio over mutual TLS, until standard input ends; prints the port.

    interop_server.py PROTOS CERTIFICATE KEY AUTHORITY

It cannot see whether a request is compressed: grpcio does not tell.
"""

import sys
import time
from concurrent import futures

import grpc

from interop_contract import INITIAL, TRAILING, InteropContract, read_all


def make_servicer(contract):
    messages = contract.messages

    class Servicer(contract.stubs.TestServiceServicer):
        def EmptyCall(self, request, context):
            return contract.empty()

        def UnaryCall(self, request, context):
            self.echo(request, context)
            if request.response_compressed.value:
                context.set_compression(grpc.Compression.Gzip)
            return messages.SimpleResponse(payload=self.payload(request.response_size))

        def StreamingInputCall(self, requests, context):
            size = sum(len(request.payload.body) for request in requests)
            return messages.StreamingInputCallResponse(aggregated_payload_size=size)

        def StreamingOutputCall(self, request, context):
            # What is compressed is said message by message.
            context.set_compression(grpc.Compression.Gzip)
            yield from self.answer(request, context)

        def FullDuplexCall(self, requests, context):
            for request in requests:
                yield from self.answer(request, context)

        def answer(self, request, context):
            self.echo(request, context)
            for parameters in request.response_parameters:
                time.sleep(parameters.interval_us / 1e6)
                if not parameters.compressed.value:
                    context.disable_next_message_compression()
                yield messages.StreamingOutputCallResponse(payload=self.payload(parameters.size))

        def payload(self, size):
            return messages.Payload(body=bytes(size))

        def echo(self, request, context):
            received = dict(context.invocation_metadata())
            if INITIAL in received:
                context.send_initial_metadata([(INITIAL, received[INITIAL])])
            if TRAILING in received:
                context.set_trailing_metadata([(TRAILING, received[TRAILING])])
            if number := request.response_status.code:
                code = next(code for code in grpc.StatusCode if code.value[0] == number)
                context.abort(code, request.response_status.message)

    return Servicer()


def main():
    protos, certificate, key, authority = sys.argv[1:]
    contract = InteropContract(protos)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=64))
    contract.stubs.add_TestServiceServicer_to_server(make_servicer(contract), server)
    credentials = grpc.ssl_server_credentials(
        [(read_all(key), read_all(certificate))], read_all(authority), True
    )
    port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    server.stop(0).wait()


if __name__ == "__main__":
    main()
