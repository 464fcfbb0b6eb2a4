// Amending an order: a dialog with what may change.

import { say } from "./activity.js";
import { onSubmit, clearErrors, requireDecimals } from "./form.js";
import { orderPhrase, showOrder } from "./orders.js";
import { request } from "./session.js";

const dialog = document.getElementById("amend");
const form = document.getElementById("amend-form");
const field = (name) => form.elements.namedItem(name);
const limitPlace = document.getElementById("amend-limit-price-field");
let order = null;

/** Asks for an order's new terms. */
export function amendOrder(chosen) {
  order = chosen;
  clearErrors(form);
  document.getElementById("amend-order").textContent = orderPhrase(order);
  field("quantity").value = order.quantity;
  field("limitPrice").value = order.limitPrice ?? "";
  limitPlace.hidden = order.type !== "LIMIT";
  dialog.showModal();
  field("quantity").select();
}

/** Closes the dialog and forgets what it was about. */
export function stopAmending() {
  dialog.close();
  form.reset();
  clearErrors(form);
  document.getElementById("amend-order").textContent = "";
  order = null;
}

export function startAmending() {
  document.getElementById("amend-close").addEventListener("click", () => dialog.close());
  onSubmit(form, async () => {
    const names = order.type === "LIMIT" ? ["quantity", "limitPrice"] : ["quantity"];
    requireDecimals(form, names);
    const terms = Object.fromEntries(names.map((name) => [name, field(name).value.trim()]));
    const asked = order;
    const amended = await request("PUT", `/api/orders/${encodeURIComponent(asked.orderId)}`, terms);
    showOrder(amended);
    say(`Amended: ${orderPhrase(amended)}.`);
    // The dialog may be about another order by now.
    if (order === asked) dialog.close();
  });
}
