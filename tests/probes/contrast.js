// Every piece of text on the page whose contrast with what is painted behind it is below `least` (WCAG 2.2, 1.4.3),
// however short the text and whatever is too small for axe to decide: [ratio, words, where, colour, background].
(least) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  // Any CSS colour to [r, g, b, alpha], by painting it.
  const rgba = (colour) => {
    if (!known.has(colour)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = "#000";
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  };
  const over = (top, below) => {
    const alpha = top[3] + below[3] * (1 - top[3]);
    const mix = (i) => (alpha ? (top[i] * top[3] + below[i] * below[3] * (1 - top[3])) / alpha : 0);
    return [mix(0), mix(1), mix(2), alpha];
  };
  const luminance = (colour) => {
    const [r, g, b] = colour.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05);
  };
  const where = (element) => {
    const names = [];
    for (let e = element; e && e !== document.body && names.length < 4; e = e.parentElement) {
      names.unshift(e.localName + [...e.classList].map((name) => "." + name).join(""));
    }
    return names.join(" > ");
  };
  // What is painted behind an element's text: its own and its ancestors' backgrounds, down to the canvas.
  const behind = (element) => {
    const layers = [];
    for (let e = element; e; e = e.parentElement) {
      const style = getComputedStyle(e);
      if (style.backgroundImage !== "none") layers.push([255, 0, 255, 1]);    // an image: unknown, so looked at by hand
      layers.push(rgba(style.backgroundColor));
      if (layers.at(-1)[3] === 1) break;
      if (e.matches("dialog:modal, :popover-open") && layers.at(-1)[3] === 1) break;
    }
    const canvasColour = rgba(matchMedia("(prefers-color-scheme: dark)").matches ? "#121212" : "#fff");
    return layers.reduceRight((below, layer) => over(layer, below), canvasColour);
  };
  // In a drawing: for each of a text's characters, which may stand apart, the last shape before it that covers its middle.
  const drawnBehind = (text, svg) => [...Array(text.getNumberOfChars()).keys()].map((i) => {
    let found = behind(svg);
    const own = text.getExtentOfChar(i), middle = new DOMPoint(own.x + own.width / 2, own.y + own.height / 2);
    const placed = middle.matrixTransform(text.getScreenCTM());
    for (const shape of svg.querySelectorAll("path, rect, circle, ellipse, polygon")) {
      if (shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_PRECEDING) continue;
      const fill = getComputedStyle(shape).fill;
      if (fill === "none" || fill.startsWith("url")) continue;
      if (shape.isPointInFill(placed.matrixTransform(shape.getScreenCTM().inverse()))) {
        const colour = rgba(fill);
        found = over([...colour.slice(0, 3), colour[3] * getComputedStyle(shape).fillOpacity], found);
      }
    }
    return found;
  });
  const opacity = (element) => {
    let all = 1;
    for (let e = element; e; e = e.parentElement) all *= getComputedStyle(e).opacity;
    return all;
  };

  const found = [];
  const judge = (words, element, colour, background) => {
    const ink = rgba(colour);
    const painted = over([...ink.slice(0, 3), ink[3] * opacity(element)], background);
    const measured = ratio(painted, background);
    if (measured < least) found.push([+measured.toFixed(2), words.slice(0, 40), where(element), colour, background.map(Math.round).join(" ")]);
  };
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility({ visibilityProperty: true, opacityProperty: true, contentVisibilityAuto: true }) && box.width > 1 && box.height > 1
      && !element.closest(".unseen, noscript, template, script, style");
  };

  let count = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !shown(element) || element.matches("title, desc, option, annotation")) continue;
    const style = getComputedStyle(element), svg = element.closest("svg");
    count += node.data.trim().length;
    if (svg) for (const background of drawnBehind(element, svg)) judge(node.data.trim(), element, style.fill, background);
    else judge(node.data.trim(), element, style.webkitTextFillColor || style.color, behind(element));
  }
  for (const element of document.body.querySelectorAll("*")) {
    if (!shown(element)) continue;
    for (const pseudo of ["::before", "::after", "::marker", "::placeholder"]) {
      if (pseudo === "::placeholder" ? !element.placeholder : pseudo === "::marker" && getComputedStyle(element).display !== "list-item") continue;
      const style = getComputedStyle(element, pseudo);
      const words = pseudo === "::placeholder" ? element.placeholder : pseudo === "::marker" ? "marker" : style.content;
      if (!words || ["none", "normal", '""', "counter(page)"].includes(words) || style.display === "none") continue;
      judge(`${pseudo} ${words}`, element, style.color, behind(element));
    }
  }
  return { count, found };
}
