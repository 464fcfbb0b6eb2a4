"""Asks the edge for spreads as a client would, by REST and over a WebSocket, and checks what it says.

    edge.py URL AUTHORITY TOKEN

Writes what went over the wire to standard output, in the form that openapi.py reads.
"""

import asyncio
import json
import ssl
import sys
import time
import urllib.error
import urllib.request
from decimal import Decimal

import websockets

URL, AUTHORITY, TOKEN = sys.argv[1:]
OPERATION = "/api/market-data/{symbol}/spread"
SYMBOLS = ["AAPL", "MSFT"]
TRUST = ssl.create_default_context(cafile=AUTHORITY)
# A bound for an edge that says nothing, not a measure.
PATIENCE = 60

exchanges = []


def expect(holds, what, said):
    if not holds:
        sys.exit(f"{what}: the edge said {said}")


def get(symbol, token=None):
    request = urllib.request.Request(URL + OPERATION.replace("{symbol}", symbol))
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        response = urllib.request.urlopen(request, context=TRUST, timeout=PATIENCE)
    except urllib.error.HTTPError as error:
        response = error
    body = json.load(response)
    media_type = response.headers["Content-Type"]
    exchanges.append(
        {"method": "GET", "path": OPERATION, "status": response.status, "mediaType": media_type, "body": body}
    )
    return response.status, body


def is_spread(spread):
    width = Decimal(spread["askPrice"]) - Decimal(spread["bidPrice"])
    return spread["symbol"] in SYMBOLS and Decimal(spread["width"]) == width > 0


def wait_until_quoted(symbol):
    end = time.monotonic() + PATIENCE
    while get(symbol, TOKEN)[1].get("reason") == "NO_QUOTE_YET" and time.monotonic() < end:
        time.sleep(0.2)


def rest():
    for symbol in SYMBOLS:
        wait_until_quoted(symbol)
    status, body = get("AAPL", TOKEN)
    expect(status == 200 and body["symbol"] == "AAPL" and is_spread(body), "a spread by REST", body)
    status, body = get("AAPL")
    expect((status, body["reason"]) == (401, "TOKEN_MISSING"), "REST without a token", body)
    status, body = get("aapl", TOKEN)
    expect((status, body["errors"][0]["field"]) == (400, "symbol"), "REST with a wrong symbol", body)


async def channel():
    async with websockets.connect(URL.replace("https:", "wss:") + "/ws/v1", ssl=TRUST) as socket:

        async def say(message):
            exchanges.append({"schema": "WebSocket.ClientMessage", "body": message})
            await socket.send(json.dumps(message))

        async def hear(kind):
            while True:
                message = json.loads(await asyncio.wait_for(socket.recv(), PATIENCE))
                exchanges.append({"schema": "WebSocket.ServerMessage", "body": message})
                if message["type"] != "heartbeat":
                    expect(message["type"] == kind, f"a message {kind}", message)
                    return message

        subscription = {"type": "subscribe", "id": "1", "channel": "spreads", "params": {"symbols": SYMBOLS}}
        await say(subscription)
        refusal = await hear("error")
        expect(refusal["reason"] == "TOKEN_MISSING", "the channel without a token", refusal)
        await say({"type": "authenticate", "token": TOKEN})
        await hear("authenticated")
        await say(subscription)
        await hear("subscribed")
        snapshot = await hear("snapshot")
        spreads = snapshot["data"]["spreads"]
        expect([spread["symbol"] for spread in spreads] == SYMBOLS, "a snapshot", snapshot)
        expect(all(map(is_spread, spreads)), "a snapshot", snapshot)
        sequence = int(snapshot["sequence"])
        for _ in range(4):
            update = await hear("update")
            expect(int(update["sequence"]) > sequence and is_spread(update["data"]), "an update", update)
            sequence = int(update["sequence"])


rest()
asyncio.run(channel())
json.dump(exchanges, sys.stdout)
