// REST: one function a verb, JSON in and out, problems thrown.

import { Problem } from "./problem.js";

/** How long an answer may take: longer than any deadline of the gateway. */
const timeoutMilliseconds = 20_000;

/**
 * Calls the API.
 *
 * @param {string} method GET, POST, PUT, DELETE.
 * @param {string} path From the root: /api/orders.
 * @param {{body?: object, token?: string}} options What is sent, and in whose name.
 * @returns {Promise<object>} The answer's JSON.
 * @throws {Problem}
 */
export async function call(method, path, { body, token } = {}) {
  const headers = { accept: "application/json" };
  if (body) headers["content-type"] = "application/json";
  if (token) headers.authorization = `Bearer ${token}`;
  let response;
  try {
    response = await fetch(path, {
      method, headers, body: body && JSON.stringify(body), credentials: "omit", cache: "no-store",
      redirect: "error", signal: AbortSignal.timeout(timeoutMilliseconds),
    });
    if (!response.ok) throw await Problem.read(response);
    return await response.json();
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw Problem.unreachable();
  }
}

/** Every item of a list that comes in pages, up to a limit of pages. */
export async function all(path, member, { token, pages = 20 } = {}) {
  const items = [];
  let pageToken = "";
  for (let page = 0; page < pages; page += 1) {
    const mark = path.includes("?") ? "&" : "?";
    const next = pageToken ? `${path}${mark}pageToken=${encodeURIComponent(pageToken)}` : path;
    const answer = await call("GET", next, { token });
    items.push(...answer[member]);
    pageToken = answer.nextPageToken;
    if (!pageToken) break;
  }
  return items;
}
