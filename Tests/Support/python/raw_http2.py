"""A client that speaks HTTP/2 by the frame, also wrongly: it plays one scenario and prints what came back.

    raw_http2.py PORT SCENARIO [LIMIT]

Frames and header compression are those of the packages hyperframe and hpack. The answer is one object: the
`statuses` of the streams by number (HTTP status, gRPC status and message, what the headers say of compression),
the `flags` of the messages on each stream, the `resets` of streams by number, `goaway` (the code), `reason`
(what came with it), `pings` (how many the server sent), `bytes` (how many of DATA came) and `closed`, whether
the server closed the connection.
"""

import gzip
import json
import socket
import sys
import time

from hpack import Decoder, Encoder
from hyperframe.frame import (
    ContinuationFrame,
    DataFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    PriorityFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
PATH = "/alphintra.testing.v1.TestingService/"
PATIENCE = 60
# The most bytes of a frame that every peer takes.
FRAME = 16_384


def head(method="Echo", **changes):
    """The header fields of a call; a change of None leaves a field out."""
    fields = {
        ":method": "POST",
        ":scheme": "http",
        ":path": PATH + method,
        ":authority": "localhost",
        "te": "trailers",
        "content-type": "application/grpc",
    }
    fields.update({name.replace("_", "-").replace("--", ":"): v for name, v in changes.items()})
    return [(name, value) for name, value in fields.items() if value is not None]


def message(content=b"", flag=0, length=None):
    return bytes([flag]) + (len(content) if length is None else length).to_bytes(4, "big") + content


# EchoRequest: a text of "x"; a delay of a minute.
HELLO = message(b"\x0a\x01x")
# A payload of 10,000 zeros.
ZEROS = message(b"\x12\x90\x4e" + bytes(10_000))
SLOW = message(b"\x20\xe0\xd4\x03")


class Connection:
    def __init__(self, port, says_hello=True):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.settimeout(PATIENCE)
        self.encoder = Encoder()
        self.decoder = Decoder()
        self.input = b""
        self.block = b""
        self.statuses, self.resets, self.goaway, self.closed = {}, {}, None, False
        self.reason, self.pings, self.answers_pings = "", 0, True
        self.pause, self.bytes = 0, 0
        self.bodies = {}
        self.ended, self.acknowledged, self.pongs = set(), False, 0
        self.says_hello = says_hello
        if says_hello:
            self.socket.sendall(PREFACE + SettingsFrame(0).serialize())

    def send(self, *frames):
        """Sends frames or bytes; a server that has closed the connection does not take them."""
        try:
            self.socket.sendall(
                b"".join(f if isinstance(f, bytes) else f.serialize() for f in frames)
            )
        except OSError:
            self.closed = True

    def headers(self, stream, fields, end=False, flags=("END_HEADERS",)):
        flags = [*flags, "END_STREAM"] if end else flags
        return HeadersFrame(stream, self.encoder.encode(fields), flags=flags)

    def data(self, stream, content, end=True):
        return DataFrame(stream, content, flags=["END_STREAM"] if end else [])

    def call(self, stream, content=HELLO, **changes):
        parts = [content[i : i + FRAME] for i in range(0, len(content), FRAME)] or [b""]
        frames = [self.data(stream, part, end=False) for part in parts[:-1]]
        self.send(self.headers(stream, head(**changes)), *frames, self.data(stream, parts[-1]))

    def receive_until(self, condition):
        """Handles frames until a condition holds or the server closes the connection."""
        while not self.closed and not condition():
            try:
                time.sleep(self.pause)
                received = self.socket.recv(65536)
            except ConnectionResetError:
                received = b""
            if not received:
                self.closed = True
                return
            self.input += received
            while len(self.input) >= 9:
                frame, length = Frame.parse_frame_header(memoryview(self.input[:9]))
                if len(self.input) < 9 + length:
                    break
                frame.parse_body(memoryview(self.input[9 : 9 + length]))
                self.input = self.input[9 + length :]
                self.handle(frame)

    def handle(self, frame):
        stream = frame.stream_id
        if isinstance(frame, (HeadersFrame, ContinuationFrame)):
            self.block += bytes(frame.data)
            if "END_HEADERS" in frame.flags:
                fields = dict(self.decoder.decode(self.block))
                self.block = b""
                status = self.statuses.setdefault(stream, {})
                for name, key in [(":status", "http"), ("grpc-status", "grpc")]:
                    if name in fields:
                        status[key] = int(fields[name])
                for name, key in [
                    ("grpc-message", "message"),
                    ("grpc-encoding", "encoding"),
                    ("grpc-accept-encoding", "accepts"),
                ]:
                    if name in fields:
                        status[key] = fields[name]
        elif isinstance(frame, DataFrame):
            self.bytes += len(frame.data)
            self.bodies.setdefault(stream, bytearray()).extend(frame.data)
        elif isinstance(frame, RstStreamFrame):
            self.resets[stream] = frame.error_code
            self.ended.add(stream)
        elif isinstance(frame, GoAwayFrame):
            self.goaway = frame.error_code
            self.reason = bytes(frame.additional_data).decode()
        elif isinstance(frame, SettingsFrame):
            if "ACK" not in frame.flags:
                self.limits = frame.settings
                self.acknowledged = True
                if self.says_hello:
                    self.send(SettingsFrame(0, flags=["ACK"]))
        elif isinstance(frame, PingFrame):
            if "ACK" in frame.flags:
                self.pongs += 1
            else:
                self.pings += 1
                if self.answers_pings:
                    self.send(PingFrame(0, bytes(frame.opaque_data), flags=["ACK"]))
        if "END_STREAM" in frame.flags:
            self.ended.add(stream)

    def flags(self):
        """The first byte of each message, by stream."""
        flags = {}
        for stream, body in self.bodies.items():
            while body:
                flags.setdefault(stream, []).append(body[0])
                body = body[5 + int.from_bytes(body[1:5], "big") :]
        return flags

    def wait_for_settings(self):
        """Waits until our acknowledgement of the server's settings has been read by it."""
        self.receive_until(lambda: self.acknowledged)
        self.ping()

    def ping(self):
        """Waits until the server has read everything so far."""
        pongs = self.pongs
        self.send(PingFrame(0, b"12345678"))
        self.receive_until(lambda: self.pongs > pongs)

    def wait_for(self, *streams):
        self.receive_until(lambda: self.ended.issuperset(streams))

    def wait_for_end(self):
        self.receive_until(lambda: False)


def one(**changes):
    """A single call with changes to its head; `content` is its body."""

    def scenario(connection, _):
        connection.call(1, **changes)
        connection.wait_for(1)

    return scenario


def flood(make, count=20_000):
    """The same frames many times, until the server has had enough."""

    def scenario(connection, _):
        connection.wait_for_settings()
        for _ in range(count // 100):
            connection.send(*(make(connection) for _ in range(100)))
            if connection.closed:
                break
        connection.wait_for_end()

    return scenario


def ping_strikes(connection, limit):
    """Pings without a pause: as many as are borne, a call that clears their count, as many again, one more."""
    for _ in range(1 + limit):
        connection.ping()
    connection.call(1)
    connection.wait_for(1)
    for _ in range(1 + limit):
        connection.ping()
    connection.call(3, SLOW)
    connection.ping()
    connection.wait_for_end()


def half_open(connection, _):
    """Never says a word again."""
    connection.answers_pings = False
    connection.wait_for_settings()
    connection.call(1, SLOW)
    connection.wait_for_end()


def lively(connection, _):
    """Says nothing but that it is there, until it has been asked five times; then it makes a call."""
    connection.wait_for_settings()
    connection.receive_until(lambda: connection.pings >= 5)
    connection.call(1)
    connection.wait_for(1)


def rapid_reset(connection, _):
    connection.wait_for_settings()
    for stream in range(1, 40_000, 2):
        reset = RstStreamFrame(stream, error_code=8)
        connection.send(connection.headers(stream, head()), reset)
        if connection.closed:
            break
    connection.wait_for_end()


def made_you_reset(connection, _):
    """Has the server reset the streams itself, by a window that overflows (CVE-2025-8671)."""
    connection.wait_for_settings()
    for stream in range(1, 40_000, 2):
        overflow = WindowUpdateFrame(stream, window_increment=2**31 - 1)
        connection.send(connection.headers(stream, head()), overflow)
        if connection.closed:
            break
    connection.wait_for_end()


def empty_data(connection, _):
    connection.wait_for_settings()
    connection.send(connection.headers(1, head("Collect")))
    for _ in range(20_000):
        connection.send(connection.data(1, b"", end=False))
        if connection.closed:
            break
    connection.wait_for_end()


def continuations(connection, _):
    connection.wait_for_settings()
    connection.send(connection.headers(1, head(), flags=()))
    for number in range(10_000):
        field = connection.encoder.encode([(f"x-{number}", "y" * 100)])
        connection.send(ContinuationFrame(1, field))
        if connection.closed:
            break
    connection.wait_for_end()


def large_headers(connection, _):
    """One call with too many headers, then one without on the same connection."""
    fields = head() + [(f"x-{number}", "y" * 1_000) for number in range(20)]
    block = connection.encoder.encode(fields)
    first = HeadersFrame(1, block[:16_000], flags=["END_STREAM"])
    connection.send(first, ContinuationFrame(1, block[16_000:], flags=["END_HEADERS"]))
    connection.wait_for(1)
    connection.call(3)
    connection.wait_for(3)


def header_bomb(connection, _):
    """Headers that are small on the wire and large in memory: one field, repeated by its index."""
    connection.wait_for_settings()
    block = connection.encoder.encode(head() + [("x-bomb", "y" * 3_500)])
    block += connection.encoder.encode([("x-bomb", "y" * 3_500)]) * 10_000
    connection.send(HeadersFrame(1, block, flags=["END_HEADERS", "END_STREAM"]))
    connection.wait_for(1)
    connection.call(3)
    connection.wait_for(3)


def slow_reader(connection, _, pause=0.001):
    """Lets the server send all it has, says goodbye, and reads more slowly than the server writes."""
    connection.send(
        SettingsFrame(0, settings={SettingsFrame.INITIAL_WINDOW_SIZE: 2**31 - 1}),
        WindowUpdateFrame(0, window_increment=2**31 - 1 - 65_535),
    )
    # EchoRequest: a response of 16 MiB.
    connection.call(1, message(b"\x38" + b"\x80\x80\x80\x08"))
    connection.send(GoAwayFrame(0, error_code=0))
    connection.pause = pause
    connection.wait_for_end()


def slower_reader(connection, limit):
    """Takes seconds for the same."""
    slow_reader(connection, limit, pause=0.02)


def answer_of(size):
    """An EchoRequest for a response of that many bytes."""
    return message(b"\x38" + varint(size))


def no_windows(connection):
    """Lets the server send nothing on a stream until told; the connection's own window is wide."""
    connection.send(
        SettingsFrame(0, settings={SettingsFrame.INITIAL_WINDOW_SIZE: 0}),
        WindowUpdateFrame(0, window_increment=2**30),
    )
    connection.wait_for_settings()


def zero_window(connection, limit):
    """Makes calls and never lets the server send what they answer."""
    no_windows(connection)
    for stream in range(1, 2 * limit, 2):
        connection.call(stream, answer_of(4_000_000), x_scenario="zero_window")
    connection.wait_for_end()


def zero_window_streams(connection, limit):
    """The same with responses that never end."""
    no_windows(connection)
    # EchoRequest: a count of 100, a response of 1 MB.
    content = message(b"\x18\x64\x38" + varint(1_000_000))
    for stream in range(1, 2 * limit, 2):
        connection.call(stream, content, method="Expand")
    connection.wait_for_end()


def paused_streams(connection, limit):
    """Opens streams of small messages without reading them, then makes a call."""
    no_windows(connection)
    # EchoRequest: a count of 100, a response of 1 kB.
    content = message(b"\x18\x64\x38" + varint(1_000))
    for stream in range(1, 2 * limit, 2):
        connection.call(stream, content, method="Expand")
    connection.ping()
    last_call(connection, 2 * limit + 1)


def late_windows(connection, limit):
    """Makes calls, opens the windows only when the server has answered what it would, then all of them."""
    no_windows(connection)
    streams = range(1, 2 * limit, 2)
    for stream in streams:
        connection.call(stream, answer_of(400_000))
    connection.ping()
    for stream in streams:
        connection.send(WindowUpdateFrame(stream, window_increment=2**20))
    connection.wait_for(*streams)
    last_call(connection, streams[-1] + 2)


def stalled_call(connection, _):
    """One call whose response is not let through, while others are, until the server ends it."""
    no_windows(connection)
    connection.call(1, answer_of(1))
    stream = 1
    while 1 not in connection.resets and not connection.closed:
        time.sleep(0.05)
        stream += 2
        connection.call(stream)
        connection.send(WindowUpdateFrame(stream, window_increment=2**20))
        connection.wait_for(stream)


def no_read(connection, limit):
    """Opens all windows, asks for much, and reads nothing; says now and then that it is there."""
    connection.send(
        SettingsFrame(0, settings={SettingsFrame.INITIAL_WINDOW_SIZE: 2**31 - 1}),
        WindowUpdateFrame(0, window_increment=2**30),
    )
    for stream in range(1, 2 * limit, 2):
        connection.call(stream, answer_of(4_000_000))
    while not connection.closed:
        connection.send(WindowUpdateFrame(0, window_increment=1))
        time.sleep(0.1)


def partial_messages(connection, limit):
    """Begins a message of 500,000 bytes on each stream, then ends those that the server still wants."""
    connection.wait_for_settings()
    content = message(payload(499_980) + b"\x38\x01")
    begun, rest = content[:400_000], content[400_000:]
    streams = range(1, 2 * limit, 2)
    for stream in streams:
        parts = [begun[i : i + FRAME] for i in range(0, len(begun), FRAME)]
        connection.send(
            connection.headers(stream, head()),
            *(connection.data(stream, part, end=False) for part in parts),
        )
    connection.ping()
    for stream in streams:
        if stream not in connection.ended:
            parts = [rest[i : i + FRAME] for i in range(0, len(rest), FRAME)]
            connection.send(
                *(connection.data(stream, part, end=part is parts[-1]) for part in parts)
            )
    connection.wait_for(*streams)
    last_call(connection, streams[-1] + 2)


def unread_requests(connection, _):
    """Sends more messages than are held, to a handler that reads one a minute."""
    connection.wait_for_settings()
    connection.send(connection.headers(1, head("Chat")), connection.data(1, SLOW, end=False))
    large = message(payload(10_000))
    connection.send(*(connection.data(1, large, end=False) for _ in range(200)))
    connection.wait_for(1)
    last_call(connection, 3)


def last_call(connection, stream):
    """Shows that the connection goes on."""
    connection.call(stream)
    connection.send(WindowUpdateFrame(stream, window_increment=2**20))
    connection.wait_for(stream)


def header_bombs(connection, _):
    """Headers that are small on the wire and large in memory, again and again."""
    connection.wait_for_settings()
    for stream in range(1, 2_000, 2):
        block = connection.encoder.encode(head() + [("x-bomb", "y" * 3_500)])
        block += connection.encoder.encode([("x-bomb", "y" * 3_500)]) * 1_000
        connection.send(HeadersFrame(stream, block, flags=["END_HEADERS", "END_STREAM"]))
        if connection.closed:
            break
    connection.wait_for_end()


def truncated(connection, _):
    """A message that ends before its length."""
    connection.call(1, message(b"abc", length=10))
    connection.wait_for(1)


def many_streams(connection, limit):
    """Opens twice as many streams as allowed, then ends them all and makes one call more."""
    connection.wait_for_settings()
    streams = range(1, 4 * limit, 2)
    connection.send(*(connection.headers(stream, head("Collect")) for stream in streams))
    connection.ping()
    connection.send(
        *(connection.data(s, HELLO) for s in streams if s not in connection.resets)
    )
    connection.wait_for(*streams)
    last = streams[-1] + 2
    connection.call(last)
    connection.wait_for(last)


def early_streams(connection, limit):
    """Makes as many calls as allowed before the server has said how many are."""
    streams = range(1, 2 * limit, 2)
    for stream in streams:
        connection.call(stream)
    connection.wait_for(*streams)


def stream_flood(connection, _):
    """Opens streams that are never ended, until the server has had enough."""
    connection.wait_for_settings()
    for stream in range(1, 40_000, 2):
        connection.send(connection.headers(stream, head("Collect")))
        if connection.closed:
            break
    connection.wait_for_end()


def server_deadline(connection, _):
    """A deadline that the client itself does not mind."""
    connection.call(1, SLOW, grpc_timeout="100m")
    connection.wait_for(1)


def two_messages(connection, _):
    connection.call(1, HELLO + HELLO)
    connection.wait_for(1)


def garbage(connection, _):
    connection.send(b"\x16\x03\x01 this is no HTTP/2 at all, and goes on for a while\r\n" * 4)
    connection.wait_for_end()


def http1(connection, _):
    connection.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
    connection.wait_for_end()


def silence(connection, _):
    connection.wait_for_end()


def stalled(connection, _):
    """A preface that never ends."""
    for byte in PREFACE[:-1]:
        connection.send(bytes([byte]))
    connection.wait_for_end()


def frame_too_large(connection, _):
    connection.wait_for_settings()
    connection.send(connection.headers(1, head()))
    connection.send((1 << 20).to_bytes(3, "big") + b"\x00\x00\x00\x00\x00\x01" + b"x" * 1000)
    connection.wait_for_end()


def even_stream(connection, _):
    connection.wait_for_settings()
    connection.send(connection.headers(2, head(), end=True))
    connection.wait_for_end()


def data_on_idle_stream(connection, _):
    connection.wait_for_settings()
    connection.send(connection.data(7, HELLO))
    connection.wait_for_end()


def window_overrun(connection, _):
    """Sends more than the window of a stream allows, to a handler that reads nothing."""
    connection.wait_for_settings()
    connection.send(connection.headers(1, head("Chat")), connection.data(1, SLOW, end=False))
    large = message(b"\x12\x90\x4e" + b"x" * 10_000)
    connection.send(*(connection.data(1, large, end=False) for _ in range(100)))
    connection.wait_for(1)
    connection.call(3)
    connection.wait_for(3)


def gzipped(content):
    """A call whose message is compressed, or is said to be."""
    return one(content=message(content, flag=1), grpc_encoding="gzip")


def varint(number):
    encoded = []
    while True:
        encoded.append(number & 0x7F | (0x80 if number > 0x7F else 0))
        number >>= 7
        if not number:
            return bytes(encoded)


def payload(count):
    """An EchoRequest of that many zeros."""
    return b"\x12" + varint(count) + bytes(count)


GZIPPED = gzip.compress(payload(10_000))

WITHOUT_HELLO = {"garbage": garbage, "http1": http1, "silence": silence, "stalled": stalled}

SCENARIOS = {
    "fine": one(),
    "get": one(__method="GET"),
    "json": one(content_type="application/json"),
    "grpc_web": one(content_type="application/grpc-web"),
    "no_content_type": one(content_type=None),
    "no_te": one(te=None),
    "unknown_path": one(method="Nowhere"),
    "bad_timeout": one(grpc_timeout="soon"),
    "bad_binary": one(x_some_bin="***"),
    "compressed": one(content=message(b"abc", flag=1)),
    "unknown_encoding": one(content=message(b"abc", flag=1), grpc_encoding="snappy"),
    "unused_encoding": one(grpc_encoding="snappy"),
    "unlisted_gzip": one(content=ZEROS),
    "listed_gzip": one(content=ZEROS, grpc_accept_encoding="deflate, gzip,zstd"),
    "similar_to_gzip": one(content=ZEROS, grpc_accept_encoding="gzipped,x-gzip"),
    "gzip": gzipped(GZIPPED),
    "gzip_of_nothing": gzipped(gzip.compress(b"")),
    "gzip_members": gzipped(gzip.compress(b"") * 10_000 + GZIPPED),
    "gzip_empty": gzipped(b""),
    "gzip_garbage": gzipped(b"abc"),
    "gzip_truncated": gzipped(GZIPPED[:-1]),
    "gzip_checksum": gzipped(GZIPPED[:-8] + bytes(4) + GZIPPED[-4:]),
    "gzip_then_garbage": gzipped(GZIPPED + b"abc"),
    "gzip_lie": gzipped(GZIPPED[:-4] + b"\xff\xff\xff\x7f"),
    "gzip_bomb": gzipped(gzip.compress(payload(1_000_000))),
    "gzip_large": gzipped(gzip.compress(payload(20_000_000))),
    "bad_flag": one(content=message(b"abc", flag=7)),
    "too_long": one(content=message(b"abc", length=2**31)),
    "no_message": one(content=b""),
    "not_protobuf": one(content=message(b"\xff\xff\xff")),
    "truncated": truncated,
    "two_messages": two_messages,
    "server_deadline": server_deadline,
    "ping_strikes": ping_strikes,
    "half_open": half_open,
    "lively": lively,
    "rapid_reset": rapid_reset,
    "made_you_reset": made_you_reset,
    "ping_flood": flood(lambda _: PingFrame(0, b"12345678")),
    "settings_flood": flood(lambda _: SettingsFrame(0)),
    "priority_flood": flood(lambda _: PriorityFrame(1, depends_on=0, stream_weight=1)),
    "window_update_flood": flood(lambda _: WindowUpdateFrame(0, window_increment=1)),
    "empty_data": empty_data,
    "continuations": continuations,
    "slow_reader": slow_reader,
    "slower_reader": slower_reader,
    "zero_window": zero_window,
    "zero_window_streams": zero_window_streams,
    "paused_streams": paused_streams,
    "late_windows": late_windows,
    "stalled_call": stalled_call,
    "no_read": no_read,
    "partial_messages": partial_messages,
    "unread_requests": unread_requests,
    "header_bombs": header_bombs,
    "large_headers": large_headers,
    "header_bomb": header_bomb,
    "many_streams": many_streams,
    "early_streams": early_streams,
    "stream_flood": stream_flood,
    "frame_too_large": frame_too_large,
    "even_stream": even_stream,
    "data_on_idle_stream": data_on_idle_stream,
    "window_overrun": window_overrun,
}


def main():
    port, name, *limit = sys.argv[1:]
    says_hello = name not in WITHOUT_HELLO
    scenario = SCENARIOS[name] if says_hello else WITHOUT_HELLO[name]
    begin = time.monotonic()
    connection = Connection(int(port), says_hello)
    scenario(connection, int(limit[0]) if limit else 0)
    print(
        json.dumps(
            {
                "statuses": connection.statuses,
                "flags": connection.flags(),
                "resets": connection.resets,
                "goaway": connection.goaway,
                "reason": connection.reason,
                "pings": connection.pings,
                "bytes": connection.bytes,
                "closed": connection.closed,
                "seconds": time.monotonic() - begin,
            }
        )
    )


if __name__ == "__main__":
    main()
