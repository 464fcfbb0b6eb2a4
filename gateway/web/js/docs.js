// Shows the API's description, in the theme of the live page.
"use strict";

const wish = document.documentElement.dataset.theme;
const isDark = wish === "dark" || (wish !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
document.documentElement.classList.toggle("dark-mode", isDark);

SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  persistAuthorization: false,
  // No other server is asked whether the description is valid.
  validatorUrl: null,
});

/**
 * What the viewer leaves out of its markup and a reader of the screen needs. It draws anew at will, so this is done again
 * for whatever is new.
 */
function mend(page) {
  // The title is a heading of level 1; the next ones say they are of level 3 and more.
  for (const [selector, level] of [["h3", 2], ["h4", 3], ["h5", 4]]) {
    for (const heading of page.querySelectorAll(`${selector}:not([aria-level])`)) heading.setAttribute("aria-level", level);
  }
  // The whole line opens an operation: a link inside the button would be a second control in one.
  for (const link of page.querySelectorAll(".opblock-summary-control a[href]")) link.removeAttribute("href");
  // Each table of answers is a region of its own, so it has a name of its own.
  for (const table of page.querySelectorAll("table[role=region]:not([aria-label])")) {
    const operation = table.closest(".opblock");
    const name = (part) => operation?.querySelector(`.opblock-summary-${part}`)?.textContent.trim() ?? "";
    const kind = table.classList.contains("live-responses-table") ? "Answer" : "Answers";
    table.setAttribute("aria-label", `${kind} to ${name("method")} ${name("path")}`);
  }
  for (const text of page.querySelectorAll(".body-param__text:not([aria-label])")) text.setAttribute("aria-label", "Request body");
  for (const title of page.querySelectorAll(".information-container:not([role])")) {
    title.setAttribute("role", "region");
    title.setAttribute("aria-label", "About the API");
  }
  for (const button of page.querySelectorAll(".close-modal:not([aria-label])")) button.setAttribute("aria-label", "Close");
  for (const dialog of page.querySelectorAll(".modal-ux:not([role])")) {
    dialog.setAttribute("role", "dialog");
    dialog.setAttribute("aria-modal", "true");
    dialog.setAttribute("aria-label", dialog.querySelector("h3")?.textContent ?? "");
  }
}

const page = document.getElementById("api");
new MutationObserver(() => mend(page)).observe(page, { childList: true, subtree: true, attributeFilter: ["href"] });
