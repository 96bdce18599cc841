// Footnotes beside the line that they belong to, where the window has room for them (1200 px). Without scripts, on
// narrower windows and on paper they stay below the text. They aren't moved in the page, so that they are read and
// reached in the same order everywhere.
(() => {
  const text = document.querySelector(".text"), prose = text.querySelector(".prose");
  const notes = [...text.querySelectorAll(".footnote > ol > li")];
  const room = matchMedia("(min-width: 1200px)");
  const gap = 12;

  // Stretches, from the text's top, in which a table, a figure or code reaches into the margin.
  const wideParts = (left, top) => [...text.querySelectorAll(".prose > *")].flatMap((part) => {
    const box = part.getBoundingClientRect();
    return box.right > left && !part.matches(".footnote") ? [[box.top - top - gap, box.bottom - top + gap]] : [];
  });

  const place = () => {
    text.classList.toggle("annotated", room.matches);
    prose.style.minHeight = "";
    if (!room.matches) return;
    const { top } = text.getBoundingClientRect();
    const wide = wideParts(notes[0].getBoundingClientRect().left, top);
    let free = 0;
    for (const note of notes) {
      const mark = document.getElementById(note.id.replace("fn-", "fnref-"));
      let at = Math.max(mark ? mark.getBoundingClientRect().top - top : 0, free);
      for (const [from, to] of wide) if (at < to && at + note.offsetHeight > from) at = to;
      note.style.top = `${at}px`;
      free = at + note.offsetHeight + gap;
    }
    prose.style.minHeight = `${free + top - prose.getBoundingClientRect().top}px`;
  };

  place();
  room.addEventListener("change", place);
  addEventListener("load", place);
  new ResizeObserver(place).observe(prose);
})();
