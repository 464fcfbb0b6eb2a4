// Puts the page together: the stream, the panels, and who may see which.

import { clearActivity, say } from "./activity.js";
import { startAmending, stopAmending } from "./amend.js";
import { startConnection } from "./connection.js";
import { focusOrders, startOrders } from "./orders.js";
import { focusPositions, startPositions } from "./positions.js";
import { Problem } from "./problem.js";
import { focusQuotes, startQuotes } from "./quotes.js";
import { currentUser, logOut, onToken, onUser, renew } from "./session.js";
import { startShortcuts } from "./shortcuts.js";
import { focusSignIn, startSignIn } from "./sign-in.js";
import { Stream } from "./stream.js";
import { prepareTicket, resetTicket, startTicket } from "./ticket.js";
import { focusWallets, startWallets } from "./wallets.js";

const stream = new Stream(`wss://${location.host}/ws/v1`);
let closePanels = [];

/** Panels of a user begin and end with the user. */
function showUser(user) {
  for (const close of closePanels) close();
  closePanels = [];
  stopAmending();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  clearActivity();
  resetTicket();
  const wasSignedIn = document.body.dataset.signedIn === "true";
  document.body.dataset.signedIn = user !== null;
  document.getElementById("account-name").textContent = user?.displayName ?? "";
  if (user) {
    closePanels = [startOrders(stream), startPositions(stream), startWallets(stream)];
    say(`Logged in as ${user.displayName}.`);
    prepareTicket({});
  } else if (wasSignedIn) {
    focusSignIn();
  }
}

const whenSignedIn = (action) => () => (currentUser() ? action() : focusSignIn());

startConnection(stream);
startSignIn();
startAmending();
document.getElementById("log-out").addEventListener("click", logOut);
stream.addEventListener("expired", renew);
stream.addEventListener("refused", ({ detail }) => {
  say(`The stream of ${detail.channel ?? "the user"} was refused: ${detail.detail}.`, "error");
});
startShortcuts({
  b: whenSignedIn(() => prepareTicket({ side: "BUY" })),
  s: whenSignedIn(() => prepareTicket({ side: "SELL" })),
  q: focusQuotes,
  o: whenSignedIn(focusOrders),
  p: whenSignedIn(focusPositions),
  w: whenSignedIn(focusWallets),
  t: () => document.getElementById("theme-switch").click(),
});

/** The market may be a moment behind the page: it is asked for again until it answers. */
async function start(wait = 500) {
  try {
    startTicket(await startQuotes(stream, (symbol) => whenSignedIn(() => prepareTicket({ symbol }))()));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    document.querySelector("#quotes .empty").textContent = `The market does not answer: ${error.sentence}`;
    setTimeout(() => start(Math.min(wait * 2, 15_000)), wait);
  }
}

await start();
onToken((token) => stream.authenticate(token));
onUser(showUser);
