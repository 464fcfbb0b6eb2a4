"""One page, two people after each other: nothing that the first asked for is shown to the second, or done in his name."""

from browser import Watched
from playwright.sync_api import expect


class Held:
    """Answers of the page's requests for orders, kept back until they are let go."""

    def __init__(self, page):
        self.page = page
        self.answers = []
        self.methods = set()
        page.route("**/api/orders**", self._hold)

    def _hold(self, route):
        if route.request.method in self.methods:
            self.answers.append((route, route.fetch()))
        else:
            route.fallback()

    def let_go(self, refused=None):
        """What was done is answered, but of one method as if the token had not been taken."""
        for route, response in self.answers:
            method = route.request.method
            with self.page.expect_response(
                    lambda answer: "/api/orders" in answer.url and answer.request.method == method):
                if method == refused:
                    route.fulfill(status=401, content_type="application/problem+json", body="{}")
                else:
                    route.fulfill(response=response)
        # What the page makes of it is done when its next task runs.
        self.page.evaluate("() => new Promise((done) => setTimeout(done))")


def row(page, quantity):
    return page.locator(f'#orders tbody tr:has(.quantity:text-is("{quantity}"))')


def ask(page, methods, held):
    """A cancellation and an order, of which she hears nothing yet."""
    held.methods |= methods
    page.get_by_role("button", name="Cancel: buy 11 AAPL at 1.25").click()
    page.get_by_role("radio", name="Limit").check(force=True)
    page.get_by_label("Quantity", exact=True).fill("13")
    page.get_by_label("Limit price", exact=True).fill("1.25")
    page.locator("#place").click()
    expect(page.locator("#ticket-form")).to_have_attribute("aria-busy", "true")
    # Her stream tells that both are done.
    expect(row(page, "11").locator(".status")).to_have_text("canceled")
    expect(row(page, "13").locator(".status")).to_have_text("open")


def amend(page):
    page.get_by_role("button", name="Amend: buy 12 AAPL at 1.25").click()
    dialog = page.get_by_role("dialog", name="Amend")
    dialog.get_by_label("New quantity").fill("14")
    dialog.get_by_role("button", name="Amend").click()
    expect(row(page, "14").locator(".status")).to_have_text("open")
    expect(dialog).to_be_visible()


def follow(browser, base, person, leave, refused, refusals):
    """She asks and leaves, he comes, her answers arrive."""
    register, post, deposit = person
    watched = Watched(browser, base)
    page, api = watched.page, watched.context.request
    # She waits for her answers, however long this takes.
    page.add_init_script("AbortSignal.timeout = () => new AbortController().signal")
    held = Held(page)
    held.methods.add("GET")
    received = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda text: received.append(str(text))))
    page.goto("/")
    with page.expect_response("**/api/auth/login") as answer:
        register(page, "Ada Lovelace")
    login = answer.value.json()
    deposit(api, login["user"]["userId"], "100000")
    for quantity in ("11", "12"):
        order = {"symbol": "AAPL", "side": "BUY", "type": "LIMIT", "quantity": quantity, "limitPrice": "1.25"}
        post(api, "/api/orders", order, login["accessToken"])
    orders = page.locator("#orders tbody tr")
    expect(orders).to_have_count(2)
    ask(page, {"DELETE", "POST", "PUT"}, held)
    leave(page, lambda: post(api, "/api/auth/logout", {"refreshToken": login["refreshToken"]}))
    assert {"DELETE", "GET", "POST"} <= {route.request.method for route, _ in held.answers}
    held.methods.clear()

    # All that was hers goes with her session.
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(orders).to_have_count(0)
    for place in ("#activity-log", "#amend-order"):
        expect(page.locator(place)).to_be_empty()
    for field in ("#quantity", "#amend-quantity"):
        expect(page.locator(field)).to_have_value("")

    # His own list, which is not held.
    with page.expect_response("**/api/orders?**"):
        register(page, "Charles Babbage")
    expect(page.locator("#account")).to_have_text("Charles Babbage")
    # He need not wait for what she sent.
    expect(page.locator("#ticket-form")).not_to_have_attribute("aria-busy", "true")
    page.locator("#quantity").fill("5")
    sent = []
    page.on("request", lambda request: sent.append((request.method, request.url)))
    held.let_go(refused)
    assert not sent, f"sent in his name: {sent}"
    expect(orders).to_have_count(0)
    expect(page.locator("#quantity")).to_have_value("5")
    expect(page.locator("#activity-log")).not_to_contain_text("AAPL")
    # Nor is closed what the connection does not know: its answer would be news of nobody's.
    assert received and not [text for text in received if "UNKNOWN_SUBSCRIPTION" in text]
    watched.close(refusals)


def check(browser, base, register, post, deposit):
    """The helpers are those of the person's path."""
    person = (register, post, deposit)

    def by_hand(page, _):
        page.get_by_role("button", name="Log out").click()

    def late(route):
        response = route.fetch()
        expect(route.request.frame.page.locator("#connection")).to_have_attribute("data-state", "live")
        route.fulfill(response=response)

    def elsewhere(page, end):
        # While a dialog is open.
        amend(page)
        # The connection is back before it is known that her token is good for nothing.
        page.route("**/api/auth/refresh", late)
        end()

    follow(browser, base, person, elsewhere, None, [(401, "/api/auth/refresh")])
    follow(browser, base, person, by_hand, None, [])
    follow(browser, base, person, by_hand, "POST", [(401, "/api/orders")])
