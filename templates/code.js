// A button on each block of code that copies it: without line numbers, and of a terminal's session the commands alone.
document.querySelectorAll(".highlight > pre").forEach((pre) => {
  const button = document.createElement("button");
  const say = (detail) => document.dispatchEvent(new CustomEvent("site:say", { detail: button.textContent = detail }));
  button.textContent = "Copy";
  button.className = "copy";
  button.lang = "en";    // and code that says its language has a name of the author's, or none
  button.ariaLabel = "Copy " + (pre.lang ? "code" : pre.ariaLabel);
  button.onclick = () => {
    const copy = pre.cloneNode(true);
    copy.querySelectorAll(".p").forEach((prompt) => prompt.textContent = "\0");
    const text = copy.textContent, commands = text.match(/(?<=^\0).*/gm);
    navigator.clipboard.writeText(commands ? commands.join("\n") : text).then(() => say("Copied"), () => {
      getSelection().selectAllChildren(pre);    // without the permission, or from disk
      say("Selected");
    });
  };
  pre.before(button);
});
