// The reader's choice of light or dark, before the first paint. Without scripts the system's choice holds.
(() => {
  const key = "theme", root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  try { chosen = localStorage.getItem(key); } catch { /* storage is off: nothing is remembered */ }
  const system = () => (dark.matches ? "dark" : "light");
  const apply = () => {
    if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
    else delete root.dataset.theme;
  };
  apply();

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.querySelector("button.switch");
    if (button) {
      const other = () => ((chosen || system()) === "dark" ? "light" : "dark");
      const name = () => { button.firstChild.data = other() === "dark" ? "Dark" : "Light"; };
      button.hidden = false;
      name();
      dark.addEventListener("change", name);
      button.addEventListener("click", () => {
        chosen = other() === system() ? null : other();
        try { chosen ? localStorage.setItem(key, chosen) : localStorage.removeItem(key); } catch { /* as above */ }
        apply();
        name();
      });
    }
    // Beside the text there is room for the contents; above it they wait to be opened.
    const wide = matchMedia("(min-width: 1100px)");
    const contents = document.querySelector("details.contents");
    if (contents) {
      const summary = contents.querySelector("summary");
      const fit = () => {
        contents.open = wide.matches;
        summary.tabIndex = wide.matches ? -1 : 0;
      };
      summary.addEventListener("click", (event) => { if (wide.matches) event.preventDefault(); });
      fit();
      wide.addEventListener("change", fit);
    }
  });
})();
