// A message with its evidence marked. Each mark is named in words beside it: colour is never the only sign.

import { h, inert } from "/static/dom.js";
import { nameOf, say } from "/static/words.js";

const LONGEST_SHOWN = 120000;

// Spans that overlap or touch become one, with all their names.
export function merged(evidence) {
  const spans = [];
  for (const item of [...evidence].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const name = item.signal ? nameOf("signals", item.signal) : nameOf("labels", item.label);
    const last = spans.at(-1);
    if (last && item.start <= last.end) {
      last.end = Math.max(last.end, item.end);
      last.names.add(name);
      last.accuses ||= Boolean(item.label);
    } else {
      spans.push({ start: item.start, end: item.end, names: new Set([name]), accuses: Boolean(item.label) });
    }
  }
  return spans;
}

export function marked(text, evidence) {
  const characters = Array.from(text); // the service counts characters, not UTF-16 units
  const piece = (from, to) => inert(characters.slice(from, to).join(""));
  const parts = [];
  let done = 0;
  for (const { start, end, names, accuses } of merged(evidence)) {
    parts.push(...piece(done, start), h("mark", {}, piece(start, end)));
    parts.push(h("span", { class: accuses ? "named" : "named hint" }, [...names].join(say("、", ", "))));
    done = end;
  }
  const rest = characters.slice(done, done + LONGEST_SHOWN);
  parts.push(...inert(rest.join("")));
  if (done + rest.length < characters.length) parts.push(say(`……（共 ${characters.length} 字）`, `… (${characters.length} characters)`));
  return h("div", { class: "message", dir: "auto", lang: "zh", tabindex: "0", role: "group", "aria-label": say("原文，标出了依据", "The message, with evidence marked") }, parts);
}

export function bars(scores) {
  return h("ul", { class: "bars" }, Object.entries(scores).map(([name, score]) => {
    const filled = h("span");
    filled.style.width = `${score * 100}%`;
    return h("li", {}, h("span", {}, nameOf("scores", name)), h("span", { class: "bar", "aria-hidden": "true" }, filled),
      h("span", { class: "percent" }, percent(score)));
  }));
}

export function percent(score) {
  if (score > 0 && score < 0.001) return "<0.1%";
  if (score < 1 && score > 0.999) return ">99.9%";
  return `${(score * 100).toFixed(1)}%`;
}
