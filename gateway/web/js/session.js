// Who the user is. The token lives in this module's memory and nowhere else: nothing is left for another page, another
// script's storage dump, or the next person at this machine.

import { call } from "./api.js";
import { Problem } from "./problem.js";

let token = null;
let user = null;
const listeners = new Set();

const tell = () => {
  for (const listener of listeners) listener(user);
};

/** Calls back with the user, or null, now and at every change. */
export function onUser(listener) {
  listeners.add(listener);
  listener(user);
}

export const currentUser = () => user;
export const accessToken = () => token;

export async function register({ email, password, displayName }) {
  await call("POST", "/api/auth/register", { body: { email, password, displayName } });
  await logIn({ email, password });
}

export async function logIn({ email, password }) {
  const answer = await call("POST", "/api/auth/login", { body: { email, password } });
  token = answer.accessToken;
  user = answer.user;
  tell();
}

export function logOut() {
  token = null;
  user = null;
  tell();
}

/** Calls the API in the user's name. A token that is no longer taken ends the session. */
export async function request(method, path, body) {
  try {
    return await call(method, path, { body, token });
  } catch (error) {
    if (error instanceof Problem && error.status === 401 && token) logOut();
    throw error;
  }
}
