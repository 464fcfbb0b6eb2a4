// The orders: the latest pages from the API, and every change from the channel. Of two versions the later counts.

import { say } from "./activity.js";
import { amendOrder } from "./amend.js";
import { format, round } from "./decimal.js";
import { Problem } from "./problem.js";
import { instrument } from "./quotes.js";
import { Rows, setText } from "./rows.js";
import { SessionOver, request } from "./session.js";
import { clockTime } from "./time.js";

/** How many orders are shown. */
const limit = 100;
/** Digits behind the point of an average; the whole number is its title. */
const averageDigits = 4;

const panel = document.getElementById("orders");
const finalStatuses = new Set(["FILLED", "CANCELED", "REJECTED", "EXPIRED"]);
const amendable = new Set(["OPEN", "PARTIALLY_FILLED"]);
const words = {
  PENDING_NEW: "pending", OPEN: "open", PARTIALLY_FILLED: "part filled", FILLED: "filled", CANCELED: "canceled",
  REJECTED: "rejected", EXPIRED: "expired", PENDING_REPLACE: "amending", PENDING_CANCEL: "canceling",
};

const rows = new Rows(panel, (row, order) => {
  const isFinal = finalStatuses.has(order.status);
  row.dataset.side = order.side;
  row.dataset.final = isFinal;
  row.dataset.orderId = order.orderId;
  const cell = (name) => row.querySelector(`.${name}`);
  const digits = instrument(order.symbol)?.priceIncrement?.split(".")[1]?.length ?? 0;
  setText(cell("time"), clockTime(order.createdAt));
  setText(cell("symbol"), order.symbol);
  setText(cell("side"), order.side === "BUY" ? "Buy" : "Sell");
  setText(cell("type"), order.type === "LIMIT" ? "Limit" : "Market");
  setText(cell("quantity"), format(order.quantity));
  setText(cell("limit"), order.limitPrice ? format(order.limitPrice, { digits }) : "—");
  setText(cell("filled"), format(order.filledQuantity ?? "0"));
  setText(cell("average"), order.averagePrice ? format(round(order.averagePrice, averageDigits), { digits }) : "—");
  cell("average").title = order.averagePrice ?? "";
  setText(cell("status"), words[order.status] ?? order.status);
  cell("status").title = order.rejectDetail ?? order.rejectReason ?? "";
  const amend = cell("amend");
  // What is at a broker's exchange is canceled and placed anew.
  amend.hidden = !amendable.has(order.status) || Boolean(order.connectionId);
  amend.setAttribute("aria-label", `Amend: ${orderPhrase(order)}`);
  amend.onclick = () => amendOrder(order);
  const cancel = cell("cancel");
  cancel.hidden = isFinal || order.status === "PENDING_CANCEL";
  cancel.setAttribute("aria-label", `Cancel: ${orderPhrase(order)}`);
  cancel.onclick = () => cancelOrder(order.orderId, cancel);
});

/** buy 10 AAPL at 187.25 */
export function orderPhrase({ side, quantity, symbol, limitPrice }) {
  const price = limitPrice ? ` at ${format(limitPrice)}` : " at market";
  return `${side === "BUY" ? "buy" : "sell"} ${format(quantity)} ${symbol}${price}`;
}

/** Why an order was rejected: with the amounts where it was for want of funds, in the exchange's words where it was there. */
function rejection({ rejectReason, rejectDetail, fundsShortage }) {
  if (rejectDetail) return `The exchange says: ${rejectDetail}.`;
  if (!fundsShortage) return `Reason: ${rejectReason}.`;
  return lack(fundsShortage);
}

/** What was lacking. */
const lack = ({ asset, requested, available }) =>
  `It needs ${format(requested)} ${asset}, available are ${format(available)}.`;

function changed(order, before) {
  // The answer to its amendment has left that open.
  if (before?.status === "PENDING_REPLACE" && order.fundsShortage) {
    say(`Not amended: ${orderPhrase(order)}. ${lack(order.fundsShortage)}`, "error");
  }
  if (before?.status === order.status && before.filledQuantity === order.filledQuantity) return;
  const average = order.averagePrice ? ` at an average of ${format(round(order.averagePrice, averageDigits))}` : "";
  const sentences = {
    OPEN: before ? "" : `Open: ${orderPhrase(order)}.`,
    PARTIALLY_FILLED: `Filled ${format(order.filledQuantity)} of ${format(order.quantity)}${average}: ${orderPhrase(order)}.`,
    FILLED: `Filled${average}: ${orderPhrase(order)}.`,
    PENDING_CANCEL: `Asked to be canceled: ${orderPhrase(order)}.`,
    CANCELED: `Canceled: ${orderPhrase(order)}.`,
    EXPIRED: `Expired: ${orderPhrase(order)}.`,
    REJECTED: `Rejected: ${orderPhrase(order)}. ${rejection(order)}`,
  };
  const sentence = sentences[order.status];
  if (sentence) say(sentence, order.status === "REJECTED" ? "error" : "event");
}

function merge(order, { isNews }) {
  const before = rows.get(order.orderId);
  if (before && BigInt(before.version) >= BigInt(order.version)) return;
  rows.set(order.orderId, order, { first: true });
  if (isNews) changed(order, before);
}

/** UUIDs of version 7 sort by time. */
function trim() {
  rows.sort((a, b) => (a.orderId < b.orderId ? 1 : -1));
  for (const { orderId } of rows.items.slice(limit)) rows.delete(orderId);
}

/** Shows an order that an answer of the API brought. */
export function showOrder(order) {
  merge(order, { isNews: true });
  trim();
}

async function load() {
  try {
    const { orders } = await request("GET", `/api/orders?pageSize=${limit}`);
    for (const order of orders) merge(order, { isNews: rows.get(order.orderId) !== undefined });
    trim();
  } catch (error) {
    if (error instanceof SessionOver) return;
    if (!(error instanceof Problem)) throw error;
    say(`Orders could not be loaded. ${error.sentence}`, "error");
  }
}

async function cancelOrder(orderID, button) {
  button.disabled = true;
  try {
    showOrder(await request("DELETE", `/api/orders/${encodeURIComponent(orderID)}`));
    panel.focus();
  } catch (error) {
    if (error instanceof SessionOver) return;
    if (!(error instanceof Problem)) throw error;
    const doubt = error.isUnknown ? "It is not known whether the order was canceled." : "Not canceled.";
    say(`${doubt} ${error.sentence}`, "error");
  } finally {
    button.disabled = false;
  }
}

/** Moves the focus to the first order that can be worked on. */
export const focusOrders = () => (panel.querySelector("tbody button:not([hidden])") ?? panel).focus();

/** Follows the user's orders until the answer is called. */
export function startOrders(stream) {
  rows.clear();
  const close = stream.subscribe("orders", {}, {
    needsUser: true,
    // The snapshot holds the working orders only: what ended while nobody looked is in the list.
    snapshot: ({ orders }) => {
      for (const order of orders) merge(order, { isNews: rows.get(order.orderId) !== undefined });
      load();
    },
    update: showOrder,
    stale: (isStale) => { panel.dataset.stale = isStale; },
  });
  return () => {
    close();
    rows.clear();
  };
}
