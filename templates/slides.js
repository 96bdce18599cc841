// What moves a deck: one slide at a time, by keyboard, touch and pointer; an overview; the speaker's second window.
// Without this file the slides stand below one another. The two windows talk by postMessage, which also works
// between files opened from disk.
(() => {
  const root = document.documentElement;
  const one = (selector) => document.querySelector(selector);
  const slides = [...document.querySelectorAll(".slide")];
  const desk = one(".desk"), help = one("dialog.keys"), letters = one(".letters");
  const here = location.href.split(/[?#]/)[0];
  const narrow = matchMedia("(max-width: 640px)");    // a phone held upright, or a page that is zoomed: to be read
  let current = 0, step = 0, mode = "read", partner = null, typed = "", started = Date.now();

  const store = (area, key, value) => {
    try { return value === undefined ? area()[key] : (area()[key] = value); } catch { /* storage is off */ }
  };
  const kept = () => localStorage, ofWindow = () => sessionStorage;
  const say = (words) => document.dispatchEvent(new CustomEvent("site:say", { detail: words }));
  const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

  // --- where we are ---

  // Where the slides aren't in English, as this file is, the link to a slide says in which language each word is.
  const told = (part) => {
    const said = document.createElement("span"), texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    for (let node; node = texts.nextNode();) {
      const lang = node.parentElement.closest("[lang]").getAttribute("lang");
      said.append(Object.assign(document.createElement("span"), { lang, textContent: node.data }));
    }
    return said;
  };
  const label = (slide) => (document.body.lang ? told(number(slide)) : slide.getAttribute("aria-label"));
  const frame = (slide) => slide.querySelector(".frame");
  const number = (slide) => slide.querySelector(".number");
  const parts = (slide) => [...slide.querySelectorAll(".fragment, details")];    // what comes one by one
  const isShown = (part) => part.open ?? part.classList.contains("shown");

  function place(hash) {
    let id = hash.slice(1);
    try { id = decodeURIComponent(id); } catch { /* as it is written */ }
    const target = id && document.getElementById(id);
    const slide = target && target.closest(".slide");
    if (slide) return slides.indexOf(slide);
    return /^\d{1,5}$/.test(id) ? Math.min(slides.length, Math.max(1, +id)) - 1 : -1;
  }

  function show(at, steps = 0, told = true) {
    const before = slides[current], moved = at !== current;
    current = Math.min(slides.length - 1, Math.max(0, at));
    const slide = slides[current], all = parts(slide);
    step = Math.min(all.length, Math.max(0, steps));
    slides.forEach((other, n) => {
      other.classList.toggle("current", n === current);
      other.classList.toggle("upcoming", n === current + 1);
      other.inert = mode === "show" && n !== current;
      frame(other).inert = mode === "overview";
      if (n === current) other.setAttribute("aria-current", "true"); else other.removeAttribute("aria-current");
    });
    all.forEach((part, n) => {
      if (part.localName === "details") part.open = n < step; else part.classList.toggle("shown", n < step);
    });
    root.style.setProperty("--progress", slides.length > 1 ? current / (slides.length - 1) : 1);
    one(".to-notes").href = slide.dataset.at;
    if (moved) {
      frame(slide).scrollTop = steps ? frame(slide).scrollHeight : 0;
      // A keyboard's place is the slide, unless it is on a button that one wants to press again.
      const held = document.activeElement;
      if (mode === "show" && (held === document.body || before.contains(held))) slide.focus({ preventScroll: true });
    }
    if (mode === "show" && frame(slide).scrollHeight > frame(slide).clientHeight + 1) frame(slide).tabIndex = 0;
    if (mode === "presenter") brief();
    if (mode !== "read") mark();
    if (told) tell();
    if (moved && mode !== "overview") say(label(slide));
  }

  // The address leads to the slide. Some browsers allow only so many changes a minute.
  function mark() {
    const hash = `#${slides[current].id}`;
    try { if (location.hash !== hash) history.replaceState(null, "", hash); } catch { /* the next one will do */ }
  }

  // Whether the slide is larger than its frame and could be scrolled on.
  function roll(by) {
    const box = frame(slides[current]), before = box.scrollTop;
    if (mode === "show") box.scrollBy({ top: by * .8 * box.clientHeight, behavior: "instant" });
    return Math.abs(box.scrollTop - before) > 1;
  }
  function next() {
    const all = parts(slides[current]), waiting = all.findIndex((part, n) => n >= step && !isShown(part));
    if (waiting >= 0) {
      show(current, waiting + 1);
      say(document.body.lang ? told(all[waiting]) : all[waiting].textContent.trim());
    } else if (!roll(1) && current < slides.length - 1) show(current + 1);
  }
  function back() {
    if (roll(-1)) return;
    if (step > 0) show(current, step - 1);
    else if (current > 0) show(current - 1, Infinity);
  }

  // --- the other window ---

  const isBlank = () => root.classList.contains("blank");
  function tell() {
    if (partner && !partner.closed) partner.postMessage({ deck: here, current, step, blank: isBlank() }, "*");
  }
  addEventListener("message", (event) => {
    const said = event.data;
    if (!said || said.deck !== here) return;    // another page's, or none of ours
    if (said.hello) { partner = event.source; tell(); return; }
    if (event.source !== partner || !Number.isInteger(said.current) || !Number.isInteger(said.step)) return;
    root.classList.toggle("blank", said.blank === true);
    if (mode === "read" || mode === "overview") look("show");
    if (said.current !== current || said.step !== step) show(said.current, said.step, false);
  });
  function speak() {
    if (mode === "presenter") return;
    const opened = open(`${here}?presenter#${slides[current].id}`, "sitegen-presenter", "width=1200,height=720");
    if (opened) { partner = opened; opened.focus(); } else look("presenter");    // one window must do
  }

  // --- the speaker's view ---

  function brief() {
    const notes = [...slides[current].querySelectorAll(".speaker")];
    const script = desk.querySelector(".script");
    script.replaceChildren(...notes.flatMap((note) => [...note.cloneNode(true).childNodes]));
    script.querySelectorAll("[id]").forEach((copy) => copy.removeAttribute("id"));
    if (!notes.length) script.append(Object.assign(document.createElement("span"), { lang: "en", textContent: "Nothing is noted for this slide." }));
    script.scrollTop = 0;
    const left = parts(slides[current]).length - step, words = [`${current + 1} of ${slides.length}`];
    if (left) words.push(count(left, "step") + " left");
    if (isBlank()) words.push("blank");
    desk.querySelector(".where").textContent = words.join(", ");
    tick();
  }
  function tick() {
    const spent = Math.max(0, Math.floor((Date.now() - started) / 1000)), two = (n) => String(n).padStart(2, "0");
    const hours = Math.floor(spent / 3600), time = { hour: "numeric", minute: "2-digit" };
    desk.querySelector(".clock").textContent = new Date().toLocaleTimeString(root.lang, time);
    const spans = [two(Math.floor(spent / 60) % 60), two(spent % 60)];
    desk.querySelector(".spent").textContent = (hours ? [hours, ...spans] : spans).join(":");
  }
  function restart() {
    started = store(ofWindow, "slides:started", Date.now()) ?? Date.now();
    tick();
  }

  // --- ways to look ---

  let clock = 0;
  function look(at) {
    const before = mode;
    mode = at;
    if (at === "read") delete root.dataset.mode; else root.dataset.mode = at;
    root.classList.remove("blank");
    desk.hidden = at !== "presenter";
    clearInterval(clock);
    if (at === "presenter") clock = setInterval(() => { tick(); greet(); }, 1000);
    for (const name of ["overview", "read"]) one(`[data-act=${name}]`).setAttribute("aria-pressed", at === name);
    show(current, step, false);
    if (at === "overview") number(slides[current]).focus();
    if (at === "show" && before === "overview") slides[current].focus({ preventScroll: true });
    if (at === "read") slides[current].scrollIntoView();
    if (at === "overview") say(`Overview of ${count(slides.length, "slide")}`);
  }
  const turn = (name) => look(mode === name ? "show" : name);
  function full() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (root.requestFullscreen) root.requestFullscreen().catch(() => say("This browser has no full screen here"));
    navigator.wakeLock?.request("screen").catch(() => { /* the screen may sleep */ });
  }
  function blank() {
    root.classList.toggle("blank");
    say(isBlank() ? "The screen is blank" : label(slides[current]));
    tell();
    if (mode === "presenter") brief();
  }
  function escape() {
    if (isBlank()) blank();
    else if (mode === "overview" || mode === "read") look("show");
  }

  // --- keyboard ---

  const acts = { next, back, blank, overview: () => turn("overview"), read: () => turn("read"), speak, full, reset: restart,
    help: () => help.showModal() };
  const keys = {
    ArrowRight: next, ArrowDown: next, PageDown: next, " ": next, n: next,
    ArrowLeft: back, ArrowUp: back, PageUp: back, Backspace: back, p: back,
    Home: () => show(0), End: () => show(slides.length - 1),
    o: acts.overview, r: acts.read, s: speak, f: full, b: blank, ".": blank, "?": acts.help, Escape: escape,
    d: () => one("button.switch").click(),
    Enter: () => { if (typed) show(typed - 1); else next(); typed = ""; },
  };
  const whileReading = new Set(["o", "r", "s", "f", "d", "?", "Escape"]);

  // In the overview, arrows walk over the slides.
  function walk(key) {
    const top = (slide) => Math.round(slide.getBoundingClientRect().top);
    const row = slides.filter((slide) => top(slide) === top(slides[0])).length;
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row, ArrowUp: -row }[key];
    if (!by || !slides[current + by]) return !!by;
    show(current + by);
    number(slides[current]).focus();
    return true;
  }

  addEventListener("keydown", (event) => {
    const { key, target } = event, at = target.closest ? target : document.body;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || help.open) return;
    if (at.closest("input, textarea, select, [contenteditable], audio, video")) return;
    if (key.length === 1 && key !== " " && !letters.checked) return;
    if ((key === "Enter" || key === " ") && !typed && at.closest("a, button, summary")) return;
    const box = at.closest("pre, .table, .math, .script");
    if (box && key.startsWith("Arrow") && (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight)) return;
    if (mode === "overview" && walk(key)) { event.preventDefault(); return; }
    if (mode === "read" && !whileReading.has(key)) return;
    if (/^\d$/.test(key)) { typed = (typed + key).slice(-4); return; }
    const act = event.shiftKey && key === " " ? back : keys[key] || keys[key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
    typed = "";
  });
  letters.checked = store(kept, "slides:letters") !== "off";
  letters.addEventListener("change", () => store(kept, "slides:letters", letters.checked ? "on" : "off"));

  // --- pointer and touch ---

  addEventListener("click", (event) => {
    const act = event.target.closest("[data-act]"), slide = event.target.closest(".slide");
    if (act) { acts[act.dataset.act](); return; }
    if (mode === "overview" && slide) {
      event.preventDefault();
      current = slides.indexOf(slide);
      step = 0;
      look("show");
      tell();
      return;
    }
    if (mode !== "show" || event.button || !event.target.closest(".slides")) return;
    if (event.target.closest("a, button, summary, input, label, pre, audio, video, iframe")) return;
    if (String(getSelection())) return;    // words were marked, no page turned
    if (event.clientX < innerWidth / 4) back(); else next();
  });

  let from = null;
  addEventListener("touchstart", (event) => {
    from = event.touches.length === 1 && !event.target.closest("pre, .table, .math") ? event.touches[0] : null;
  }, { passive: true });
  addEventListener("touchend", (event) => {
    if (!from || mode !== "show" || (visualViewport && visualViewport.scale > 1.05)) return;
    const x = event.changedTouches[0].clientX - from.clientX, y = event.changedTouches[0].clientY - from.clientY;
    if (Math.abs(x) > 40 && Math.abs(x) > 2 * Math.abs(y)) { if (x < 0) next(); else back(); }
    from = null;
  }, { passive: true });

  // The tools and the pointer are seen while something moves.
  let resting = 0;
  function wake() {
    root.classList.add("awake");
    root.classList.remove("still");
    clearTimeout(resting);
    resting = setTimeout(() => {
      root.classList.remove("awake");
      root.classList.toggle("still", mode === "show");
    }, 2500);
  }
  for (const kind of ["pointermove", "pointerdown", "focusin"]) addEventListener(kind, wake, { passive: true });

  // --- what the browser tells ---

  addEventListener("hashchange", () => { const at = place(location.hash); if (at >= 0 && at !== current) show(at); });
  narrow.addEventListener("change", () => { if (mode === (narrow.matches ? "show" : "read")) look(narrow.matches ? "read" : "show"); });
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll(".slide details:not([open])")];
    closed.forEach((answer) => { answer.open = true; });
    const before = root.dataset.mode;
    root.dataset.mode = "paper";    // all slides, each in its frame
    for (const box of slides.map(frame)) {
      box.style.removeProperty("--fit");
      if (box.scrollHeight > box.clientHeight + 1) box.style.setProperty("--fit", .98 * box.clientHeight / box.scrollHeight);
    }
    if (before) root.dataset.mode = before; else delete root.dataset.mode;
  });
  addEventListener("afterprint", () => closed.forEach((answer) => { answer.open = false; }));

  // --- begin ---

  slides.forEach((slide) => { slide.tabIndex = -1; });
  current = Math.max(0, place(location.hash));
  const greet = () => { if (partner && !partner.closed) partner.postMessage({ deck: here, hello: true }, "*"); };
  if (new URLSearchParams(location.search).has("presenter")) {
    partner = window.opener;
    document.title = `Speaker: ${document.title}`;
    started = +(store(ofWindow, "slides:started") || store(ofWindow, "slides:started", Date.now()) || Date.now());
    look("presenter");
    greet();
  } else if (narrow.matches) {
    if (place(location.hash) >= 0) look("read"); else mode = "read";
    if (mode === "read") one("[data-act=read]").setAttribute("aria-pressed", "true");
  } else {
    look("show");
    wake();
  }
})();
