// What is wrong with a form, shown where it is wrong.

import { isDecimal } from "./decimal.js";
import { Problem } from "./problem.js";
import { SessionOver } from "./session.js";

/** Takes back everything that was said about a form. */
export function clearErrors(form) {
  form.querySelector(".form-error").hidden = true;
  for (const error of form.querySelectorAll(".field-error")) error.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}

/**
 * Shows a problem: each error at its field, the rest above the form; the first wrong field gets the focus.
 *
 * @param {HTMLFormElement} form Its fields are named as in the API.
 * @param {Problem} problem
 */
export function showProblem(form, problem) {
  clearErrors(form);
  const unplaced = problem.errors.filter((error) => !showAt(form, error));
  const isWhole = problem.errors.length === 0 || unplaced.length > 0;
  if (isWhole) {
    const summary = form.querySelector(".form-error");
    summary.textContent = problem.errors.length === 0
      ? problem.sentence
      : unplaced.map(({ field, description }) => `${field} ${description}`).join("; ");
    summary.hidden = false;
  }
  form.querySelector("[aria-invalid]")?.focus();
}

function showAt(form, { field, description }) {
  const input = form.elements.namedItem(field);
  const place = input?.closest?.(".field");
  if (!place || place.hidden) return false;
  const error = document.createElement("span");
  error.className = "field-error";
  error.id = `${input.id}-error`;
  error.textContent = description;
  place.append(error);
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", error.id);
  return true;
}

/** Refuses what cannot be sent as a decimal; all other rules are the server's. */
export function requireDecimals(form, names) {
  const errors = names
    .filter((name) => !isDecimal(form.elements.namedItem(name).value.trim()))
    .map((field) => ({ field, description: "must be a decimal such as 10 or 187.25" }));
  if (errors.length > 0) throw new Problem({ status: 400, reason: "INVALID_REQUEST", detail: "", errors });
}

/** Runs a form's work: once at a time, problems shown at the form, as long as the session lasts in which it began. */
export function onSubmit(form, work) {
  let isBusy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    form.setAttribute("aria-busy", "true");
    clearErrors(form);
    try {
      await work();
    } catch (error) {
      if (error instanceof SessionOver) return;
      if (!(error instanceof Problem)) throw error;
      showProblem(form, error);
    } finally {
      isBusy = false;
      form.removeAttribute("aria-busy");
    }
  });
}
