// Guidance: first what to do and whom to call, then the law, folded away.

import { folded, h } from "/static/dom.js";
import { nameOf, of, say } from "/static/words.js";

const FIRST_STEPS = 3;
const FIRST_CHANNELS = 3;
const FIRST_LAWS = 2;

export const isDangerous = (guidance) => guidance.steps.some((step) => step.id === "danger");

export function danger() {
  return h("p", { class: "danger" }, say("有现实人身危险，先打", "In real danger, first call"), h("a", { class: "tel", href: "tel:110" }, "110"));
}

export function steps(guidance) {
  const all = guidance.steps.filter((step) => step.id !== "danger");
  const list = (some, start) => h("ol", { class: "steps", start }, some.map((step) => h("li", {}, of(step.text))));
  const rest = all.slice(FIRST_STEPS);
  return [
    h("h3", {}, say("先做什么", "What to do first")),
    isDangerous(guidance) ? danger() : null,
    list(all.slice(0, FIRST_STEPS), 1),
    rest.length ? folded(say(`还有 ${rest.length} 步`, `${rest.length} more`), () => list(rest, FIRST_STEPS + 1)) : null,
  ];
}

function telephone(channel) {
  if (!channel.phone) return null;
  const named = of(channel.name);
  return h("a", { class: "tel", href: `tel:${channel.phone.replace(/[^0-9+]/g, "")}`, "aria-label": say(`拨打 ${channel.phone}，${named}`, `Call ${channel.phone}, ${named}`) }, channel.phone);
}

function nameWithoutNumber(channel) {
  const name = of(channel.name);
  const number = name.match(/^\d+/)?.[0];
  return number && channel.phone.endsWith(number) ? name.slice(number.length).replace(/^[,，\s]+/, "") || name : name;
}

export function channels(guidance) {
  const short = guidance.channels.slice(0, FIRST_CHANNELS);
  return [
    h("h3", {}, say("可以找谁", "Where to turn")),
    h("ol", { class: "channels" }, short.map((channel) => h("li", {}, h("span", {}, h("strong", {}, nameWithoutNumber(channel)), of(channel.purpose)), telephone(channel)))),
    folded(say("全部渠道和说明", "All of them, in detail"), () => h("ol", { class: "channels" }, guidance.channels.map((channel) => h("li", { class: "told" },
      h("strong", {}, of(channel.name), channel.verified ? "" : say("（未核实）", " (unverified)")), " ", telephone(channel),
      h("p", {}, of(channel.detail)), h("p", { class: "kind" }, of(channel.operator)))))),
  ];
}

function period(entry) {
  const said = entry.in_force_until
    ? say(`${entry.in_force_from} 至 ${entry.in_force_until} 施行`, `in force ${entry.in_force_from} to ${entry.in_force_until}`)
    : say(`${entry.in_force_from} 起施行`, `in force since ${entry.in_force_from}`);
  return entry.in_force_from_verified ? said : said + say("（日期未核）", " (date not verified)");
}

function provision(one) {
  return h("div", { class: "law" },
    h("p", {}, h("strong", {}, of(one.cite))),
    h("p", { class: "kind" }, `${nameOf("roles", one.role)} · ${period(one)}`),
    h("p", {}, of(one.plain)),
    one.threshold ? h("p", {}, say("门槛：", "Threshold: "), of(one.threshold)) : null,
    one.excerpt_zh ? h("blockquote", { lang: "zh" }, one.excerpt_zh) : null,
    one.gist_en_unofficial ? say(null, h("p", { class: "kind" }, `Unofficial gist: ${one.gist_en_unofficial}`)) : null);
}

function rule(one) {
  return h("div", { class: "law" },
    h("p", {}, h("strong", {}, of(one.name)), one.verified ? "" : say("（未核实）", " (unverified)")),
    h("p", { class: "kind" }, `${of(one.issuer)} · ${of(one.nature)} · ${period(one)}`),
    one.points.length ? h("ul", {}, one.points.map((point) => h("li", {}, of(point.text)))) : null);
}

export function law(guidance) {
  const { basis, rules, more } = guidance;
  const criminal = more.some((one) => one.role === "criminal");
  const parts = [];
  if (basis.length) {
    const first = basis.slice(0, FIRST_LAWS).map((one) => h("li", {}, of(one.cite), h("span", { class: "kind" }, ` ${nameOf("roles", one.role)}`)));
    parts.push(h("h3", {}, say("法律", "Law")), h("ul", { class: "cites" }, first));
    parts.push(folded(say(`全部条文（${basis.length}）`, `All provisions (${basis.length})`), () => basis.map(provision)));
  }
  if (rules.length) parts.push(folded(say(`监管规则和行业规范（${rules.length}）`, `Rules and conventions (${rules.length})`), () => rules.map(rule)));
  if (more.length) {
    const title = criminal ? say(`更多条文（刑法都有门槛，单凭一条信息不能认定）`, "More (criminal law has thresholds; one message proves no crime)")
      : say(`更多条文（${more.length}）`, `More provisions (${more.length})`);
    parts.push(folded(title, () => more.map(provision)));
  }
  return parts;
}

export function cautions(guidance) {
  return folded(say("请注意", "Please mind"), () => h("ul", {}, guidance.cautions.map((caution) => h("li", {}, of(caution.text)))));
}
