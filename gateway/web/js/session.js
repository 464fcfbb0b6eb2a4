// Who the user is. The tokens live in this module's memory and nowhere else: nothing is left for another page, a script
// that reads storage, or the next person at this machine.

import { call } from "./api.js";
import { Problem } from "./problem.js";

/** An access token is renewed when this part of its life is over. */
const renewalShare = 0.75;
/** The wait before a renewal that got no answer is tried again. */
const retryMilliseconds = 5_000;

/** An answer, or a failure, came after its session had ended: it is for nobody who is here now. */
export class SessionOver extends Error {}

let tokens = null;
let user = null;
/** What waits for an answer in this session: each is told of the session's end. */
let leaving = new Set();
let renewal = null;
let timer = null;
const userListeners = new Set();
const tokenListeners = new Set();

/** Calls back with the user, or null, now and at every change. */
export function onUser(listener) {
  userListeners.add(listener);
  listener(user);
}

/** Calls back with every new access token, and null at the end of a session. */
export function onToken(listener) {
  tokenListeners.add(listener);
  listener(accessToken());
}

export const currentUser = () => user;
export const accessToken = () => tokens?.accessToken ?? null;

function keep(answer) {
  tokens = answer;
  clearTimeout(timer);
  if (answer) timer = setTimeout(renew, answer.expiresIn * 1_000 * renewalShare);
  for (const listener of tokenListeners) listener(accessToken());
}

function begin(answer) {
  keep(answer);
  user = answer.user;
  for (const listener of userListeners) listener(user);
}

function end() {
  if (!tokens) return;
  keep(null);
  user = null;
  renewal = null;
  const left = leaving;
  leaving = new Set();
  for (const leave of left) leave();
  for (const listener of userListeners) listener(null);
}

export async function register({ email, password, displayName }) {
  await call("POST", "/api/auth/register", { body: { email, password, displayName } });
  await logIn({ email, password });
}

export async function logIn({ email, password }) {
  begin(await call("POST", "/api/auth/login", { body: { email, password } }));
}

/** Ends the session here at once, and at the server as soon as it answers. */
export async function logOut() {
  const refreshToken = tokens?.refreshToken;
  end();
  if (!refreshToken) return;
  try {
    await call("POST", "/api/auth/logout", { body: { refreshToken } });
  } catch (error) {
    // The session ends by itself when nobody renews it.
    if (!(error instanceof Problem)) throw error;
  }
}

/**
 * Exchanges the refresh token for new tokens: one exchange at a time, since each token is good for one.
 * One that is refused ends the session; one without an answer is tried again.
 */
export function renew() {
  if (!renewal) {
    const begun = exchange().finally(() => {
      if (renewal === begun) renewal = null;
    });
    renewal = begun;
  }
  return renewal;
}

async function exchange() {
  const before = tokens;
  if (!before) return;
  try {
    const answer = await call("POST", "/api/auth/refresh", { body: { refreshToken: before.refreshToken } });
    if (tokens === before) keep(answer);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (tokens !== before) return;
    const mayPass = error.status === 0 || error.status === 429 || error.status >= 500;
    if (!mayPass) return end();
    const wait = error.retryAfter ? Number.parseInt(error.retryAfter, 10) * 1_000 : retryMilliseconds;
    clearTimeout(timer);
    timer = setTimeout(renew, wait);
  }
}

/**
 * Calls the API in the user's name. A token that is no longer taken is renewed once; without success the session ends.
 *
 * What was sent goes on when the session ends, but its answer is not waited for: the next user's work begins with nothing of it.
 *
 * @throws {Problem | SessionOver}
 */
export function request(method, path, body) {
  const session = leaving;
  return new Promise((resolve, reject) => {
    const leave = () => reject(new SessionOver());
    session.add(leave);
    attempt(session, method, path, body).then(resolve, reject).finally(() => session.delete(leave));
  });
}

async function attempt(session, method, path, body) {
  const used = accessToken();
  try {
    return await call(method, path, { body, token: used });
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401 || !tokens) throw error;
    if (accessToken() === used) await renew();
    // Never with the token of another session: it would be done in another's name.
    if (session !== leaving || accessToken() === used) throw error;
    return call(method, path, { body, token: accessToken() });
  }
}
