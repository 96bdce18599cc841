// What the reader's clock and wishes add to the programme: the next class and what is due, today's row, past weeks
// folded, filters. Facts and words come from the schedule's rows and what they carry in data-; without scripts those
// rows are all there is.
(() => {
  const table = document.querySelector("table.programme");
  if (!table) return;
  const one = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const words = (node) => node?.textContent.trim() ?? "";
  const make = (tag, className, ...children) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    made.append(...children.flat(9).filter(Boolean));
    made.normalize();    // some screen readers read each of several texts as a line of its own
    return made;
  };
  // An author's words in a line of ours, where the two languages differ (WCAG 2.2, 3.1.2).
  const own = (words) => words && document.body.lang
    ? Object.assign(make("bdi", "", words), { lang: document.documentElement.lang }) : words;
  const inside = (node) => [...node.childNodes].map((child) => child.cloneNode(true));
  // Ours runs from left to right, or its full stop stands before it.
  const sentence = (...parts) => Object.assign(make("p", ...parts), { dir: "ltr" });
  const copies = (selector, row) => all(selector, row).map((node) => node.cloneNode(true));
  const count = (number, noun) => number + " " + noun + (number === 1 ? "" : "s");
  const panel = one(".now"), filters = one(".filters");
  const { zone, zoneName, start, end, term, opens = 1 } = table.dataset;

  // --- days ("2026-02-10") and times, in the course's time zone

  let timeZone = zone, now, today;
  const dayOf = (moment) => new Date(moment).toLocaleDateString("sv", { timeZone });    // Sweden writes as ISO 8601 does
  try { dayOf(0); } catch { timeZone = undefined; /* not known to this browser: the reader's own */ }
  const daysTo = (day) => (Date.parse(day) - Date.parse(today)) / 864e5;
  const weekOf = (day, later = 0) =>    // its first day, or that of a later week
    new Date(Date.parse(day) + (later * 7 - (new Date(day).getUTCDay() + 7 - opens) % 7) * 864e5).toISOString().slice(0, 10);
  // As the theme writes: ["Thu 12 Feb", "3:30 pm"].
  const say = (moment, timeZone) => {
    const form = { weekday: "short", month: "short", day: "numeric", hour: "numeric", minute: "2-digit", hour12: true, timeZone };
    const [weekday, month, date, hour, minute, half] = new Date(moment).toLocaleString("en-US", form).split(/\W+/);
    const clock = hour + ":" + minute + "\u00a0" + half.toLowerCase();
    return [weekday + "\u00a0" + date + "\u00a0" + month, { "12:00\u00a0pm": "noon", "12:00\u00a0am": "0:00" }[clock] ?? clock];
  };
  const sayDay = (day) => say(Date.parse(day), "UTC")[0];

  // --- what the rows say

  const rows = all("tbody tr:not(.part)", table).map((row) => {
    const time = one(".date time", row), iso = time.dateTime, { last, minutes = 0 } = row.dataset;
    const day = iso.slice(0, 10), date = words(time), start = Date.parse(iso);
    return {
      ...row.dataset, row, iso, date, when: last ? date : date + ", " + say(start, timeZone)[1],
      day, lastDay: last ?? day, start, end: last ? Infinity : start + minutes * 6e4,
    };
  });
  const which = (selector) => rows.filter(({ row }) => row.matches(selector));
  const classes = which(".session:not(.is-cancelled)"), cancelled = which(".is-cancelled"), breaks = which(".break");

  let who = "";    // whose presentations the reader looks for
  try { who = localStorage["site:presenter"] ?? ""; } catch { /* storage is off: nobody is remembered */ }
  const mine = (row) => all(".papers li", row).filter((line) => who && words(one(".presenter", line)?.lastChild) === who);

  // All that happens, in order of time: rows, reviews (which stand in their session's row) and the reader's talks.
  const agenda = rows.flatMap((item) => {
    const { row, start, iso, when, label } = item, review = one(".due time", row);
    const found = [{ ...item, due: row.matches(".milestone"), what: () => [label && [own(label), ": "], copies(".cancelled, .name", row).map((node) => [node, " "])] }];
    if (review) {
      const iso = review.dateTime, day = iso.slice(0, 10), start = Date.parse(iso);
      found.push({
        iso, day, lastDay: day, start, end: start, when: words(review), due: true,
        what: () => [words(one(".due .what", row)), ":", copies(".paper:not(.optional) > a", row).map((link, i) => [i ? ", " : " ", link])],
      });
    }
    const talks = classes.includes(item) ? mine(row) : [];
    return [...found, ...talks.map((line) => ({ iso, start, when, due: true, what: () => ["You present ", copies("a", line)] }))];
  }).sort((a, b) => a.start - b.start);

  // --- how long until then, and when that is where the reader is

  let countdowns = [];
  const countdown = (moment) => {
    const shown = make("span", "soon");
    countdowns.push(() => {
      // Rounded so that nobody who trusts it comes late.
      const minutes = Math.ceil((moment - now) / 6e4), hours = Math.floor(minutes / 60), days = daysTo(dayOf(moment));
      const said = hours < 2 && (minutes % 60 || days) ? "in " + count(minutes, "minute")
        : days < 1 ? "today, in " + count(hours, "hour")
        : hours < 6 ? "in " + count(hours, "hour")    // what is due at night is not due tomorrow night
        : days < 2 ? "tomorrow" : days < 14 ? "in " + days + " days" : "in " + Math.floor(days / 7) + " weeks";
      if (shown.textContent !== said) shown.textContent = said;
    });
    return shown;
  };
  const elsewhere = (moment, zoneName) => {
    const [day, clock] = say(moment, timeZone), [yourDay, yourClock] = say(moment);
    return (day !== yourDay || clock !== yourClock)
      && make("span", "yours", zoneName && zoneName + "; ", day !== yourDay && yourDay + ", ", yourClock, " your time");
  };

  // --- what is next

  const stamp = ({ when, iso }) => Object.assign(make("time", "", when), { dateTime: iso });
  const soonDay = ({ day }) => ["today, ", "tomorrow, "][daysTo(day)] ?? "on ";
  const noClass = (item, next) => {
    const topic = one(".name", item.row), reason = one(".reason", item.row);
    return sentence("notice", make("strong", "", "No ", own(item.label) ?? "class", " ", soonDay(item), stamp(item), "."),
      topic && [" ", inside(topic), " is cancelled."], reason && [" ", inside(reason), !/[.!?…]$/.test(words(reason)) && "."],
      next && [" The next class is ", soonDay(next), stamp(next), "."]);
  };
  const showNext = (next, isRunning) => {
    const said = [], pause = breaks.find(({ day, lastDay }) => day <= today && today <= lastDay);
    const hasBegun = start ? today >= start : [...classes, ...cancelled].some((item) => item.start <= now);
    if (pause && !isRunning) said.push([inside(one(".name", pause.row)), pause.day === pause.lastDay ? " today" : " until " + sayDay(pause.lastDay)]);
    if (!hasBegun && start) said.push("The term starts " + (daysTo(start) === 1 ? "tomorrow, " : "") + sayDay(start));
    if (!next) said.push(end && today <= end ? "No more classes are on the schedule; the term ends " + (end === today ? "today" : sayDay(end)) : [own(term) || "The term", " is over"]);
    const found = said.map((line) => sentence("state", line, "."));
    if (!next) return ["Next class", found];

    const { row, label, place } = next, notes = one(".name a", row);
    // What is cancelled before it is never skipped silently; within a week it stands at the top of the page.
    for (const item of cancelled) if (item.end > now && item.start < next.start && daysTo(item.day) > 7) found.push(noClass(item));
    const papers = all(".papers li", row).map((line) => {
      const { pdf: href } = line.dataset, title = one("a", line), pdf = Object.assign(make("a", "pdf", "PDF"), { href });
      // A name is in one language; in two it is made of elements.
      if (document.body.lang) pdf.append(make("span", "unseen", " of ", inside(title)));
      else pdf.ariaLabel = "PDF of " + words(title);
      return make("li", "", copies(".paper", line), href && [" ", pdf]);
    });
    const links = [notes && make("li", "", Object.assign(make("a", "", "Lecture notes"), { href: notes.href })), copies(".links li", row)].flat().filter(Boolean);
    found.push(
      make("p", "when", stamp(next), " ", isRunning ? make("span", "soon", "now, until ", say(next.end, timeZone)[1]) : countdown(next.start), place && [" ", make("span", "place", own(place))]),
      elsewhere(next.start, zoneName), make("p", "topic", copies(".name", row)), copies(".guest, .topic > .remark", row),
      papers.length && make("ul", "papers", papers), links.length && make("ul", "links", links));
    const begins = (word) => word[0].toUpperCase() + word.slice(1);
    return [isRunning ? [label ? own(begins(label)) : "Class", " now"] : [hasBegun ? "Next " : "First ", own(label) || "class"], found];
  };
  const list = (items, empty, ...extra) => (items.length ? make("ul", "dated", items.map((item) =>
    make("li", item.end < now && "past", stamp(item), " ", extra.map((more) => more(item.start)), " ", make("span", "what", item.what()))))
    : sentence("state", empty));

  // --- the clock

  let drawn, mark;
  const draw = (next) => {
    const isRunning = next?.start <= now, monday = weekOf(today);
    for (const item of rows) {
      const { row, day, lastDay } = item, isToday = day <= today && today <= lastDay;
      row.ariaCurrent = isToday ? "date" : null;
      one(".tag", row)?.remove();
      if (isToday || item === next) {
        const tag = make("span", "tag", " ", isToday ? "Today" : "Next");
        tag.dataset.scripted = "";
        one(".date", row).append(tag);
      }
    }
    mark = one(".session[aria-current]", table) ?? one("[aria-current]", table) ?? next?.row;
    const soon = cancelled.filter((item) => item.end > now && daysTo(item.day) <= 7);
    one(".notices")?.replaceChildren(...soon.map((item, i) => noClass(item, i === soon.length - 1 && next?.start > item.start && next)));
    if (!panel) return;
    const fill = (place, ...children) => one(place + " > div", panel).replaceChildren(...children.flat(9).filter(Boolean));
    const [title, found] = showNext(next, isRunning);
    one(".next h2", panel).replaceChildren(...make("h2", "", title).childNodes);
    fill(".next", found);
    // Two weeks of what is due, and what is due next however far.
    fill(".soonest", list(agenda.filter(({ due, start }) => due && start > now)
      .filter(({ start }, i) => i < 2 || i < 4 && start < now + 14 * 864e5), "Nothing is due.", countdown, elsewhere));
    // Once all of it is over, the next one is what is asked for.
    const inWeek = (first) => agenda.filter(({ day, lastDay }) => day && weekOf(day) <= first && first <= lastDay);
    const current = inWeek(monday), following = inWeek(weekOf(today, 1));
    const isOver = current.length && following.length && current.every(({ end, lastDay }) => end < now || lastDay < today);
    one(".week h2", panel).textContent = isOver ? "Next week" : "This week";
    fill(".week", list(isOver ? following : current, "Nothing this week."));
    // After the term one sentence is enough.
    const isDone = !next && !agenda.some(({ due, start }) => due && start > now);
    for (const part of all(".next h2, .soonest", panel)) part.hidden = isDone;
    one(".week", panel).hidden = isDone && !current.length;
  };
  const update = () => {
    now = Date.now();
    today = dayOf(now);
    const state = [today, ...agenda.map(({ start, end }) => (start <= now) + (end <= now))].join("");
    if (state !== drawn) {
      drawn = state;
      countdowns = [];
      const focused = panel?.contains(document.activeElement) && document.activeElement.href;
      draw(classes.find(({ end }) => end > now));
      if (focused) all("a", panel).find(({ href }) => href === focused)?.focus();
    }
    countdowns.forEach((write) => write());
  };
  // A page that stays open turns with the clock, and one that slept catches up when it is looked at.
  const tick = () => {
    update();
    setTimeout(tick, 6e4 - Date.now() % 6e4);
  };
  tick();
  document.addEventListener("visibilitychange", update);
  addEventListener("pageshow", update);

  // --- past weeks, folded; filters

  // Folded rows are found by the browser's search, where it can look into them, and by links to them.
  const monday = weekOf(today), over = rows.filter(({ lastDay }) => lastDay < monday).map(({ row }) => row);
  // A part's title goes with the last of its rows.
  const past = all("tbody tr", table).filter((row) =>
    (row.matches(".part") ? all("tr:not(.part)", row.parentNode) : [row]).every((row) => over.includes(row)));
  const pastClasses = over.filter((row) => row.matches(".session")).length;
  const fold = make("button", "fold");
  let isOpen = !(pastClasses && over.length < rows.length && mark), view = "all";
  const arrange = (chosen = view, open = isOpen) => {
    view = chosen;
    isOpen = open;
    // Chromium leaves such a row in its accessibility tree, empty.
    for (const row of past) row.ariaHidden = (row.hidden = view === "all" && !isOpen && "until-found") ? true : null;
    // Which rows a filter leaves is written in the style sheet.
    table.classList.toggle("filtered", fold.hidden = view !== "all");
    table.dataset.only = view === "talks" && who ? "mine" : view;
    for (const line of all(".papers li", table)) line.classList.toggle("mine", mine(table).includes(line));
    fold.textContent = (isOpen ? "Hide " : "Show ") + count(pastClasses, "past session");
    fold.ariaExpanded = isOpen;
  };
  if (!isOpen) {
    fold.dataset.scripted = "";
    fold.onclick = () => arrange(view, !isOpen);
    table.before(fold);
    table.addEventListener("beforematch", () => arrange(view, true));
  }
  const names = one("select", filters ?? table);
  const choose = (chosen) => {
    arrange(chosen);
    for (const button of all("button", filters)) button.ariaPressed = button.dataset.show === view;
    if (names) names.parentNode.hidden = view !== "talks";
    const said = view === "all" ? "" : view === "due" ? count(agenda.filter(({ due, end }) => due && end).length, "deadline")
      : count(all(who ? ".mine" : ".presenter, .open", table).length, "presentation");
    one(".count", filters).textContent = said;
    document.dispatchEvent(new CustomEvent("site:say", { detail: said || "Everything is shown" }));
  };
  if (filters) for (const button of all("button", filters)) button.onclick = () => choose(button.dataset.show);
  if (names) {
    names.value = who;
    if (names.selectedIndex < 0) names.value = who = "";    // who is remembered presents nothing in this course
    names.onchange = () => {
      who = names.value;
      try { who ? localStorage["site:presenter"] = who : localStorage.removeItem("site:presenter"); } catch { /* as above */ }
      choose("talks");
    };
  }
  arrange();

  // A link to a row shows it, whatever is folded or filtered away.
  const reveal = (hash) => {
    let row;
    try { row = document.getElementById(decodeURIComponent(hash.slice(1)))?.closest("tr"); } catch { /* no id */ }
    if (!row || row.offsetHeight) return;
    if (view !== "all") choose("all");
    arrange("all", isOpen || past.includes(row));
    return row;
  };
  document.addEventListener("click", ({ target }) => reveal(target.closest("a[href^='#']")?.hash ?? ""));
  addEventListener("hashchange", () => reveal(location.hash)?.scrollIntoView());
  reveal(location.hash);

  // The schedule opens at today, unless the reader asks for a place on it or comes back to one.
  const box = mark?.getBoundingClientRect();
  const isReturn = /reload|back/.test(performance.getEntriesByType("navigation")[0]?.type);
  if (!panel && box?.bottom > innerHeight && !location.hash && !scrollY && !isReturn) {
    scrollTo({ top: box.top - innerHeight / 4, behavior: "instant" });
  }
})();
