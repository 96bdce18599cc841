// What the page for missing pages adds: the address that was asked for, and the pages whose addresses are nearest to
// it. They are taken from the search page, which lists everything; it is read only here and only then.
(async () => {
  const place = document.getElementById("site-nearest");
  const folded = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  const decoded = (text) => { try { return decodeURIComponent(text); } catch { return text; } };
  const home = new URL(place.dataset.home, location).pathname;

  // "/teaching/2026/Lectures/Intro.html" to "lectures/intro": a path below the site without what servers add to it.
  const core = (path) => {
    const inside = path.toLowerCase().startsWith(home.toLowerCase()) ? path.slice(home.length) : path;
    return folded(decoded(inside)).replace(/(^|\/)index(\.\w+)?\/?$/, "").replace(/\.\w{2,4}$/, "").replace(/^\/+|\/+$/g, "");
  };
  const pairs = (text) => {
    const padded = ` ${text.replace(/[^\p{L}\p{N}]+/gu, " ").trim()} `;
    return Array.from({ length: padded.length - 1 }, (_, at) => padded.slice(at, at + 2));
  };
  // Sørensen and Dice: the share of neighbouring letters that two texts have in common.
  const alike = (one, other) => {
    const rest = pairs(other), all = pairs(one).length + rest.length;
    const common = pairs(one).filter((pair) => rest.includes(pair) && rest.splice(rest.indexOf(pair), 1));
    return (2 * common.length) / all;
  };
  const last = (path) => path.slice(path.lastIndexOf("/") + 1);

  const asked = core(location.pathname);
  const code = document.createElement("code");
  code.textContent = decoded(location.pathname).slice(0, 200);
  document.getElementById("site-address").replaceChildren(code);

  const copies = (nodes) => Array.from(nodes, (node) => document.importNode(node, true));
  const list = new URL(place.dataset.list, location);
  const response = await fetch(list).catch(() => null);
  if (!response?.ok || !asked) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const found = Array.from(page.querySelectorAll("main li a[href]"), (link) => {
    const url = new URL(link.getAttribute("href"), list);
    const path = core(url.pathname) + (url.hash ? `/${core(url.hash.slice(1))}` : "");
    const title = folded(link.textContent);
    const score = Math.max(alike(asked, path), .95 * alike(last(asked), last(path)), .9 * alike(last(asked), title));
    return { url, words: link.childNodes, score };    // with the language that they are in
  });
  // What is much less alike than the nearest is noise beside it.
  const least = Math.max(.45, .65 * Math.max(...found.map(({ score }) => score)));
  const near = found.filter(({ score }) => score > least).sort((one, other) => other.score - one.score).slice(0, 5);
  if (!near.length) return;
  const links = document.createElement("ul");
  links.append(...near.map(({ url, words }) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = url;
    link.append(...copies(words));
    item.append(link);
    return item;
  }));
  place.nextElementSibling.replaceWith(links);
  place.hidden = false;
  const said = document.createElement("span");
  said.append("Did you mean ", ...copies(near[0].words), "?");
  said.normalize();
  document.dispatchEvent(new CustomEvent("site:say", { detail: said }));
})();
