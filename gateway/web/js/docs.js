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
