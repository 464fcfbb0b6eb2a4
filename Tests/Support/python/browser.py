"""A browser for the tests of the gateway's pages.

Everything waits for what is to be seen, never for time. A page's console and requests are kept: whatever is an error
there, or goes to another origin, fails the test that opened it.
"""

import contextlib
import os
import sys

from playwright.sync_api import expect, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium-headless-shell")
# On a busy machine a step may take long; it fails only when it never comes.
PATIENCE = 60_000


class Watched:
    """A page whose errors and requests are kept."""

    def __init__(self, browser, base, **options):
        self.base = base
        self.context = browser.new_context(
            base_url=base, ignore_https_errors=True, **{"viewport": {"width": 1440, "height": 900}, **options})
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.errors = []
        self.refusals = []
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        self.page.on("request", lambda request: self._request(request.url))
        self.page.on("websocket", lambda socket: self._request(socket.url))
        self.page.on("response", self._response)

    def _console(self, message):
        if message.type not in ("error", "warning"):
            return
        # The browser's own word for a refusal, which `refusals` keeps with its path.
        if message.text.startswith("Failed to load resource: the server responded with a status of 4"):
            return
        self.errors.append(f"console {message.type}: {message.text}")

    def _request(self, url):
        own = (self.base + "/", self.base.replace("https://", "wss://") + "/", "data:", "blob:" + self.base)
        if not url.startswith(own):
            self.errors.append(f"a request to another origin: {url}")

    def _response(self, response):
        if response.status >= 400:
            self.refusals.append((response.status, response.url.removeprefix(self.base)))

    def close(self, refusals=()):
        """Closes the page, and fails for what it should not have done. `refusals` are the answers it was to get."""
        self.context.close()
        assert not self.errors, "\n".join(self.errors)
        assert self.refusals == list(refusals), f"refused: {self.refusals}, expected {list(refusals)}"


@contextlib.contextmanager
def chromium():
    if not os.access(CHROMIUM, os.X_OK):
        sys.exit(f"{CHROMIUM} is missing: run `make setup`, or name a Chromium by CHROMIUM")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        # As root, as in a container, Chromium has no sandbox of its own. What it loads here is ours.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()
