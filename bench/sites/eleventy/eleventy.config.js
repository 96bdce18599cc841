const highlight = require("@11ty/eleventy-plugin-syntaxhighlight");

module.exports = (config) => {
  config.addPlugin(highlight);
  config.addCollection("lectures", (all) =>
    all.getFilteredByTag("lectures").sort((a, b) => a.data.number - b.data.number));
  return { dir: { input: "src", output: "_site" }, markdownTemplateEngine: false };
};
