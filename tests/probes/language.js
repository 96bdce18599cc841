// Words that read as another language than they are in: letters of `own` are the author's, Latin ones sitegen's, and
// each says its language itself or by what it stands in (WCAG 2.2, 3.1.2).
({ lang, letters }) => {
  const found = [], own = new RegExp(`[${letters}]{2,}`);
  const silent = "script, style, noscript, code, annotation, mi, kbd, samp, .Z3988";
  const hear = (element, words) => {
    const said = element.closest("[lang]").getAttribute("lang"), bare = words.replace(/\S+@\S+|https?:\S+/g, "");
    if ((/[A-Za-z]{2,}/.test(bare) && said !== "en") || (own.test(words) && said !== lang)) found.push(`${said}: ${words.trim().slice(0, 80)}`);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; node = texts.nextNode();) if (!node.parentElement.closest(silent)) hear(node.parentElement, node.data);
  for (const element of document.body.querySelectorAll("*")) {
    if (element.closest(silent)) continue;
    for (const name of ["aria-label", "aria-roledescription", "title", "alt", "placeholder"]) hear(element, element.getAttribute(name) ?? "");
  }
  return found;
}
