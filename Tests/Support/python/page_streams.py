"""How the live page's stream comes back: not all the time, and what was one too many is asked for again."""

import json

from browser import Watched
from playwright.sync_api import expect


def backs_off(browser, base):
    """A connection that is lost right after its first message was of no use: the waits still grow."""
    watched = Watched(browser, base)
    page = watched.page
    opened = []

    def route(socket):
        opened.append(socket)
        socket.send(json.dumps({"type": "heartbeat", "time": "2026-11-27T10:00:00Z"}))
        socket.close(code=1001)

    page.route_web_socket("**/ws/v1", route)
    page.clock.install()
    page.goto("/")
    expect(page.locator("#connection")).to_contain_text("Connection lost")
    for _ in range(60):
        page.clock.run_for(1_000)
    # The waits of a minute: at least the halves of 0.25 s to 8 s, then of 15 s.
    assert 4 <= len(opened) <= 20, f"{len(opened)} connections in a minute"
    watched.close()


def asks_again(browser, base):
    """A subscription that was refused for its rate is tried when the gateway said, not before and not never."""
    watched = Watched(browser, base)
    page = watched.page
    opened, asked = [], []

    def route(socket):
        opened.append(socket)
        server = socket.connect_to_server()

        def said(text):
            message = json.loads(text)
            if message["type"] == "subscribe":
                asked.append(message["channel"])
                if len(asked) == 1:
                    refusal = {
                        "type": "error", "id": message["id"], "channel": message["channel"], "status": 429,
                        "code": "RESOURCE_EXHAUSTED", "reason": "RATE_LIMITED", "detail": "too many",
                        "metadata": {"retryAfterSeconds": "30"},
                    }
                    socket.send(json.dumps(refusal))
                    return
            server.send(text)

        socket.on_message(said)

    page.route_web_socket("**/ws/v1", route)
    page.clock.install()
    page.goto("/")
    quotes = page.locator("#quotes")
    expect(quotes).to_have_attribute("data-stale", "true")
    page.clock.fast_forward(10_000)
    expect(quotes).to_have_attribute("data-stale", "true")
    assert asked == ["quotes"], asked
    page.clock.fast_forward(21_000)
    expect(quotes).to_have_attribute("data-stale", "false")
    expect(page.get_by_role("button", name="AAPL: into the ticket")).to_be_visible()
    assert asked == ["quotes", "quotes"], asked
    # On the connection that is there: a lost one would ask for everything again.
    assert len(opened) == 1, f"{len(opened)} connections"
    watched.close()


def check(browser, base):
    backs_off(browser, base)
    asks_again(browser, base)
