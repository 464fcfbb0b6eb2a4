// What happened, newest first: seen in the panel, and spoken by screen readers because it is a live log.

import { clockTime } from "./time.js";

/** Older lines are dropped. */
const limit = 50;
const log = document.getElementById("activity-log");

/** Says a sentence. `kind` is "event" or "error". */
export function say(sentence, kind = "event") {
  const line = document.createElement("p");
  line.dataset.kind = kind;
  const time = document.createElement("time");
  time.textContent = clockTime();
  const text = document.createElement("span");
  text.textContent = sentence;
  line.append(time, text);
  log.prepend(line);
  while (log.children.length > limit) log.lastElementChild.remove();
}

export const clearActivity = () => log.replaceChildren();
