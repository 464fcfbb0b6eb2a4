// The theme: the system's, light or dark. Runs before the page is drawn, so that it never flashes; hence no module.
(() => {
  "use strict";
  const key = "alphintra.theme";
  const themes = ["system", "light", "dark"];

  const stored = () => {
    try {
      return themes.includes(localStorage.getItem(key)) ? localStorage.getItem(key) : "system";
    } catch {
      // A browser may refuse storage; the choice then lasts as long as the page.
      return document.documentElement.dataset.theme ?? "system";
    }
  };

  const apply = (theme) => {
    document.documentElement.dataset.theme = theme;
    const button = document.getElementById("theme-switch");
    if (button) button.textContent = `Theme: ${theme}`;
  };

  const next = () => {
    const theme = themes[(themes.indexOf(document.documentElement.dataset.theme) + 1) % themes.length];
    try {
      localStorage.setItem(key, theme);
    } catch {
      // As above.
    }
    apply(theme);
  };

  apply(stored());
  document.addEventListener("DOMContentLoaded", () => {
    apply(document.documentElement.dataset.theme);
    document.getElementById("theme-switch")?.addEventListener("click", next);
  });
})();
