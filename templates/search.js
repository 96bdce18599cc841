// The search dialog. site.js loads this when search is opened for the first time; this then loads pagefind, whose
// index was made with the site. Results are links in a list, not options of a combobox: they can be opened in a new
// tab, long-pressed and read one by one by every screen reader, and the arrow keys move through them all the same.

const base = new URL("../", import.meta.url);    // the site's top, under whatever address it is read
const everything = new URL("search/index.html", base);
const FEW = 10, PLACES = 3, PAUSE = 120, PATIENCE = 700;
const MANY = { Page: "Pages", Lecture: "Lectures", Session: "Sessions", Break: "Breaks", Deadline: "Deadlines", Announcement: "Announcements", Paper: "Papers" };

let dialog, form, field, kinds, status, list, more, all;
let pagefind, vocabulary, kind = "", shown = "", sought = "", found = [], typing = 0;

// `early` tells what was typed before there was a field to type in.
export async function open(early) {
  if (location.protocol === "file:") throw new Error("a page on disk can't load the index");    // site.js opens the list
  if (!dialog) await build();
  if (dialog.open) return;
  field.value = early() || field.value;
  dialog.showModal();
  field.select();
  if (early()) field.setSelectionRange(field.value.length, field.value.length);
  if (field.value !== shown) search();
  load();
}

// --- the dialog ---------------------------------------------------------------------------------

function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...content);
  return element;
}

async function build() {
  const sheet = make("link", { rel: "stylesheet", href: new URL("search.css", import.meta.url) });
  const styled = new Promise((done) => { sheet.onload = sheet.onerror = done; });
  document.head.append(sheet);
  field = make("input", {
    id: "site-search-field", type: "search", name: "q", enterkeyhint: "search", autocomplete: "off",
    autocapitalize: "off", spellcheck: "false", placeholder: "Lectures, papers, dates", "aria-describedby": "site-search-hint", "aria-controls": "site-search-results",
  });
  const close = make("button", { type: "button", class: "close" }, "Close");
  form = make("form", { role: "search", action: everything },
    make("label", { for: field.id }, "Search"), field, close);
  kinds = make("div", { class: "kinds", role: "group", "aria-label": "Kinds of results", hidden: "" });
  status = make("p", { class: "count", role: "status", dir: "auto" });
  list = make("ol", { id: "site-search-results", "aria-label": "Results" });
  more = make("button", { type: "button", class: "more", hidden: "" }, "More results");
  all = make("a", { href: everything }, "Everything on this site, by kind");
  dialog = make("dialog", { id: "site-search", "aria-label": "Search" }, form, kinds,
    make("div", { class: "found" }, status, list, more, make("p", { class: "all" }, all),
      make("p", { id: "site-search-hint", class: "hint", dir: "auto" }, "Arrow keys move through the results, Enter opens one, Esc closes.")));
  try { [kind = "", field.value = ""] = JSON.parse(sessionStorage["site:search"]); } catch { /* the first search */ }

  field.addEventListener("input", search);
  form.addEventListener("submit", (event) => { event.preventDefault(); enter(); });
  close.addEventListener("click", () => dialog.close());
  more.addEventListener("click", showMore);
  kinds.addEventListener("click", ({ target }) => {
    if (!target.matches("button")) return;
    kind = target.dataset.kind;
    search();
  });
  dialog.addEventListener("click", (event) => {
    // Outside of the dialog; or on a result, which may be a place on this very page.
    if (event.target === dialog || (event.target.closest("a") && !event.ctrlKey && !event.metaKey && !event.shiftKey)) dialog.close();
  });
  dialog.addEventListener("keydown", onKey);
  document.body.append(dialog);
  await styled;
}

function onKey(event) {
  const links = [...list.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") {
    event.preventDefault();    // a search field would be emptied, and the dialog would stay
    dialog.close();
  } else if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) {
    return;
  } else if (step && (at >= 0 || document.activeElement === field)) {
    event.preventDefault();
    const next = at + step;
    if (next < 0) field.focus();
    else links[Math.min(next, links.length - 1)]?.focus();
  } else if (at >= 0 && event.key === "/") {
    event.preventDefault();
    field.select();
  } else if (at >= 0 && (event.key === "Backspace" || (event.key.length === 1 && event.key !== " "))) {
    field.focus();    // and the key does there what it does
  }
}

async function enter() {
  if (field.value !== shown) await search();
  list.querySelector("a")?.click();
}

// --- searching ----------------------------------------------------------------------------------

// Chinese and Japanese characters are words of their own in the index.
const IDEOGRAM = "\\u3005-\\u3007\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u{20000}-\\u{3ffff}";
const AROUND = new RegExp(`(?<=[${IDEOGRAM}])(?=[\\p{L}\\p{N}])|(?<=\\S)(?=[${IDEOGRAM}])`, "gu");
const BETWEEN = new RegExp(`(?<=[${IDEOGRAM}\\u3000-\\u303f\\uff00-\\uffef](?:</mark>)?) (?=(?:<mark>)?[${IDEOGRAM}])`, "gu");
const spaced = (text) => text.replace(AROUND, " ");
const closed = (text) => text.replace(BETWEEN, "").replaceAll("</mark><mark>", "");

function load() {
  pagefind ??= import(new URL("pagefind/pagefind.js", base)).then(async (module) => {
    await module.options({ excerptLength: 24, ranking: { metaWeights: { title: 5, words: 6, detail: 2 } } });
    await module.filters();    // so that each search counts the kinds
    return module;
  });
  return pagefind;
}

async function search() {
  const mine = ++typing, query = field.value.trim();
  all.href = query ? `${everything}?q=${encodeURIComponent(query)}` : everything;
  try { sessionStorage["site:search"] = JSON.stringify([kind, field.value]); } catch { /* it isn't remembered */ }
  list.ariaBusy = "true";
  const slow = setTimeout(() => { if (mine === typing) status.textContent = "Searching …"; }, PATIENCE);
  try {
    if (!query) return finish(NOTHING, {}, "");
    const index = await load();
    await new Promise((done) => { setTimeout(done, PAUSE); });
    if (mine !== typing) return;
    const find = async (words) => {
      const answer = await index.search(asked(words), kind ? { filters: { kind } } : {});
      return { ...answer, first: await Promise.all(answer.results.slice(0, FEW).map((result) => result.data())) };
    };
    let answer = await find(query), words = query;
    const isWhole = mine === typing && (answer.first.length || !kind);
    const { strange, isNoise } = isWhole ? unheard(query, answer.first) : { strange: [] };
    if (strange.length) words = await mend(query, strange);
    // Pagefind takes a part of the index that it can't load for an empty one.
    if (!answer.first.length && strange.length === 1 && (await vocabulary).includes(fold(query))) throw new Error("no index");
    if (words !== query) answer = await find(words);
    else if (isNoise) answer = NOTHING;
    const counts = asked(words).startsWith('"') ? await countPhrase(index, words) : answer.totalFilters.kind;
    if (mine === typing) finish(answer, counts ?? {}, words, strange);
  } catch {
    if (mine === typing) fail();
  } finally {
    clearTimeout(slow);
  }
}

const NOTHING = { results: [], first: [], totalFilters: {} };

// Of a phrase, pagefind counts what has its words in any order.
async function countPhrase(index, words) {
  const answers = Object.keys(MANY).map((kind) => index.search(asked(words), { filters: { kind } }));
  return Object.fromEntries((await Promise.all(answers)).map(({ results }, at) => [Object.keys(MANY)[at], results.length]));
}

// In the index `all_reduce` is a compound as `all-reduce` is, and each session has its week as one.
const asked = (words) => spaced(words.replace(/[“”„«»]/g, '"').replace(/(?<=[\p{L}\p{N}])_(?=[\p{L}\p{N}])/gu, "-").replace(/\b(week) (?=\d)/gi, "$1-"));

function fail() {
  pagefind = undefined;
  list.replaceChildren();
  list.ariaBusy = null;
  kinds.hidden = more.hidden = true;
  status.textContent = "The search index can’t be loaded here. The list of everything can be searched by title:";
}

// `words` is what was looked for in the end; `strange` are those typed words that no result has.
function finish({ results, first }, counts, words, strange = []) {
  found = results;
  shown = field.value;
  sought = words;
  const title = fold(words);
  const isExact = ({ meta }) => [meta.title, ...(meta.words ?? "").split(" ")].some((name) => fold(name) === title);
  // A session is a better answer than its review, unless it is the review or its day that is asked for.
  const isReview = ({ raw_url: url }) => url.includes("#site-review-") && !/\d|review|due|deadline/i.test(words);
  const rank = (result) => (isExact(result) ? 0 : isReview(result) ? 2 : 1);
  list.replaceChildren(...[...first].sort((one, two) => rank(one) - rank(two)).map(item));
  more.hidden = found.length <= first.length;
  showKinds(counts);
  const several = found.length === 1 ? "1 result" : `${found.length} results`;
  const mended = words === shown.trim() ? "" : ` for “${words}”`;
  const without = strange.length ? `. Nothing has ${strange.map((word) => `“${word}”`).join(" or ")}.` : "";
  const none = `Nothing found for “${words}”. Try fewer or other words, or look through the list:`;
  status.textContent = words ? (found.length ? several + mended + without : none) : "";
  list.ariaBusy = null;
}

function showKinds(counts) {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const named = Object.entries(MANY).filter(([name]) => counts[name] || name === kind);
  kinds.hidden = !total || (named.length < 2 && !kind);
  const focused = kinds.contains(document.activeElement) ? document.activeElement.dataset.kind : null;
  kinds.replaceChildren(...[["", "All", total], ...named.map(([name, many]) => [name, many, counts[name] ?? 0])].map(
    ([name, many, count]) => make("button", { type: "button", "data-kind": name, "aria-pressed": name === kind },
      many, " ", make("span", { class: "number" }, count))));
  if (focused !== null) kinds.querySelector(`[data-kind="${focused}"]`)?.focus();
}

// --- misprints ----------------------------------------------------------------------------------
//
// A word that nothing has pagefind finds by its first letters alone: `pipline` by `pip`. Then the nearest word is a
// better guess, of those in the titles, names and venues of the list of everything, which is loaded only for this.

const LETTERS = 4;    // shorter words are abbreviations, and near to too many others

// The typed words that begin like no word that was found, though ends may differ (`grading`, `graded`); and whether what
// was found has but a few first letters of any of the query's words.
function unheard(query, results) {
  if (asked(query).includes('"')) return { strange: [] };
  const heard = new Set(results.flatMap((result) => {
    const { title, when = "", detail = "", words = "" } = result.meta;
    return [...marksIn(result).flat(), ...wordsOf([title, when, detail, words].join(" "))];
  }));
  const isHeard = (word) => [...heard].some((other) => other.includes(word)
    || (alike(word, other) >= LETTERS && Math.max(word.length, other.length) - alike(word, other) <= 4));
  const isFar = (word) => [...heard].every((other) => alike(word, other) < Math.max(LETTERS, word.length / 2));
  const parts = (word) => wordsOf(word.replace(/(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, " "));    // KVCache
  const words = query.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const strange = words.filter((word) =>
    word.length >= LETTERS && !/\d/.test(word) && !isHeard(fold(word)) && !parts(word).every(isHeard));
  return { strange, isNoise: strange.length > 0 && strange.length === words.length && strange.map(fold).every(isFar) };
}

// How many letters two words begin with alike.
function alike(word, other) {
  const at = [...word].findIndex((letter, place) => letter !== other[place]);
  return at < 0 ? word.length : at;
}

async function mend(query, strange) {
  vocabulary ??= fetch(everything).then((answer) => answer.text()).then((text) => {
    const page = new DOMParser().parseFromString(text, "text/html");
    return [...new Set(wordsOf([...page.querySelectorAll("main li")].map((item) => item.textContent).join(" ")))];
  }).catch(() => []);
  const known = await vocabulary;
  return strange.reduce((words, word) => words.replaceAll(word, nearest(fold(word), known) ?? word), query);
}

function nearest(word, known) {
  const steps = word.length < 8 ? 1 : 2;
  const near = known.filter((other) => other.length >= LETTERS && Math.abs(other.length - word.length) <= steps)
    .map((other) => [distance(word, other), other]).filter(([far]) => far <= steps);
  return near.sort(([one], [two]) => one - two)[0]?.[1];
}

// How many letters are left out, put in, changed or swapped with their neighbour (Damerau and Levenshtein).
function distance(one, two) {
  let before = [], row = Array.from({ length: two.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= two.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (one[i - 1] !== two[j - 1]));
      if (one[i - 1] === two[j - 2] && one[i - 2] === two[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    [before, row] = [row, next];
  }
  return row[two.length];
}

// --- results ------------------------------------------------------------------------------------

async function showMore() {
  const mine = typing, from = list.children.length;
  const loaded = await Promise.all(found.slice(from, from + FEW).map((result) => result.data()));
  if (mine !== typing) return;
  list.append(...loaded.map((result, number) => item(result, from + number)));
  more.hidden = list.children.length >= found.length;
  list.children[from]?.querySelector("a").focus();
}

function item(result, number) {
  const { title, when = "", detail = "", ours } = result.meta;
  const words = matched(result), excerpt = { class: "excerpt", dir: "auto", ...own };
  const about = make("p", { class: "about", id: `site-search-about-${number}` },
    make("span", { class: "kind" }, result.filters.kind[0]),
    ...[[when, when], [detail, ours]].filter(([part]) => part)
      .flatMap(([part, ours]) => [" · ", make("bdi", {}, ...told(part.replace(/ (?=['’]\d)/, "\u00a0"), words, ours))]));    // a year stays with its venue
  const address = new URL(`.${result.raw_url}`, base);
  const link = make("a", { href: address, "aria-describedby": about.id }, ...told(title, words, ours));
  const entry = make("li", {}, make("p", { class: "title", dir: "auto" }, link), about);
  const places = result.sub_results.filter((place) => place.anchor).sort((one, two) => weight(two) - weight(one));
  if (!places.length) entry.append(make("p", excerpt, ...marked(cut(result.excerpt, "", result.content))));
  else entry.append(make("ul", { class: "places" }, ...places.slice(0, PLACES).map((place) => {
    const part = new URL(address);
    part.hash = place.anchor.id;
    return make("li", {}, make("a", { href: part, dir: "auto" }, ...told(place.title, words, place.anchor.id.startsWith("site-") && place.title)),
      make("p", excerpt, ...marked(cut(place.excerpt, place.title))));
  })));
  return entry;
}

// Where the course isn't in English, each word says its language: `ours` are sitegen's, the others the author's.
const own = document.body.lang ? { lang: document.documentElement.lang } : {};

function told(text, words, ours) {
  const show = (part) => marked(emphasize(part, words));
  if (!own.lang) return show(text);
  const parts = ours ? text.split(new RegExp(`(?<!\\p{L})(${ours.replace(/[.*+?^${}()[\]\\]/g, "\\$&")})(?!\\p{L})`, "u")) : [text];
  return parts.map((part, number) => part && (number % 2 ? make("span", {}, ...show(part)) : make("bdi", own, ...show(part))));
}

const weight = (place) => place.weighted_locations.reduce((sum, { balanced_score }) => sum + balanced_score, 0);
const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const wordsOf = (text) => fold(text).match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
const escape = (text) => text.replaceAll("<", "&lt;").replaceAll(">", "&gt;");

// What pagefind marked: lists of words, of which a compound has several.
function marksIn({ excerpt, sub_results: places }) {
  const marks = [excerpt, ...places.map((place) => place.excerpt)].join(" ").matchAll(/<mark>(.*?)<\/mark>/g);
  return [...marks].map(([, text]) => wordsOf(text));
}

// The words that were looked for, and what was found for them: `pipelining` finds `pipeline`. Of a compound only the part
// that was meant: FlashAttention-2 is found by `attention`, and its `2` doesn't stand for it elsewhere.
function matched(result) {
  const typed = wordsOf(spaced(sought));
  const isMeant = (word) => typed.some((other) => word.includes(other) || (/\D{2}/.test(word) && other.includes(word)) || alike(word, other) >= LETTERS);
  const inText = marksIn(result).flatMap((words) => (words.length > 1 ? words.filter(isMeant) : words));
  return { typed, inText: new Set(inText) };
}

// A title as pagefind gives an excerpt: text with marks, its angle brackets escaped.
function emphasize(text, { typed, inText }) {
  return text.split(/([\p{L}\p{M}\p{N}]+)/u).map((part, number) => {
    const word = fold(part);
    const isMatch = number % 2 && (inText.has(word) || typed.some((start) => word.startsWith(start)));
    return isMatch ? `<mark>${escape(part)}</mark>` : escape(part);
  }).join("");
}

// An excerpt without the heading that its link repeats, and with a sign where it was cut out of `text`.
function cut(excerpt, heading, text = "") {
  const bare = (text) => text.replace(/<\/?mark>/g, "");
  const words = excerpt.split(" ");
  const repeated = heading.split(/\s+/).length;
  if (heading && fold(bare(words.slice(0, repeated).join(" "))).startsWith(fold(escape(heading)))) words.splice(0, repeated);
  const rest = words.join(" "), shown = bare(rest);
  const isStart = text ? escape(text).startsWith(shown) : !/^\p{Ll}/u.test(shown);
  return `${isStart ? "" : "… "}${rest}${/[.!?。]$/u.test(shown) ? "" : " …"}`;
}

// Never as HTML: what a course's author wrote stays text.
function marked(text) {
  const plain = (part) => part.replace(/<\/?mark>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">");
  return closed(text).split(/(<mark>.*?<\/mark>)/).filter(Boolean).flatMap((part) => {
    if (!part.startsWith("<mark>")) return plain(part);
    const [, before, word, after] = plain(part).match(/^([^\p{L}\p{M}\p{N}]*)(.*?)([^\p{L}\p{M}\p{N}]*)$/su);
    return word ? [before, make("mark", {}, word), after] : before;
  });
}
