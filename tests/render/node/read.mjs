// Reads documents with the libraries that would read them, and says what they hold.
// Standard input: a JSON list of {form, text}. Standard output: a JSON list of answers.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import path from "node:path";
import fs from "node:fs";

const folder = path.resolve(process.argv[2]);
const require = createRequire(path.join(folder, "package.json"));
const { JSDOM } = require("jsdom");
const page = new JSDOM("<!doctype html><body></body>");
globalThis.window = page.window;
globalThis.document = page.window.document;

const load = async (name, file) =>
  import(pathToFileURL(path.join(folder, "node_modules", name, file)));
const mermaid = (await load("mermaid", "dist/mermaid.core.mjs")).default;
const viz = await (await load("@viz-js/viz", "dist/viz.js")).instance();
mermaid.initialize({ startOnLoad: false, securityLevel: "strict" });

// Mermaid keeps character codes coded until it draws.
const decoded = (text) => {
  const box = page.window.document.createElement("textarea");
  box.innerHTML = text.replace(/ﬂ°°/g, "&#").replace(/ﬂ°/g, "&").replace(/¶ß/g, ";");
  return box.value;
};

const readers = {
  async mermaid(text) {
    const { db, type } = await mermaid.mermaidAPI.getDiagramFromText(text);
    const boxes = [...db.getVertices().values()];
    return {
      type,
      boxes: boxes.map((box) => ({
        id: box.id,
        label: box.text.split(/<br ?\/?>/).map(decoded),
        raw: box.text,
        classes: box.classes,
        link: box.link ?? null,
      })),
      arrows: db.getEdges().map((edge) => [edge.start, edge.end]),
      classes: [...db.getClasses().keys()],
    };
  },
  async dot(text) {
    const { status, errors, output } = viz.render(text, { format: "json0" });
    if (status !== "success") throw new Error(JSON.stringify(errors));
    const graph = JSON.parse(output);
    return {
      warnings: errors,
      label: graph.label,
      boxes: (graph.objects ?? []).map((box) => ({
        id: box.name, label: box.label, class: box.class, ...(box.URL && { url: box.URL }),
      })),
      arrows: (graph.edges ?? []).map((edge) => [edge.tail, edge.head]),
    };
  },
};

const answers = [];
for (const { form, text } of JSON.parse(fs.readFileSync(0, "utf8"))) {
  try {
    answers.push(await readers[form](text));
  } catch (error) {
    answers.push({ refused: String(error.message ?? error) });
  }
}
fs.writeFileSync(1, JSON.stringify(answers));
process.exit(0);
