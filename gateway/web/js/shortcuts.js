// Single keys. They rest in fields and dialogs, and can be switched off (WCAG 2.1.4).

const key = "alphintra.shortcuts";
const help = document.getElementById("help");
const box = document.getElementById("shortcuts-on");

const isTyping = (target) =>
  target instanceof HTMLElement && target.matches("input:not([type=radio], [type=checkbox]), select, textarea");

/** @param {Record<string, () => void>} actions What each key does. */
export function startShortcuts(actions) {
  try {
    box.checked = localStorage.getItem(key) !== "off";
  } catch {
    // A browser may refuse storage; the choice then lasts as long as the page.
  }
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(key, box.checked ? "on" : "off");
    } catch {
      // As above.
    }
  });
  const open = () => help.showModal();
  document.getElementById("help-open").addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    if (!box.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const action = event.key === "?" ? open : actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
