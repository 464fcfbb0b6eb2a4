// The positions and what everything is worth, marked to the market by the server: all of it comes from the channels.

import { format, round, sign } from "./decimal.js";
import { Rows, setText } from "./rows.js";

/** Digits behind the point of an average; the whole number is its title. */
const averageDigits = 4;
const moneyDigits = 2;

const panel = document.getElementById("positions");
const summary = document.getElementById("portfolio");

const money = (amount) => format(round(amount, moneyDigits), { digits: moneyDigits });

const rows = new Rows(panel, (row, position) => {
  const cell = (name) => row.querySelector(`.${name}`);
  const { averagePrice, markPrice } = position;
  setText(cell("symbol"), position.symbol);
  setText(cell("quantity"), format(position.quantity));
  setText(cell("average"), averagePrice ? format(round(averagePrice, averageDigits), { digits: moneyDigits }) : "—");
  cell("average").title = averagePrice ?? "";
  setText(cell("mark"), markPrice ? format(markPrice, { digits: moneyDigits }) : "—");
  showGain(cell("unrealized"), position.unrealizedPnl);
  showGain(cell("realized"), position.realizedPnl);
  setText(cell("fees"), money(position.fees ?? "0"));
});

/** A gain or loss, told by its sign as well as by its colour; nothing where it is not known. */
function showGain(cell, amount) {
  setText(cell, amount ? format(round(amount, moneyDigits), { digits: moneyDigits, signed: true }) : "—");
  cell.title = amount ?? "";
  cell.classList.toggle("gain", Boolean(amount) && sign(amount) > 0);
  cell.classList.toggle("loss", Boolean(amount) && sign(amount) < 0);
}

function showPortfolio(portfolio) {
  const cell = (name) => summary.querySelector(`.${name}`);
  for (const name of ["equity", "cash"]) {
    setText(cell(name), `${money(portfolio[name] ?? "0")} ${portfolio.currency}`);
  }
  showGain(cell("unrealized"), portfolio.unrealizedPnl);
  showGain(cell("realized"), portfolio.realizedPnl);
  summary.hidden = false;
}

/** Moves the focus to the positions. */
export const focusPositions = () => panel.focus();

/** Follows the user's positions and portfolio until the answer is called. */
export function startPositions(stream) {
  rows.clear();
  const show = (position) => rows.set(position.symbol, position);
  const closings = [
    stream.subscribe("positions", {}, {
      needsUser: true,
      snapshot: ({ positions }) => {
        rows.clear();
        positions.forEach(show);
      },
      update: show,
      stale: (isStale) => { panel.dataset.stale = isStale; },
    }),
    stream.subscribe("portfolio", {}, { needsUser: true, snapshot: showPortfolio, update: showPortfolio }),
  ];
  return () => {
    for (const close of closings) close();
    rows.clear();
    summary.hidden = true;
  };
}
