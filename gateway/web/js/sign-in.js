// Logging in and registering, in one form.

import { onSubmit } from "./form.js";
import { logIn, register } from "./session.js";

const form = document.getElementById("sign-in-form");
const modeButton = document.getElementById("sign-in-mode");
const namePlace = document.getElementById("display-name-field");
let isNew = false;

function show() {
  const title = isNew ? "Create an account" : "Log in";
  document.getElementById("sign-in-title").textContent = title;
  form.querySelector("[type=submit]").textContent = title;
  modeButton.textContent = isNew ? "I have an account" : "Create an account";
  namePlace.hidden = !isNew;
  form.elements.namedItem("password").autocomplete = isNew ? "new-password" : "current-password";
}

export function startSignIn() {
  modeButton.addEventListener("click", () => {
    isNew = !isNew;
    show();
    form.elements.namedItem(isNew ? "displayName" : "email").focus();
  });
  onSubmit(form, async () => {
    const { displayName, email, password } = Object.fromEntries(new FormData(form));
    if (isNew) await register({ displayName, email, password });
    else await logIn({ email, password });
    form.reset();
    isNew = false;
    show();
  });
}

/** Moves the focus to the first field. */
export const focusSignIn = () => form.elements.namedItem("email").focus();
