"""A server that ends calls and connections early, by the frame: gRPC's negative HTTP/2 interoperability cases.

    negative_http2_server.py CASE CERTIFICATE KEY AUTHORITY

The cases are those of gRPC's negative-http2-interop-test-descriptions: goaway, rst_after_header, rst_during_data,
rst_after_data, ping, max_streams. Calls are answered with an EchoResponse of as many bytes as they ask for, within the
client's windows. Prints the port; for each line of input, what it saw: the `streams` of each connection that carried a
call, how many `pings` were `unanswered` (of how many), the `most` streams that were open at a time, and the bytes of the
`largest` request.
"""

import json
import socket
import ssl
import sys
import threading

from hpack import Decoder, Encoder
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
FRAME = 16_384
# The window that every stream and connection begins with.
WINDOW = 65_535
# What is asked for in the descriptions of the cases.
RESPONSE = 314_159


def varint(number):
    encoded = []
    while True:
        encoded.append(number & 0x7F | (0x80 if number > 0x7F else 0))
        number >>= 7
        if not number:
            return bytes(encoded)


def message(content):
    return b"\0" + len(content).to_bytes(4, "big") + content


class Connection:
    def __init__(self, case, connected, number):
        self.case, self.socket, self.number = case, connected, number
        self.encoder, self.decoder = Encoder(), Decoder()
        self.input = b""
        self.requests, self.streams = {}, []
        self.windows, self.window, self.initial = {}, WINDOW, WINDOW
        self.pings = self.unanswered = self.most = self.largest = 0

    def send(self, *frames):
        self.socket.sendall(b"".join(frame.serialize() for frame in frames))

    def read(self, count):
        while len(self.input) < count:
            received = self.socket.recv(65_536)
            if not received:
                raise EOFError
            self.input += received
        taken, self.input = self.input[:count], self.input[count:]
        return taken

    def serve(self):
        try:
            self.read(len(PREFACE))
            settings = {SettingsFrame.INITIAL_WINDOW_SIZE: 2**20}
            if self.case == "max_streams":
                settings[SettingsFrame.MAX_CONCURRENT_STREAMS] = 1
            self.send(SettingsFrame(0, settings=settings))
            self.send(WindowUpdateFrame(0, window_increment=2**30))
            while True:
                self.handle_one()
        except (EOFError, OSError):
            pass

    def handle_one(self):
        frame, length = Frame.parse_frame_header(memoryview(self.read(9)))
        frame.parse_body(memoryview(self.read(length)))
        self.handle(frame)

    def handle(self, frame):
        stream = frame.stream_id
        if isinstance(frame, (HeadersFrame, ContinuationFrame)):
            # Fields are small here: a block is a frame.
            assert "END_HEADERS" in frame.flags
            self.decoder.decode(bytes(frame.data))
            self.requests[stream] = 0
            self.windows[stream] = self.windows.get(stream, 0) + self.initial
            self.streams.append(stream)
            self.most = max(self.most, len(self.requests))
            if self.case == "goaway" and self.number == 0:
                self.send(GoAwayFrame(0, last_stream_id=stream, error_code=0))
        elif isinstance(frame, DataFrame):
            self.requests[stream] += len(frame.data)
        elif isinstance(frame, SettingsFrame):
            if "ACK" not in frame.flags:
                initial = frame.settings.get(SettingsFrame.INITIAL_WINDOW_SIZE, self.initial)
                for open_stream in self.windows:
                    self.windows[open_stream] += initial - self.initial
                self.initial = initial
                self.send(SettingsFrame(0, flags=["ACK"]))
        elif isinstance(frame, WindowUpdateFrame):
            if stream:
                self.windows[stream] = self.windows.get(stream, 0) + frame.window_increment
            else:
                self.window += frame.window_increment
        elif isinstance(frame, PingFrame):
            if "ACK" in frame.flags:
                self.unanswered -= 1
            else:
                self.send(PingFrame(0, bytes(frame.opaque_data), flags=["ACK"]))
        if "END_STREAM" in frame.flags:
            self.largest = max(self.largest, self.requests[stream])
            self.answer(stream)

    def answer(self, stream):
        self.ping()
        self.send(
            HeadersFrame(
                stream,
                self.encoder.encode([(":status", "200"), ("content-type", "application/grpc")]),
                flags=["END_HEADERS"],
            )
        )
        self.ping()
        if self.case == "rst_after_header":
            return self.reset(stream)
        content = message(b"\x12" + varint(RESPONSE) + bytes(RESPONSE))
        if self.case == "rst_during_data":
            content = content[: len(content) // 2]
        for start in range(0, len(content), FRAME):
            part = content[start : start + FRAME]
            # The client says when there is room.
            while min(self.windows[stream], self.window) < len(part):
                self.handle_one()
            self.windows[stream] -= len(part)
            self.window -= len(part)
            self.send(DataFrame(stream, part))
        self.ping()
        if self.case in ("rst_during_data", "rst_after_data"):
            return self.reset(stream)
        # No more of this stream before its end, which the client may answer with the next.
        del self.requests[stream]
        trailers = HeadersFrame(
            stream,
            self.encoder.encode([("grpc-status", "0")]),
            flags=["END_HEADERS", "END_STREAM"],
        )
        self.send(trailers)

    def reset(self, stream):
        del self.requests[stream]
        self.send(RstStreamFrame(stream, error_code=0))

    def ping(self):
        if self.case == "ping":
            self.pings += 1
            self.unanswered += 1
            self.send(PingFrame(0, self.pings.to_bytes(8, "big")))


def main():
    case, certificate, key, authority = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_cert_chain(certificate, key)
    context.load_verify_locations(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    context.set_alpn_protocols(["h2"])
    listener = socket.create_server(("127.0.0.1", 0))
    connections = []

    def accept():
        while True:
            connected, _ = listener.accept()
            secured = context.wrap_socket(connected, server_side=True)
            connections.append(Connection(case, secured, len(connections)))
            threading.Thread(target=connections[-1].serve, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    for _ in sys.stdin:
        print(
            json.dumps(
                {
                    "streams": [c.streams for c in connections if c.streams],
                    "pings": sum(c.pings for c in connections),
                    "unanswered": sum(c.unanswered for c in connections),
                    "most": max((c.most for c in connections), default=0),
                    "largest": max((c.largest for c in connections), default=0),
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
