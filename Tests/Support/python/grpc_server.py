"""Serves the testing service with grpcio, as its contract's comments say, until standard input ends.

    grpc_server.py PROTOS CERTIFICATE KEY AUTHORITY [MAXIMUM_MESSAGE_BYTES]

Prints one object a line: the port first, then what handlers see: that one waits, that its caller is gone,
and how much time a call had when it came.
"""

import sys
import threading
from concurrent import futures

import grpc

from contracts import Contracts, pattern
from lines import tell


def make_servicer(contracts):
    messages = contracts.messages

    class Servicer(contracts.stubs.TestingServiceServicer):
        def Echo(self, request, context):
            self.look_at(context)
            return self.answer(request, 0, context)

        def Collect(self, requests, context):
            self.look_at(context)
            response = messages.EchoResponse()
            for request in requests:
                response.text += request.text
                response.payload += request.payload
                response.index += 1
            return response

        def Expand(self, request, context):
            self.look_at(context)
            for index in range(request.count):
                yield self.answer(request, index, context)

        def Chat(self, requests, context):
            self.look_at(context)
            for index, request in enumerate(requests):
                yield self.answer(request, index, context)

        def look_at(self, context):
            remaining = context.time_remaining()
            # Without a deadline grpcio states one that is centuries away.
            tell({"event": "call", "remaining": remaining if remaining and remaining < 1e8 else None})
            received = dict(context.invocation_metadata())
            initial, trailing = [], []
            for suffix in ["", "-bin"]:
                if (value := received.get(f"x-echo{suffix}")) is not None:
                    initial.append((f"x-initial{suffix}", value))
                    trailing.append((f"x-trailing{suffix}", value))
            if initial:
                context.send_initial_metadata(initial)
                context.set_trailing_metadata(trailing)

        def answer(self, request, index, context):
            if request.delay_ms:
                self.wait(request.delay_ms / 1000, context)
            if request.fail_code:
                self.fail(request, context)
            payload = request.payload
            if request.response_size:
                payload = pattern(request.response_size)
            return messages.EchoResponse(text=request.text, payload=payload, index=index)

        def wait(self, seconds, context):
            gone = threading.Event()
            if not context.add_callback(gone.set):
                gone.set()
            tell({"event": "waiting"})
            if gone.wait(seconds):
                tell({"event": "gone"})

        def fail(self, request, context):
            info = contracts.details.ErrorInfo(
                reason="ASKED_FOR", domain="testing.alphintra", metadata={"text": request.text}
            )
            status = contracts.status.Status(code=request.fail_code, message=request.fail_message)
            status.details.add().Pack(info)
            context.set_trailing_metadata(
                [("grpc-status-details-bin", status.SerializeToString())]
            )
            code = next(code for code in grpc.StatusCode if code.value[0] == request.fail_code)
            context.abort(code, request.fail_message)

    return Servicer()


def read_all(path):
    with open(path, "rb") as file:
        return file.read()


def main():
    protos, certificate, key, authority, *limit = sys.argv[1:]
    contracts = Contracts(protos)
    options = [("grpc.max_receive_message_length", int(limit[0]) if limit else -1)]
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=64), options=options)
    contracts.stubs.add_TestingServiceServicer_to_server(make_servicer(contracts), server)
    credentials = grpc.ssl_server_credentials(
        [(read_all(key), read_all(certificate))], read_all(authority), True
    )
    port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    tell({"port": port})
    sys.stdin.read()
    server.stop(0).wait()


if __name__ == "__main__":
    main()
