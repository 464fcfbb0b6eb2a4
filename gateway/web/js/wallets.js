// The wallets: what may be spent, and what working orders hold. All of it comes from the channel.

import { say } from "./activity.js";
import { format, sign, subtract } from "./decimal.js";
import { instrument } from "./quotes.js";
import { Rows, setText } from "./rows.js";

/** Digits behind the point that every amount of money has at least. */
const moneyDigits = 2;

const panel = document.getElementById("wallets");

const rows = new Rows(panel, (row, wallet) => {
  row.dataset.asset = wallet.asset;
  setText(row.querySelector(".asset"), wallet.asset);
  const digits = instrument(wallet.asset) ? 0 : moneyDigits;
  for (const part of ["available", "reserved", "total"]) {
    setText(row.querySelector(`.${part}`), format(wallet[part], { digits }));
  }
});

function show(wallet) {
  rows.set(wallet.asset, wallet);
}

function change({ kind, wallets }) {
  for (const wallet of wallets) {
    const before = rows.get(wallet.asset)?.total ?? "0";
    show(wallet);
    const amount = subtract(wallet.total, before);
    if (kind === "DEPOSIT" && sign(amount) > 0) say(`Deposited: ${format(amount)} ${wallet.asset}.`);
  }
  rows.sort((a, b) => (a.asset < b.asset ? -1 : 1));
}

/** Moves the focus to the wallets. */
export const focusWallets = () => panel.focus();

/** Follows the user's wallets until the answer is called. */
export function startWallets(stream) {
  rows.clear();
  const close = stream.subscribe("wallets", {}, {
    needsUser: true,
    snapshot: ({ wallets }) => {
      rows.clear();
      wallets.forEach(show);
    },
    update: change,
    stale: (isStale) => { panel.dataset.stale = isStale; },
  });
  return () => {
    close();
    rows.clear();
  };
}
