// The search page: its list is narrowed down as one types. Nothing is loaded, so it works from disk, too. Words that
// are given in the address (?q=...) are looked for at once. Below the list, the key / is turned off and on.
(() => {
  const form = document.querySelector(".search-page form");
  const field = form.querySelector("input"), status = form.querySelector("[role=status]");
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const sections = [...document.querySelectorAll(".search-page section")].map((section) => ({
    section,
    items: [...section.querySelectorAll("li")].map((item) => ({ item, text: fold(item.textContent) })),
  }));
  const highlight = window.CSS?.highlights && window.Highlight ? new Highlight() : null;
  if (highlight) {
    // Not in search.css: the CSS checker doesn't know ::highlight().
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("::highlight(site-match) { text-decoration: underline 2px var(--accent) }");
    document.adoptedStyleSheets.push(sheet);
    CSS.highlights.set("site-match", highlight);
  }

  // Folding may change a text's length, so marks are set only where letter stands beside letter.
  const mark = (item, words) => {
    const texts = document.createTreeWalker(item, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const text = fold(node.data);
      if (text.length !== node.data.length) continue;
      for (const word of words) {
        for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
          highlight.add(new StaticRange({ startContainer: node, startOffset: at, endContainer: node, endOffset: at + word.length }));
        }
      }
    }
  };

  const narrow = () => {
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    let count = 0;
    highlight?.clear();
    for (const { section, items } of sections) {
      let some = false;
      for (const { item, text } of items) {
        const matches = words.every((word) => text.includes(word));
        item.hidden = !matches;
        some ||= matches;
        count += matches;
        if (matches && highlight) mark(item, words);
      }
      section.hidden = !some;
    }
    const several = count === 1 ? "1 title matches" : `${count} titles match`;
    status.textContent = words.length ? (count ? several : "No title matches. Fewer or other words may.") : "";
  };

  field.addEventListener("input", narrow);
  form.addEventListener("submit", (event) => event.preventDefault());
  field.value = new URLSearchParams(location.search).get("q") ?? field.value;
  form.hidden = false;
  narrow();

  // Who speaks to their computer turns the key off, which site.js looks up (WCAG 2.2, 2.1.4).
  const key = document.getElementById("site-slash");
  try { key.checked = localStorage["site:slash"] !== "off"; } catch { key.disabled = true; }
  key.addEventListener("change", () => {
    if (key.checked) localStorage.removeItem("site:slash");
    else localStorage["site:slash"] = "off";
  });
})();
