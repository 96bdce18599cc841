r"""What makes a copied formula its LaTeX, `So $x^2$ grows.`, where browsers would copy its signs, each on a line.

Text in, text out; only pages with formulas get the script, in the page itself, which saves a request. Without scripts
the LaTeX is still in the page, beside each formula.
"""

from __future__ import annotations

import re
from functools import lru_cache

from sitegen.outputs.slim import slim

_SCRIPT = r"""
addEventListener("copy", event => {
  let copied = document.createElement("div"), board = event.clipboardData, words, shown, sign;
  const formula = node => (node.closest ? node : node.parentElement).closest("math");
  if (!getSelection().rangeCount) return;
  words = getSelection().getRangeAt(0).cloneRange();
  // A formula is taken whole, wherever in it the selection begins or ends.
  (shown = formula(words.startContainer)) && words.setStartBefore(shown);
  (shown = formula(words.endContainer)) && words.setEndAfter(shown);
  copied.append(words.cloneContents());
  if (!copied.querySelector("annotation")) return;
  event.preventDefault();
  board.setData("text/html", copied.innerHTML);
  for (words of copied.querySelectorAll("annotation")) {
    event = formula(words);
    shown = document.createElement("span");
    sign = event.matches("[display]") ? /^.begin{(?!arr|cas|\w*(rix|ed)})/.test(words.textContent) ? "" : "$$" : "$";
    shown.append(sign + words.textContent + sign);
    shown.style.whiteSpace = "pre";
    event.replaceWith(shown)
  }
  document.body.append(copied);
  board.setData("text/plain", copied.innerText);
  copied.remove()
})
"""
"""Only what is rendered knows where its lines end, so what is copied stands on the page for a moment."""
_LETTERS = {name: name[0] for name in ("event", "copied", "board", "words", "shown", "formula", "node")} | {"sign": "g"}
"""The script's own names and what they are published as: each page with formulas carries them."""


def find_copying(page: str) -> str:
    """The script that the page needs; empty if it has no formulas."""
    return _slim_script() if '<annotation encoding="application/x-tex">' in page and "</body>" in page else ""


def add_script(page: str, script: str) -> str:
    """The page with the script at its end, if there is one."""
    end = page.rfind("</body>") if script else -1
    return f"{page[:end]}<script>{script}</script>\n{page[end:]}" if end >= 0 else page


@lru_cache(maxsize=1)
def _slim_script() -> str:
    script = slim("copying.js", _SCRIPT.encode()).decode()
    return re.sub(r"\b[a-z]+\b", lambda name: _LETTERS.get(name[0], name[0]), script).replace("\n", "")
