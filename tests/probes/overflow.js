// What lies outside its place: the page when it is wider than the window, words that are cut off, and scrolling
// places that the keyboard can't reach (WCAG 2.2, 1.4.10, 1.4.12, 2.1.1).
() => {
  const name = (e) => e.localName + [...e.classList].map((c) => "." + c).join("") + " " + e.textContent.trim().slice(0, 30);
  const root = document.documentElement, cut = [], unreachable = [], wide = [];
  if (root.scrollWidth > root.clientWidth) {
    for (const e of document.body.querySelectorAll("*")) {
      const box = e.getBoundingClientRect();
      if (box.right > root.clientWidth + 1 && box.width > 1 && !e.closest("pre, .table, .math")) wide.push(name(e));
    }
    wide.unshift(`${root.scrollWidth} > ${root.clientWidth}`);
  }
  for (const e of document.body.querySelectorAll("*")) {
    if (!e.checkVisibility() || e.closest(".unseen, svg, math, video, iframe") || e === document.body) continue;
    const style = getComputedStyle(e);
    const over = e.scrollWidth > e.clientWidth + 1, scrolls = ["auto", "scroll"].includes(style.overflowX);
    if (over && scrolls && e.tabIndex < 0 && !e.querySelector("a[href], button")) unreachable.push(name(e));
    if (over && ["hidden", "clip"].includes(style.overflowX) && style.display !== "inline" && e.textContent.trim()) cut.push(name(e));
    if (e.scrollHeight > e.clientHeight + 2 && ["hidden", "clip"].includes(style.overflowY) && style.overflowX !== "auto" && e.textContent.trim() && style.display !== "inline") cut.push(name(e));
  }
  return { wide: wide.slice(0, 5), cut: cut.slice(0, 5), unreachable: unreachable.slice(0, 5) };
}
