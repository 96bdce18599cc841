// What every page's script adds: the theme switch, the contents beside the text, search, copying, and words for
// screen readers. Before this, base.html has set data-theme, which also tells the style sheet that scripts run.
(() => {
  const root = document.documentElement;
  const all = (selector, act) => document.querySelectorAll(selector).forEach(act);
  const kept = (key) => { try { return localStorage[key]; } catch { /* storage is off */ } };
  const held = (event) => event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey;

  // --- words for screen readers: document.dispatchEvent(new CustomEvent("site:say", { detail: "Copied" })), or a node
  const status = document.getElementById("site-status");
  const say = (words) => {
    // The same words twice are said twice: a status that doesn't change isn't read.
    if (status) status.replaceChildren(status.textContent === words ? words + "\u00a0" : words);
  };
  document.addEventListener("site:say", (event) => say(event.detail));

  // --- light and dark
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const show = () => {
    all("button.switch", (button) => button.setAttribute("aria-pressed", isDark()));
    // The browser's own bars follow the page.
    all("meta[name=theme-color]", (meta, dark) => {
      meta.media = dark === +isDark() ? "all" : "not all";
    });
  };
  const recall = () => {
    root.dataset.theme = kept("site:theme") || "";
    show();
  };
  all("button.switch", (button) => button.addEventListener("click", () => {
    // Back at the system's choice, the page follows the system again.
    const dark = !isDark();
    root.dataset.theme = dark === system.matches ? "" : dark ? "dark" : "light";
    try { localStorage["site:theme"] = root.dataset.theme; } catch { /* nothing is remembered */ }
    show();
  }));
  system.addEventListener("change", show);
  addEventListener("storage", recall);     // chosen in another tab,
  addEventListener("pageshow", recall);     // or on a page that one comes back from
  show();

  // --- the contents: beside the text, where there is room, they are open and can't be closed. (The style sheet shows
  // them there in any case; that they are open tells it to screen readers.)
  const wide = matchMedia("(min-width: 1100px)");
  all("details.contents", (contents) => {
    const fit = () => {
      contents.open = wide.matches;
      contents.firstElementChild.tabIndex = wide.matches ? -1 : 0;
    };
    wide.addEventListener("change", fit);
    fit();
  });

  // --- search: loaded when it is opened; without it, or from disk, there is the search page
  const link = document.querySelector("a.search");
  let early = null;    // what is typed while search is on its way
  const search = () => {
    early ??= "";
    import("./search.js").then((found) => found.open(() => early)).catch(() => { location.href = link.href; })
      .finally(() => { early = null; });
  };
  if (link) {
    link.setAttribute("aria-keyshortcuts", "/");
    link.addEventListener("click", (event) => {
      if (held(event) || event.shiftKey) return;
      event.preventDefault();
      search();
    });
    document.addEventListener("keydown", (event) => {
      // Who speaks to their computer or hits keys by accident can turn the key off (WCAG 2.2, 2.1.4).
      if (held(event) || event.target.closest("input, textarea, select, dialog, [contenteditable]")) return;
      if (early !== null && event.key.length === 1) early += event.key;
      else if (event.key === "/" && kept("site:slash") !== "off") search();
      else return;
      event.preventDefault();
    });
  }

  // --- copying
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    const source = button && document.querySelector(button.dataset.copy);
    if (!source) return;
    let done = "Copied";
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      // Without the permission, or from disk: what would be copied is selected.
      getSelection().selectAllChildren(source);
      done = "Selected";
    }
    button.dataset.label ??= button.textContent;
    button.textContent = done;
    say(done);
    setTimeout(() => { button.textContent = button.dataset.label; }, 2000);
  });
})();
