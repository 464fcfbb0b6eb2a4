"""A person's path through the live page, by mouse and by keys.

Arguments: the edge's URL, a folder for screenshots. On standard input: {"email": …, "password": …} of an operator.
"""

import json
import pathlib
import re
import sys
import uuid

import page_decimals
import page_sessions
import page_streams
from axe_playwright_python.sync_playwright import Axe
from browser import Watched, chromium
from playwright.sync_api import expect

BASE, SHOTS = sys.argv[1], pathlib.Path(sys.argv[2])
PASSWORD = "correct horse battery"
OPERATOR = json.load(sys.stdin)


def shoot(page, name, **options):
    page.screenshot(path=SHOTS / f"{name}.png", animations="disabled", **options)


def text_changes(locator):
    """Waits until an element shows another text than now."""
    before = locator.inner_text()
    expect(locator).not_to_have_text(before)


def accessible(page, name):
    """No finding of axe-core, which checks the rules of WCAG 2.2 that a program can check."""
    # What fades is neither of its colours: a price that just moved is judged at rest.
    page.emulate_media(reduced_motion="reduce")
    found = Axe().run(page).response["violations"]
    page.emulate_media(reduced_motion="no-preference")
    told = [f"{one['id']}: {one['help']}\n  " + "\n  ".join(node["html"] for node in one["nodes"]) for one in found]
    assert not found, f"{name}:\n" + "\n".join(told)


def order_row(page, text):
    return page.locator("#orders tbody tr").filter(has_text=text)


def register(page, name):
    email = f"{uuid.uuid4()}@example.com"
    page.get_by_role("button", name="Create an account").click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#sign-in-form").get_by_role("button", name="Create an account").click()
    expect(page.get_by_role("heading", name="Order ticket")).to_be_visible()
    return email


def post(api, path, body, token=None):
    """Calls the API beside the page, as another device or another person."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    answer = api.post(path, data=body, headers=headers)
    assert answer.ok, f"{path}: {answer.status} {answer.text()}"
    return answer.json()


def deposit(api, account_id, amount):
    token = post(api, "/api/auth/login", OPERATOR)["accessToken"]
    reference = f"browser-{uuid.uuid4()}"
    post(api, "/api/deposits", {"accountId": account_id, "asset": "USD", "amount": amount, "reference": reference}, token)


def by_mouse(browser):
    """Registers, is told what is wrong, sees quotes move, is given funds, places, amends, fills and cancels."""
    watched = Watched(browser, BASE)
    page = watched.page
    page.goto("/")
    expect(page.locator("#connection")).to_have_text("Live")
    expect(page.get_by_role("button", name="AAPL: into the ticket")).to_be_visible()
    text_changes(page.locator("#quotes .last").first)
    accessible(page, "visitor")
    shoot(page, "visitor")

    page.get_by_role("button", name="Create an account").click()
    page.get_by_label("Name", exact=True).fill("Ada Lovelace")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill("short")
    page.locator("#sign-in-form").get_by_role("button", name="Create an account").click()
    expect(page.get_by_label("Password")).to_have_accessible_description("must have 12 to 128 characters, got 5")
    expect(page.get_by_label("Password")).to_be_focused()
    page.get_by_role("button", name="I have an account").click()

    email = register(page, "Ada Lovelace")
    expect(page.locator("#account")).to_have_text("Ada Lovelace")
    expect(page.get_by_label("Quantity", exact=True)).to_be_focused()

    # Money comes from an operator, while the page looks on.
    api = watched.context.request
    login = post(api, "/api/auth/login", {"email": email, "password": PASSWORD})
    expect(page.locator("#wallets")).to_contain_text("Nothing deposited yet.")
    deposit(api, login["user"]["userId"], "100000")
    cash = page.locator('#wallets tr[data-asset="USD"]')
    expect(cash.locator(".available")).to_have_text("100,000.00")
    expect(page.get_by_role("log")).to_contain_text("Deposited: 100,000 USD.")

    # A limit that no quote meets rests; its wrong quantity is said at the field.
    page.get_by_role("radio", name="Limit").check(force=True)
    page.get_by_label("Quantity", exact=True).fill("0.5")
    page.get_by_label("Limit price", exact=True).fill("1.25")
    page.locator("#place").click()
    expect(page.get_by_label("Quantity", exact=True)).to_have_accessible_description("0.5 is not a multiple of the lot size 1")
    page.get_by_label("Quantity", exact=True).fill("1000")
    expect(page.locator("#estimate")).to_have_text("At the limit1,250.00 USD")
    expect(page.locator("#place")).to_have_text("Buy 1,000 AAPL")
    page.locator("#place").click()
    resting = order_row(page, "1,000")
    expect(resting.locator(".status")).to_have_text("open")
    expect(resting.locator(".limit")).to_have_text("1.25")
    # What it may cost is held: the notional, and a fee on top.
    expect(cash.locator(".reserved")).to_have_text(re.compile(r"^1,25\d\.\d+$"))
    amend(page)
    resting = order_row(page, "800")
    expect(resting.locator(".limit")).to_have_text("1.50")
    expect(cash.locator(".reserved")).to_have_text(re.compile(r"^1,20\d\.\d+$"))

    page.get_by_role("radio", name="Market").check(force=True)
    page.get_by_label("Quantity", exact=True).fill("10")
    page.locator("#place").click()
    filled = order_row(page, "Market")
    expect(filled.locator(".status")).to_have_text("filled")
    position = page.locator("#positions tbody tr")
    expect(position.locator(".quantity")).to_have_text("10")
    expect(page.get_by_role("log")).to_contain_text("Filled at an average of")
    text_changes(position.locator(".mark"))
    # The units are there; what they cost has left the cash, and the market says what all of it is worth.
    expect(page.locator('#wallets tr[data-asset="AAPL"] .total')).to_have_text("10")
    text_changes(page.locator("#portfolio .equity"))

    # On a desk every column of the orders is seen without scrolling.
    scroll = page.locator("#orders .scroll")
    assert scroll.evaluate("element => element.scrollWidth <= element.clientWidth"), "the orders are cut off"
    accessible(page, "light")
    shoot(page, "light")
    page.emulate_media(color_scheme="dark")
    accessible(page, "dark")
    shoot(page, "dark")
    light_by_hand(page)
    fits_a_phone(page)

    page.get_by_role("button", name="Cancel: buy 800 AAPL").click()
    expect(resting.locator(".status")).to_have_text("canceled")
    expect(page.locator("#orders").get_by_role("button")).to_have_count(0)
    expect(cash.locator(".reserved")).to_have_text("0.00")
    elsewhere(page)
    expect(cash.locator(".reserved")).to_have_text("0.00")

    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(page.locator("#orders tbody tr")).to_have_count(0)
    watched.close(refusals=[(400, "/api/auth/register"), (400, "/api/orders")])
    return email, login["accessToken"]


def amend(page):
    """New terms for the resting order; wrong ones are said in the dialog, which stays."""
    page.get_by_role("button", name="Amend: buy 1,000 AAPL at 1.25").click()
    dialog = page.get_by_role("dialog", name="Amend")
    quantity, price = dialog.get_by_label("New quantity"), dialog.get_by_label("New limit price")
    expect(quantity).to_be_focused()
    expect(price).to_have_value("1.25")
    price.fill("1.5x")
    dialog.get_by_role("button", name="Amend").click()
    expect(price).to_have_accessible_description("must be a decimal such as 10 or 187.25")
    shoot(page, "amend")
    price.fill("1.5")
    quantity.fill("800")
    dialog.get_by_role("button", name="Amend").click()
    expect(dialog).to_be_hidden()


def elsewhere(page):
    """An order that rests at an exchange is withdrawn by asking for it, and has no other terms there."""
    page.get_by_role("button", name="FB: into the ticket").click()
    page.get_by_role("radio", name="Limit").check(force=True)
    page.get_by_label("Quantity", exact=True).fill("5")
    page.get_by_label("Limit price", exact=True).fill("1.25")
    expect(page.locator("#place")).to_have_text("Buy 5 FB")
    page.locator("#place").click()
    row = order_row(page, "FB")
    expect(row.locator(".status")).to_have_text("open")
    expect(row.get_by_role("button")).to_have_count(1)
    row.get_by_role("button", name="Cancel: buy 5 FB at 1.25").click()
    expect(row.locator(".status")).to_have_text("canceled")
    log = page.get_by_role("log")
    # That it was asked for is told first where the answer comes before its end does, which nobody promises.
    expect(log).to_contain_text("Canceled: buy 5 FB at 1.25.")
    expect(row.get_by_role("button")).to_have_count(0)


def light_by_hand(page):
    """The switch stands over the system's wish, and is kept."""
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.get_by_role("button", name="Theme: system").click()
    expect(page.get_by_role("button", name="Theme: light")).to_be_visible()
    assert page.evaluate(ground) != dark
    page.get_by_role("button", name="Theme: light").click()
    assert page.evaluate(ground) == dark
    page.get_by_role("button", name="Theme: dark").click()
    page.emulate_media(color_scheme="light")


def fits_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "the page is wider than a phone"
    accessible(page, "phone")
    shoot(page, "phone", full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})


def by_keys(browser, email):
    """The same without a mouse: logs in, buys, sells, cancels, finds the keys."""
    watched = Watched(browser, BASE, color_scheme="dark", reduced_motion="reduce")
    page = watched.page
    press, write = page.keyboard.press, page.keyboard.type
    page.goto("/")
    expect(page.get_by_role("button", name="AAPL: into the ticket")).to_be_visible()
    press("Tab")
    expect(page.get_by_role("link", name="Skip to the market")).to_be_focused()
    for _ in range(30):
        if page.evaluate("document.activeElement.id") == "email":
            break
        press("Tab")
    expect(page.get_by_label("E-mail")).to_be_focused()
    write(email)
    press("Tab")
    write(PASSWORD)
    press("Enter")

    expect(page.get_by_label("Quantity", exact=True)).to_be_focused()
    # The ticket's type is a group of radio buttons: back to it, and one to the right.
    press("Shift+Tab")
    press("ArrowRight")
    press("Tab")
    write("7")
    press("Tab")
    expect(page.get_by_label("Limit price", exact=True)).to_be_focused()
    write("2.5")
    press("Enter")
    row = order_row(page, "2.50")
    expect(row.locator(".status")).to_have_text("open")
    # In a field a letter is a letter.
    expect(page.get_by_label("Quantity", exact=True)).to_be_focused()
    write("b")
    expect(page.get_by_label("Quantity", exact=True)).to_have_value("b")
    press("Backspace")

    press("Tab")
    press("Tab")
    expect(page.locator("#place")).to_be_focused()
    press("o")
    expect(page.get_by_role("button", name="Amend: buy 7 AAPL at 2.5")).to_be_focused()
    press("Tab")
    cancel = page.get_by_role("button", name="Cancel: buy 7 AAPL at 2.5")
    expect(cancel).to_be_focused()
    outline = cancel.evaluate("element => getComputedStyle(element).outlineStyle")
    assert outline != "none", "the focus is not seen"
    shoot(page, "keys")
    press("Enter")
    expect(row.locator(".status")).to_have_text("canceled")
    expect(page.locator("#orders")).to_be_focused()

    press("s")
    expect(page.get_by_role("radio", name="Sell")).to_be_checked()
    expect(page.get_by_label("Quantity", exact=True)).to_be_focused()
    press("Shift+Tab")
    press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    accessible(page, "keys")
    press("Escape")
    expect(page.get_by_role("dialog", name="Keys")).to_be_hidden()
    press("q")
    expect(page.get_by_role("button", name="AAPL: into the ticket")).to_be_focused()
    watched.close()


def comes_back(browser, email, token):
    """The connection is lost and comes back: said, and nothing that happened meanwhile is missing."""
    watched = Watched(browser, BASE)
    page = watched.page
    sockets, is_down = [], False

    def route(socket):
        if is_down:
            socket.close(code=1001)
            return
        socket.connect_to_server()
        sockets.append(socket)

    page.route_web_socket("**/ws/v1", route)
    page.clock.install()
    page.goto("/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("#sign-in-form").get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Order ticket")).to_be_visible()
    expect(page.locator("#orders tbody tr").first).to_be_visible()

    is_down = True
    sockets[-1].close(code=1001)
    expect(page.locator("#connection")).to_contain_text("Connection lost")
    expect(page.locator("#quotes")).to_have_attribute("data-stale", "true")
    shoot(page, "lost")
    # Meanwhile the same user places an order elsewhere.
    order = {"symbol": "MSFT", "side": "BUY", "type": "LIMIT", "quantity": "3", "limitPrice": "1.75"}
    post(watched.context.request, "/api/orders", order, token)
    expect(order_row(page, "MSFT")).to_have_count(0)

    is_down = False
    expect(page.locator("#connection")).to_have_text("Live")
    expect(page.locator("#quotes")).to_have_attribute("data-stale", "false")
    expect(order_row(page, "MSFT").locator(".status")).to_have_text("open")
    return watched


def renews(watched):
    """Long before the token ends it is exchanged, and the stream goes on under the new one. Logging out tells the server."""
    page = watched.page
    with page.expect_response("**/api/auth/refresh") as renewal:
        page.clock.fast_forward("59:00")
    assert renewal.value.ok
    expect(page.locator("#connection")).to_have_text("Live")
    page.get_by_role("button", name="Cancel: buy 3 MSFT").click()
    expect(order_row(page, "MSFT").locator(".status")).to_have_text("canceled")
    with page.expect_response("**/api/auth/logout") as leaving:
        page.get_by_role("button", name="Log out").click()
    assert leaving.value.ok
    expect(page.get_by_label("E-mail")).to_be_focused()
    watched.close()


def decimals(browser):
    """The page computes what Python computes, to the last digit."""
    watched = Watched(browser, BASE)
    watched.page.goto("/")
    page_decimals.check(watched.page)
    watched.close()


def description(browser):
    """The API's description is shown, from here alone, in both themes, to everybody."""
    for scheme in ("light", "dark"):
        watched = Watched(browser, BASE, color_scheme=scheme)
        page = watched.page
        page.goto("/docs")
        operation = page.locator("#operations-TradingService-TradingService_PlaceOrder")
        expect(operation).to_be_visible()
        operation.get_by_role("button").first.click()
        expect(operation).to_contain_text("clientOrderId")
        # One operation of each kind has colours of its own, and so has one that is tried out.
        for verb in ("get", "put", "delete"):
            page.locator(f".opblock-{verb}:not(.is-open) .opblock-summary-control").first.click()
            expect(page.locator(f".opblock-{verb}.is-open table.responses-table").first).to_be_visible()
        operation.get_by_role("button", name="Try it out").click()
        expect(operation.get_by_role("button", name="Execute")).to_be_visible()
        shoot(page, "docs" if scheme == "light" else "docs-dark")
        accessible(page, f"/docs, {scheme}")
        page.get_by_role("button", name="Authorize").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        accessible(page, f"/docs, the dialog of tokens, {scheme}")
        watched.close()


with chromium() as browser:
    email, token = by_mouse(browser)
    by_keys(browser, email)
    renews(comes_back(browser, email, token))
    page_sessions.check(browser, BASE, register, post, deposit)
    page_streams.check(browser, BASE)
    decimals(browser)
    description(browser)
