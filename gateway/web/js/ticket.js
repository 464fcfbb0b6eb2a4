// The order ticket: what is sent, what it may cost, and what was wrong with it.

import { say } from "./activity.js";
import { format, isDecimal, multiply, sign } from "./decimal.js";
import { onSubmit, requireDecimals } from "./form.js";
import { showOrder } from "./orders.js";
import { Problem } from "./problem.js";
import { instrument, latestQuote, onQuote } from "./quotes.js";
import { SessionOver, request } from "./session.js";

const form = document.getElementById("ticket-form");
const field = (name) => form.elements.namedItem(name);
const limitPlace = document.getElementById("limit-price-field");

/** The order whose outcome is unknown: asked again under the same name it is never a second one. */
let unsettled = null;

const read = () => {
  const type = field("type").value;
  const order = {
    symbol: field("symbol").value, side: field("side").value, type,
    quantity: field("quantity").value.trim(),
  };
  if (type === "LIMIT") order.limitPrice = field("limitPrice").value.trim();
  return order;
};

/** The ticket's button and estimate follow what is typed and quoted. */
function show() {
  const { symbol, side, type, quantity, limitPrice } = read();
  form.dataset.side = side;
  limitPlace.hidden = type !== "LIMIT";
  const verb = side === "BUY" ? "Buy" : "Sell";
  const isGood = isDecimal(quantity) && sign(quantity) > 0;
  document.getElementById("place").textContent = `${verb} ${isGood ? `${format(quantity)} ` : ""}${symbol}`;
  const quote = latestQuote(symbol);
  const price = type === "LIMIT" ? limitPrice : side === "BUY" ? quote?.askPrice : quote?.bidPrice;
  const estimate = document.getElementById("estimate");
  if (!isGood || !isDecimal(price)) {
    estimate.replaceChildren();
    return;
  }
  const label = document.createElement("span");
  label.textContent = type === "LIMIT" ? "At the limit" : "At the quote";
  const amount = document.createElement("span");
  amount.textContent = `${format(multiply(quantity, price), { digits: 2 })} ${instrument(symbol)?.quoteAsset ?? ""}`;
  estimate.replaceChildren(label, amount);
}

async function submit() {
  requireDecimals(form, field("type").value === "LIMIT" ? ["quantity", "limitPrice"] : ["quantity"]);
  const terms = read();
  const isRepeat = unsettled && JSON.stringify(unsettled.terms) === JSON.stringify(terms);
  const attempt = isRepeat ? unsettled : { terms, clientOrderId: crypto.randomUUID() };
  try {
    const order = await request("POST", "/api/orders", { ...terms, clientOrderId: attempt.clientOrderId });
    unsettled = null;
    showOrder(order);
    field("quantity").value = "";
    show();
    field("quantity").focus();
  } catch (error) {
    // The ticket is the next user's already.
    if (error instanceof SessionOver) throw error;
    if (!(error instanceof Problem) || !error.isUnknown) {
      unsettled = null;
      throw error;
    }
    unsettled = attempt;
    say("It is not known whether the order was placed: see the orders.", "error");
    throw new Problem({
      ...error, errors: [],
      detail: "no answer came: the order may have been placed. Sent again unchanged it is the same order, not a second one",
    });
  }
}

/** Puts a symbol into the ticket, perhaps a side, and the focus at the quantity. */
export function prepareTicket({ symbol, side }) {
  if (symbol) field("symbol").value = symbol;
  if (side) form.querySelector(`[name="side"][value="${side}"]`).checked = true;
  show();
  field("quantity").focus();
}

/** Empties what the last user typed. */
export function resetTicket() {
  unsettled = null;
  form.reset();
  show();
}

export function startTicket(instruments) {
  field("symbol").replaceChildren(...instruments.map(({ symbol }) => new Option(symbol, symbol)));
  form.addEventListener("input", show);
  onQuote((quote) => {
    if (quote.symbol === field("symbol").value) show();
  });
  onSubmit(form, submit);
  show();
}
