// The positions: loaded when an order was filled, and marked to the latest trade's price as quotes come in.

import { say } from "./activity.js";
import { all } from "./api.js";
import { format, multiply, round, sign, subtract } from "./decimal.js";
import { onOrder } from "./orders.js";
import { Problem } from "./problem.js";
import { latestQuote, onQuote } from "./quotes.js";
import { Rows, setText } from "./rows.js";
import { accessToken } from "./session.js";

const averageDigits = 4;
const moneyDigits = 2;

const panel = document.getElementById("positions");
let isFollowing = false;

const rows = new Rows(panel, (row, position) => {
  const cell = (name) => row.querySelector(`.${name}`);
  const mark = latestQuote(position.symbol)?.lastPrice;
  setText(cell("symbol"), position.symbol);
  setText(cell("quantity"), format(position.quantity));
  setText(cell("average"), position.averagePrice ? format(round(position.averagePrice, averageDigits), { digits: moneyDigits }) : "—");
  cell("average").title = position.averagePrice ?? "";
  setText(cell("mark"), mark ? format(mark, { digits: moneyDigits }) : "—");
  const unrealized = mark && position.averagePrice
    ? multiply(subtract(mark, position.averagePrice), position.quantity) : "0";
  showGain(cell("unrealized"), unrealized);
  showGain(cell("realized"), position.realizedPnl ?? "0");
  setText(cell("fees"), format(round(position.fees ?? "0", moneyDigits), { digits: moneyDigits }));
});

/** A gain or loss, told by its sign as well as by its colour. */
function showGain(cell, amount) {
  setText(cell, format(round(amount, moneyDigits), { digits: moneyDigits, signed: true }));
  cell.title = amount;
  cell.classList.toggle("gain", sign(amount) > 0);
  cell.classList.toggle("loss", sign(amount) < 0);
}

let loading = null;
let isStale = false;

/** Loads the positions; while it does, another call means once more. */
async function load() {
  isStale = true;
  if (loading) return loading;
  loading = (async () => {
    while (isStale && isFollowing) {
      isStale = false;
      try {
        const positions = await all("/api/positions", "positions", { token: accessToken() });
        if (isFollowing) for (const position of positions) rows.set(position.symbol, position);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        say(`Positions could not be loaded. ${error.sentence}`, "error");
      }
    }
    loading = null;
  })();
  return loading;
}

onOrder((order) => {
  if (order.status === "FILLED" || order.status === "PARTIALLY_FILLED") load();
});
onQuote((quote) => rows.refresh(quote.symbol));

export const focusPositions = () => panel.focus();

/** Follows the user's positions until the answer is called. */
export function startPositions() {
  isFollowing = true;
  load();
  return () => {
    isFollowing = false;
    rows.clear();
  };
}
