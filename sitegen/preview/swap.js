// Puts what a save has changed into the page that is open, in the time of a blink. What is compared is the page as it
// was served, before its scripts touched it, with the page as it is served now; where the two differ, and the page's
// own scripts have done nothing, the new takes the place of the old. Anything else is a reload's work.

// Deferred scripts run in order and this is the first one, so the body is whole, and nobody's but the author's.
const served = document.body.cloneNode(true);
const shown = new WeakMap();    // each node of `served` to its like in the page
const pair = (one, other) => {
  shown.set(one, other);
  for (let i = 0; i < one.childNodes.length; i++) pair(one.childNodes[i], other.childNodes[i]);
};
pair(served, document.body);

// What no script needs to look at when it is new.
const PLAIN = "p, ul, ol, li, dl, dt, dd, blockquote, h1, h2, h3, h4, h5, h6, em, strong, b, i, s, q, abbr, cite, code, kbd, "
  + "span:not([class]), a:not([class]), br, hr, sub, sup, time, small, mark, ins, del, img";
// What works only when the browser has read it with the page.
const READ = "script, style, link, meta, base, iframe, object, embed, dialog, [popover], [autofocus]";

const frameOf = (page) => [
  ...page.querySelectorAll("head :is(script:not([type='application/ld+json']), link[rel=stylesheet], style, meta[http-equiv], base)"),
].filter((one) => !/(sitegen-preview|livereload)\.js/.test(one.getAttribute("src") ?? "")).map((one) => one.outerHTML).join("\n")
  + page.documentElement.lang + page.querySelector("script[data-page]")?.dataset.note;
const frame = frameOf(document);
const isLike = (one, other) => one.nodeType === 1 && other.nodeType === 1
  && one.cloneNode(false).isEqualNode(other.cloneNode(false));
const isBlocky = (one) => one.childElementCount > 0
  && [...one.childNodes].every((node) => node.nodeType !== 3 || !node.data.trim());

// A page is parsed under this page's policy, which would complain of styles that only another one allows.
const POLICY = /<meta http-equiv="Content-Security-Policy" content="([^"]*)"/g;
const policies = [...document.querySelectorAll("meta[http-equiv]")].map((one) => one.content).join();
const isAllowedAlike = (text) => [...text.matchAll(POLICY)].map((one) => one[1]).join() === policies;

// The places where two elements with the same tag differ, as small as they can be told apart.
const compare = (old, next, changes) => {
  const olds = [...old.childNodes], news = [...next.childNodes];
  let before = null, after = null;
  while (olds.length && news.length && olds[0].isEqualNode(news[0])) { before = olds.shift(); news.shift(); }
  while (olds.length && news.length && olds.at(-1).isEqualNode(news.at(-1))) { after = olds.pop(); news.pop(); }
  if (!olds.length && !news.length) return;
  if (olds.length === news.length && olds.every((one, i) => one.isEqualNode(news[i]) || isLike(one, news[i]))) {
    olds.forEach((one, i) => {
      if (one.isEqualNode(news[i])) return;
      if (isBlocky(one) && isBlocky(news[i])) compare(one, news[i], changes);
      else changes.push({ parent: old, olds: [one], news: [news[i]] });
    });
  } else changes.push({ parent: old, olds, news, before, after });
};

const isOpenTo = ({ parent, olds, news, before, after }) => {
  const place = shown.get(parent);
  const isUntouched = (node) => shown.get(node)?.parentNode === place && shown.get(node).isEqualNode(node);
  const isThere = (node) => !node || shown.get(node)?.parentNode === place;
  return place?.isConnected && olds.every(isUntouched) && isThere(before) && isThere(after)
    && !news.some((node) => node.matches?.(READ) || node.querySelector?.(READ));
};

const apply = ({ parent, olds, news, before, after }) => {
  const place = shown.get(parent);
  // Where the first old one is; else after what stands before it, whatever scripts have put in between.
  const mark = olds[0] ?? (before ? before.nextSibling : after);
  const shownMark = olds[0] || !before ? (mark ? shown.get(mark) : null) : shown.get(before).nextSibling;
  for (const node of news) {
    const copy = document.importNode(node, true), kept = node.cloneNode(true);
    place.insertBefore(copy, shownMark);
    parent.insertBefore(kept, mark);
    pair(kept, copy);
  }
  for (const node of olds) {
    shown.get(node).remove();
    node.remove();
  }
};

const isPlain = (node) => node.nodeType === 3
  || (node.nodeType === 1 && node.matches(PLAIN) && [...node.querySelectorAll("*")].every((one) => one.matches(PLAIN)));

// Shows the page `text`. "plain": it is done; "early": it looks right, and scripts have yet to see it; "": nothing was
// done, only a reload can.
function swapIn(text) {
  if (!isAllowedAlike(text)) return "";
  const next = new DOMParser().parseFromString(text, "text/html");
  const changes = [];
  if (frameOf(next) !== frame || !isLike(served, next.body)) return "";
  compare(served, next.body, changes);
  if (!changes.every(isOpenTo)) return "";
  changes.forEach(apply);
  document.title = next.title;
  me.dataset.page = next.querySelector("script[data-page]")?.dataset.page ?? "";
  dispatchEvent(new Event("resize"));    // what scripts have put beside the text finds its line again
  return changes.every(({ olds, news }) => [...olds, ...news].every(isPlain)) ? "plain" : "early";
}
