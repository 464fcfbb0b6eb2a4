// The quotes: a row a symbol, each change marked up or down, and a line of the last prices.

import { all } from "./api.js";
import { compare, format, place } from "./decimal.js";
import { Rows, setText } from "./rows.js";
import { marketTime } from "./time.js";

/** How many prices the line of a symbol shows. */
const trendLength = 120;
const [trendWidth, trendHeight] = [120, 22];

const panel = document.getElementById("quotes");
const listeners = new Set();
const trends = new Map();
let instruments = new Map();
let choose = () => {};

const rows = new Rows(panel, (row, quote, before) => {
  const button = row.querySelector("button.symbol");
  if (!before) {
    button.textContent = quote.symbol;
    button.setAttribute("aria-label", `${quote.symbol}: into the ticket`);
    button.addEventListener("click", () => choose(quote.symbol));
  }
  showPrice(row.querySelector(".bid"), quote.bidPrice, before?.bidPrice, quote);
  setText(row.querySelector(".bid .size"), format(quote.bidSize));
  showPrice(row.querySelector(".ask"), quote.askPrice, before?.askPrice, quote);
  setText(row.querySelector(".ask .size"), format(quote.askSize));
  showPrice(row.querySelector(".last"), quote.lastPrice, before?.lastPrice, quote);
  drawTrend(row.querySelector("polyline"), quote);
});

function showPrice(cell, price, before, { symbol }) {
  const element = cell.querySelector(".price");
  const digits = instruments.get(symbol)?.priceIncrement?.split(".")[1]?.length ?? 0;
  setText(element, format(price, { digits }));
  if (!before || !price) return;
  const direction = compare(price, before);
  if (direction === 0) return;
  element.classList.remove("up", "down");
  // Reading a size restarts the animation of a class that was just taken off.
  void element.offsetWidth;
  element.classList.add(direction > 0 ? "up" : "down");
}

function drawTrend(line, { symbol, lastPrice }) {
  if (!lastPrice) return;
  const prices = trends.get(symbol) ?? [];
  prices.push(lastPrice);
  if (prices.length > trendLength) prices.shift();
  trends.set(symbol, prices);
  const low = prices.reduce((a, b) => (compare(a, b) <= 0 ? a : b));
  const high = prices.reduce((a, b) => (compare(a, b) >= 0 ? a : b));
  const step = trendWidth / Math.max(prices.length - 1, 1);
  const points = prices.map((price, index) =>
    `${(index * step).toFixed(1)},${trendHeight + 1 - place(price, low, high, trendHeight)}`);
  line.setAttribute("points", points.join(" "));
}

function show(quote) {
  rows.set(quote.symbol, quote);
  setText(document.getElementById("market-time"), `Replayed market, ${marketTime(quote.marketTime)}`);
  for (const listener of listeners) listener(quote);
}

/** Calls back with every quote. */
export const onQuote = (listener) => listeners.add(listener);

/** The latest quote of a symbol, if there was one. */
export const latestQuote = (symbol) => rows.get(symbol);

/** What can be traded: {symbol, priceIncrement, lotSize, quoteAsset}. */
export const instrument = (symbol) => instruments.get(symbol);

/** Moves the focus to the first symbol. */
export const focusQuotes = () => (panel.querySelector("button.symbol") ?? panel).focus();

/** Loads the instruments and follows their quotes; `onChoose` is told the symbol that was pressed. */
export async function startQuotes(stream, onChoose) {
  choose = onChoose;
  const list = await all("/api/market-data/symbols", "instruments");
  instruments = new Map(list.map((item) => [item.symbol, item]));
  stream.subscribe("quotes", { symbols: [...instruments.keys()] }, {
    snapshot: ({ quotes }) => quotes.forEach(show),
    update: show,
    stale: (isStale) => { panel.dataset.stale = isStale; },
  });
  return list;
}
