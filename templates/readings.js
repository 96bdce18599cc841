// The reading list grouped and filtered, which papers are read, and BibTeX copied. Without scripts the list stands in
// the course's own order, and each paper's page shows its BibTeX.
(() => {
  const say = (words) => document.dispatchEvent(new CustomEvent("site:say", { detail: words }));
  const make = (name, attributes, ...children) => {
    const element = Object.assign(document.createElement(name), attributes);
    element.append(...children);
    element.normalize();    // some screen readers read each of several texts as a line of its own
    return element;
  };

  // An author's words in a line of ours, where the two languages differ (WCAG 2.2, 3.1.2).
  const own = (words) => words && document.body.lang ? make("bdi", { lang: document.documentElement.lang }, words) : words;

  // --- what the reader has read: keys in this browser's storage, under the course's own address
  const store = "site:read " + new URL("..", document.currentScript.src).pathname;
  const recall = () => {
    try { return new Set([].concat(JSON.parse(localStorage[store] || "[]"))); } catch { return new Set(); }
  };
  let read = recall();
  const show = () => document.querySelectorAll("[data-paper]").forEach((paper) => {
    const done = read.has(paper.dataset.paper);
    paper.classList.toggle("read", done);
    paper.querySelector(".mark input").checked = done;
  });
  const mark = (key, done) => {
    read = recall();     // another tab may have marked some
    done ? read.add(key) : read.delete(key);
    try { localStorage[store] = JSON.stringify([...read]); } catch { /* storage is off: until the page is left */ }
    show();
  };
  const offer = (paper, name) => {
    const label = make("label", { className: "mark" }, make("input", { type: "checkbox" }),
      "Read", make("span", { className: "unseen" }, " ", name));
    label.dataset.scripted = "";
    return label;
  };
  addEventListener("storage", (event) => {
    if (event.key && event.key !== store) return;
    read = recall();
    show();
  });
  document.addEventListener("change", (event) => {
    const paper = event.target.closest(".mark") && event.target.closest("[data-paper]");
    if (paper) mark(paper.dataset.paper, event.target.checked);
  });

  // --- copying
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // From disk some browsers have no clipboard to write to, but they copy as by hand.
      const put = (event) => {
        event.clipboardData.setData("text/plain", text);
        event.preventDefault();
      };
      document.addEventListener("copy", put);
      try { return document.execCommand("copy"); } finally { document.removeEventListener("copy", put); }
    }
  };
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-bibtex]");
    if (!button || button.dataset.done) return;
    const done = await copy(button.dataset.bibtex || document.querySelector("pre.bibtex").textContent);
    const words = button.firstChild, label = words.data;
    button.dataset.done = words.data = done ? "Copied" : "Not copied";
    say(done ? "BibTeX copied" : "BibTeX could not be copied. It stands on the paper’s page.");
    setTimeout(() => { words.data = label; delete button.dataset.done; }, 2000);
  });

  const form = document.querySelector("form.filters");
  if (!form) {
    const article = document.querySelector("article[data-paper]");
    if (!article) return;     // no papers yet
    article.querySelector(".links").append(make("li", {}, offer(article, "this paper")));
    show();
    return;
  }

  // --- the list: what each paper is grouped and found by
  const list = document.getElementById("site-papers"), count = form.querySelector("output");
  const parts = [...list.children].map((section) => [section, [...section.querySelectorAll("li[id]")]]);
  const plain = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i", "'": " ", "‘": " ", "’": " " };
  const fold = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "")
    .replace(/[ßæœøłđðþı'‘’]/g, (letter) => plain[letter]);
  const further = parts.at(-1)?.[0].querySelector(".part")?.textContent;
  const entries = parts.flatMap(([, papers]) => papers).map((paper) => {
    const { is, year, venue, topics } = paper.dataset;
    const name = paper.querySelector(".name"), said = paper.querySelectorAll(".name, .venue, .links > :not([data-scripted])");
    const all = new URLSearchParams(paper.querySelector(".Z3988").title).getAll("rft.au");     // also behind "et al."
    const text = fold([...all, paper.querySelector(".by")?.textContent, topics, ...[...said].map((part) => part.textContent)].join(" "));
    paper.dataset.paper = paper.id;
    paper.append(offer(paper, own((name.querySelector("b") || name).textContent)));
    return {
      paper, text, is: is.split(" "),
      part: [], year: [year || "No year"], venue: [venue || "Elsewhere"],
      topic: topics ? topics.split(";") : ["No topic"],
      date: [...paper.querySelectorAll(".when a")].map((held) => [held.querySelector("time"), held.title]),
    };
  });
  // --- grouping
  const by = {
    topic: (a, b) => (a === "No topic") - (b === "No topic") || a.localeCompare(b),
    venue: (a, b) => (a === "Elsewhere") - (b === "Elsewhere") || a.localeCompare(b),
    year: (a, b) => (a === "No year") - (b === "No year") || b.localeCompare(a, undefined, { numeric: true }),
  };
  const byDate = () => {
    const days = new Map(), rest = [];
    for (const entry of entries) {
      if (!entry.date.length) rest.push(entry);
      for (const [time, topic] of entry.date) {
        const day = time.dateTime + topic;
        days.set(day, days.get(day) || [topic ? [time.textContent, " · ", own(topic)] : [time.textContent], []]);
        days.get(day)[1].push(entry);
      }
    }
    const sorted = [...days.keys()].sort().map((day) => days.get(day));
    return rest.length ? [...sorted, [[further || "Not scheduled"], rest]] : sorted;
  };
  const byName = (kind) => {
    const groups = new Map();
    for (const entry of entries) {
      for (const name of entry[kind]) groups.set(name, [...(groups.get(name) || []), entry]);
    }
    const isOurs = (name) => ["No topic", "Elsewhere", "No year"].includes(name);
    return [...groups].sort(([a], [b]) => by[kind](a, b)).map(([name, papers]) => [[isOurs(name) ? name : own(name)], papers]);
  };
  let grouped = "part";
  const group = (kind) => {
    if (kind === grouped) return;
    grouped = kind;
    if (kind === "part") {
      list.replaceChildren(...parts.map(([section, papers]) => {
        section.querySelector("ol").replaceChildren(...papers);
        return section;
      }));
      return;
    }
    const placed = new Set();
    const place = ({ paper }) => {
      if (!placed.has(paper)) return placed.add(paper), paper;
      const twin = paper.cloneNode(true);     // a paper of several topics stands below each; one has the id
      twin.removeAttribute("id");
      twin.querySelector(".Z3988").remove();     // or Zotero would offer it twice
      return twin;
    };
    list.replaceChildren(...(kind === "date" ? byDate() : byName(kind)).map(([title, papers], number) => {
      const id = `site-group-${number}`;
      const section = make("section", {}, make("h2", { className: "part", id }, ...title),
        make("ol", { className: "bibliography" }, ...papers.map(place)));
      section.setAttribute("aria-labelledby", id);
      return section;
    }));
    show();
  };

  // --- filtering
  let spoken;
  const filter = () => {
    const words = fold(form.q.value).split(/\s+/);
    const only = new Set([...form.show].filter((box) => box.checked).map((box) => box.value));
    const either = ["required", "optional"].filter((state) => only.has(state));
    const fitting = new Set(entries.filter(({ paper, text, is }) => words.every((word) => text.includes(word))
      && (!either.length || either.some((state) => is.includes(state)))
      && (!only.has("open") || is.includes("open"))
      && (!only.has("unread") || !read.has(paper.id))).map(({ paper }) => paper.id));
    for (const section of list.children) {
      const papers = [...section.querySelectorAll("[data-paper]")];
      for (const paper of papers) paper.hidden = !fitting.has(paper.dataset.paper);
      section.hidden = papers.every((paper) => paper.hidden);
    }
    const all = fitting.size === entries.length;
    // Said once the reader has stopped typing.
    clearTimeout(spoken);
    spoken = setTimeout(() => {
      count.textContent = all ? "" : fitting.size ? `${fitting.size} of ${entries.length}` : "No paper fits";
    }, 250);
  };

  // --- the view stands in the address, so that it can be sent to others
  const remember = () => {
    const view = new URLSearchParams();
    if (form.q.value.trim()) view.set("q", form.q.value.trim());
    if (form.by.value !== "part") view.set("by", form.by.value);
    for (const box of form.show) if (box.checked) view.append("show", box.value);
    const query = view.size ? `?${view}` : location.pathname;
    try { history.replaceState(null, "", query + location.hash); } catch { /* from disk, in some browsers */ }
  };
  const update = () => {
    group(form.by.value);
    filter();
  };
  const view = new URLSearchParams(location.search);
  form.q.value = view.get("q") || "";
  if (by[view.get("by")] || view.get("by") === "date") form.by.value = view.get("by");
  for (const box of form.show) box.checked = view.getAll("show").includes(box.value);
  form.addEventListener("input", () => {
    list.classList.toggle("long", entries.length > 200);     // not before: links to a paper need all of them laid out
    update();
    remember();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("pageshow", update);     // also when the browser has put back what was typed
  show();
  update();
  if (location.search && location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
})();
