// What the preview adds to every page: it follows the course by livereload's script, keeps the reader's place over a
// reload, and shows the last build's findings over the last good page. Nothing of it is ever published.

const STATE = "/sitegen-preview.json";
const style = "preview.css";    // the server puts the file's text here
const store = {
  get: (key) => { try { return JSON.parse(sessionStorage["sitegen:" + key]); } catch { return null; } },
  set: (key, value) => { try { sessionStorage["sitegen:" + key] = JSON.stringify(value); } catch { /* no matter */ } },
  drop: (key) => { try { delete sessionStorage["sitegen:" + key]; } catch { /* no matter */ } },
};

// --- following the course: a plugin of livereload's script, which finds it by its name
const SETTLED = 1200;    // ms after the last change; a reload then lets the page's scripts see what is new
let isStale = false, updates = 0, settling;
const reload = () => { keepPlace(); location.reload(); };
async function update() {
  const number = ++updates;
  let done = "";
  try {
    const answer = await fetch(location.pathname + location.search, { cache: "no-store" });
    const text = await answer.text();
    if (number !== updates) return;    // a later one is on its way
    if (answer.ok) done = swapIn(text);
  } catch { return; /* the server has gone; when it is back, this tab tells it what it shows */ }
  if (!done) reload();
  else if (done === "early" || settling) {
    clearTimeout(settling);
    settling = setTimeout(() => { if (document.hidden) isStale = true; else reload(); }, SETTLED);
  }
}
window.LiveReloadPluginSitegen = class {
  static identifier = "sitegen";
  static version = "1";
  // What this tab shows, told to the server with each connection.
  analyze() { return { page: me.dataset.page }; }
  // True: it is done, livereload needn't do anything. Style sheets are livereload's to swap.
  reload(path) {
    if (path === STATE) showState();
    else if (/\.css$/i.test(path)) return false;
    else if (document.hidden) isStale = true;    // many tabs in the background reload when they are looked at
    else update();
    return true;
  }
};
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  if (isStale) reload();
  else window.LiveReload?.connector?.connect();    // a tab that slept doesn't wait for the next try
});
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
let gone;
document.addEventListener("LiveReloadConnect", () => { clearTimeout(gone); lost(false); });
document.addEventListener("LiveReloadDisconnect", () => { clearTimeout(gone); gone = setTimeout(lost, 1500, true); });
addEventListener("pagehide", () => clearTimeout(gone));

// --- the reader's place: scroll position, open details, the focus and what is typed
const FIELDS = "input:not([type=hidden], [type=password], [type=file]), textarea, select";
// An element's way from the nearest id: the page may have changed above it.
const wayTo = (element) => {
  const steps = [];
  for (let at = element; at && at !== document.documentElement; at = at.parentElement) {
    if (at.id) return { id: at.id, steps };
    steps.unshift([...at.parentElement.children].filter((other) => other.localName === at.localName).indexOf(at),
      at.localName);
  }
  return { steps };
};
const follow = ({ id, steps }) => {
  let at = id ? document.getElementById(id) : document.documentElement;
  for (let i = 0; at && i < steps.length; i += 2) {
    at = [...at.children].filter((other) => other.localName === steps[i + 1])[steps[i]];
  }
  return at;
};
const valueOf = (field) => (/^(checkbox|radio)$/.test(field.type) ? field.checked : field.value);
const isTouched = (field) => (/^(checkbox|radio)$/.test(field.type) ? field.checked !== field.defaultChecked
  : field.localName === "select" ? ![...field.options].every((o) => o.selected === o.defaultSelected)
    : field.value !== field.defaultValue);
function keepPlace() {
  const lines = [...document.querySelectorAll("main [id], main > *, main > * > *")];
  const near = lines.filter((one) => one.getClientRects().length && one.getBoundingClientRect().top < innerHeight / 3)
    .reduce((best, one) => (!best || one.getBoundingClientRect().top >= best.getBoundingClientRect().top ? one : best), null);
  const focus = document.activeElement;
  store.set("place", {
    path: location.pathname,
    x: scrollX,
    y: scrollY,
    near: near && scrollY > 0 ? { ...wayTo(near), top: near.getBoundingClientRect().top } : null,
    details: [...document.querySelectorAll("details")].map((one) => ({
      ...wayTo(one), title: one.querySelector("summary")?.textContent, open: one.open,
    })),
    fields: [...document.querySelectorAll(FIELDS)].filter(isTouched).map((one) => ({ ...wayTo(one), value: valueOf(one) })),
    focus: focus && focus !== document.body && focus !== host ? {
      ...wayTo(focus), selection: /^(text|search|url|tel)$/.test(focus.type) || focus.localName === "textarea"
        ? [focus.selectionStart, focus.selectionEnd] : null,
    } : null,
  });
}
function findPlace() {
  const place = store.get("place");
  store.drop("place");
  if (place?.path !== location.pathname) return;
  const details = [...document.querySelectorAll("details")];
  for (const kept of place.details) {
    const same = details.filter((one) => one.querySelector("summary")?.textContent === kept.title);
    const one = same.length === 1 ? same[0] : follow(kept);
    if (one?.localName === "details" && one.open !== kept.open) one.open = kept.open;
  }
  for (const { value, ...way } of place.fields) {
    const field = follow(way);
    if (!field?.matches(FIELDS)) continue;
    if (typeof value === "boolean") field.checked = value;
    else field.value = value;
    for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  }
  const focus = place.focus && follow(place.focus);
  focus?.focus?.({ preventScroll: true });
  if (place.focus?.selection && focus?.setSelectionRange) focus.setSelectionRange(...place.focus.selection);
  const scroll = () => {
    const near = place.near && follow(place.near);
    const y = near?.getClientRects().length ? scrollY + near.getBoundingClientRect().top - place.near.top : place.y;
    scrollTo({ left: place.x, top: y, behavior: "instant" });
  };
  // Once now, before it is seen, and once more when images have their room, unless the reader was quicker.
  let isMoved = false;
  for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) {
    addEventListener(kind, () => { isMoved = true; }, { once: true, passive: true });
  }
  history.scrollRestoration = "manual";
  scroll();
  const settle = () => {
    if (!isMoved) scroll();
    history.scrollRestoration = "auto";
  };
  if (document.readyState === "complete") settle();
  else addEventListener("load", settle, { once: true });
}

// --- what is shown: all of it in a shadow root, so that the page's styles don't touch it, nor it the page
const host = document.createElement("sitegen-preview");
const shadow = host.attachShadow({ mode: "open" });
const sheet = new CSSStyleSheet();
sheet.replaceSync(style);
shadow.adoptedStyleSheets = [sheet];
const make = (name, attributes = {}, ...content) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== "") element.setAttribute(key, value);
  element.append(...content);
  return element;
};
const dialog = make("dialog", { "aria-labelledby": "title", lang: "en" });
const badge = make("button", { type: "button", class: "badge", "aria-haspopup": "dialog", lang: "en" });
const ended = make("p", { class: "ended", role: "status", lang: "en" });
badge.hidden = true;
badge.addEventListener("click", () => { store.drop("hidden"); open(); });
shadow.append(dialog, badge, ended);
let state = null;

const linked = (words, href, attributes = {}) => (href ? make("a", { href, ...attributes }, words) : make("span", attributes, words));
const finding = (one) => {
  const item = make("li", { class: one.severity },
    make("p", { class: "place" }, make("span", { class: "severity" }, one.severity), " ", linked(one.place, one.href), " ",
      make("code", { class: "slug" }, one.slug)),
    make("p", { class: "message" }, one.message));
  if (one.source.length) {
    const [before, marked, after] = one.source;
    item.append(make("pre", { tabindex: "0", role: "group", "aria-label": `Line ${one.line}` },
      make("span", { class: "number", "aria-hidden": "true" }, String(one.line)),
      make("code", {}, before, make("mark", {}, marked), after)));
  }
  for (const note of one.related) item.append(make("p", { class: "related" }, linked(note.words, note.href)));
  if (one.help) item.append(make("p", { class: "help" }, make("b", {}, "Help "), one.help));
  return item;
};
const fill = () => {
  const close = make("button", { type: "button", class: "close", "aria-keyshortcuts": "Escape" }, "Hide ",
    make("kbd", {}, "Esc"));
  close.addEventListener("click", () => dialog.close());
  const kept = state.failed && state.since ? `Behind this is the page as it was at ${state.since}.` : "";
  dialog.replaceChildren(
    make("div", { class: "head" },
      make("h2", { id: "title", tabindex: "-1" }, state.fault ? "A fault" : state.title),
      make("p", { class: "kept" }, kept), close),
    make("div", { class: "list" },
      ...(state.fault ? [make("p", { class: "message" }, state.fault)] : []),
      ...(state.details ? [make("pre", { tabindex: "0", role: "group", "aria-label": "Details" }, make("code", {}, state.details))] : []),
      ...(state.findings.length ? [make("ol", { role: "list" }, ...state.findings.map(finding))] : []),
      ...(state.left ? [make("p", { class: "left" }, state.left)] : [])));
  dialog.className = state.failed ? "failed" : "";
  badge.className = `badge ${state.failed ? "failed" : ""}`;
  badge.textContent = state.fault ? "A fault" : state.title;
};
let isOurs = false;    // closed by us, not by the reader
const open = () => {
  badge.hidden = true;
  if (!dialog.open) dialog.showModal();
  shadow.getElementById("title").focus({ preventScroll: true });
};
const shut = () => {
  isOurs = dialog.open;
  dialog.close();
};
dialog.addEventListener("close", () => {
  if (!isOurs && state?.failed) store.set("hidden", state.id);    // until something else is wrong
  isOurs = false;
  badge.hidden = !state || !(state.findings.length || state.fault);
});
dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
// A page's own keys (/ opens search, arrows turn slides) are not meant while findings are read.
for (const kind of ["keydown", "keyup", "keypress"]) dialog.addEventListener(kind, (event) => event.stopPropagation());

let asked = 0;
async function showState() {
  const number = ++asked;
  let next;
  try { next = await (await fetch(STATE, { cache: "no-store" })).json(); } catch { return; }
  if (number !== asked) return;    // a later one is on its way
  const isSame = state?.id === next.id;
  const isWider = dialog.open && !state?.failed;    // the reader has opened the list of warnings
  state = next;
  if (isSame) return;
  if (!host.isConnected) document.documentElement.append(host);
  if (!next.findings.length && !next.fault) {
    store.drop("hidden");
    shut();
    badge.hidden = true;
    return;
  }
  const scrolled = dialog.querySelector(".list")?.scrollTop;
  fill();
  if (next.failed && store.get("hidden") !== next.id) open();
  else if (!next.failed && !isWider) shut();
  if (scrolled) dialog.querySelector(".list").scrollTop = scrolled;
  badge.hidden = dialog.open;
}
function lost(isLost) {
  if (isLost && !host.isConnected) document.documentElement.append(host);
  ended.textContent = isLost ? "The preview has ended" : "";
}

const begin = () => {
  if (me.dataset.note) {
    const banner = document.createElement("sitegen-note");
    const root = banner.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    root.append(make("p", { class: "note", role: "note", lang: "en" }, me.dataset.note));
    document.body.prepend(banner);
  }
  findPlace();
};
// After the page's own deferred scripts, which may open and fold things themselves.
if (document.readyState === "complete") begin();
else document.addEventListener("DOMContentLoaded", begin, { once: true });
