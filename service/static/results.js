// What is shown of judged messages: the answer first, then what to do, then the rest, folded away.

import { folded, h, inert } from "/static/dom.js";
import { cautions, channels, isDangerous, law, steps } from "/static/guide.js";
import { actions } from "/static/keep.js";
import { bars, marked } from "/static/message.js";
import { plainWords } from "/static/api.js";
import { originOf } from "/static/pictures.js";
import { recordOf } from "/static/record.js";
import { ACTS, actsOf, nameOf, of, REVIEW, say, verdictOf } from "/static/words.js";

const FIRST_LINE = 60;

function verdictOfItem(item) {
  if (item.own) return { look: "unrelated", icon: "○", title: say("您自己发的，没有判断", "Written by you, not judged") };
  if (!item.finding) return { look: "unsure", icon: "?", title: say("没有判断", "Not judged") };
  return verdictOf(item.finding);
}

function icon(verdict) {
  return h("span", { class: "icon", "aria-hidden": "true" }, verdict.icon);
}

function review(finding) {
  if (!finding.needs_review) return null;
  const reasons = finding.review_reasons.map((reason) => REVIEW[reason]?.() ?? reason);
  return h("div", { class: "review" }, h("p", {}, h("strong", {}, say("请再让人看一遍：", "Let a person look at it: ")), reasons.join(" ")));
}

function about(item, at) {
  const { finding, guidance, given, sha256 } = item;
  const rows = [
    [say("发送人", "Sender"), given.sender || say("未填", "not given")],
    [say("时间", "Time"), given.time || say("未填", "not given")],
    [say("按哪天的法律", "Law of"), guidance.on],
    [say("法律资料核对于", "Law checked on"), guidance.checked],
    [say("原文 SHA-256", "SHA-256 of the text"), sha256],
    ...(item.picture ? originOf(item.picture) : []),
    [say("模型", "Model"), `${finding.model.version} (SHA-256 ${finding.model.sha256})`],
    [say("规范版本", "Codebook"), finding.model.codebook],
    [say("策略", "Policy"), finding.policy],
    [say("分析时间", "Analysed"), at],
  ];
  return h("dl", {}, rows.map(([name, value]) => [h("dt", {}, name), h("dd", {}, inert(value))]));
}

// Everything below the title of one message.
function body(item, at) {
  const { finding, guidance, given } = item;
  if (item.own) return [marked(given.text, [])];
  if (!finding) return [h("p", {}, plainWords(item.error)), marked(given.text, [])];
  return [
    review(finding),
    steps(guidance),
    h("h3", {}, say("原文和依据", "The message, and why")),
    marked(given.text, finding.evidence),
    finding.signals.length ? h("p", {}, say("手法：", "Tactics: "), finding.signals.map((one) => nameOf("signals", one)).join(say("、", ", "))) : null,
    channels(guidance),
    law(guidance),
    folded(say("机器有多大把握", "How sure the machine is"), () => bars(finding.scores)),
    cautions(guidance),
    folded(say("怎么判断的", "How it was judged"), () => about(item, at)),
  ];
}

function title(verdict, words, ...more) {
  return h("div", { class: `verdict ${verdict.look}` }, h("h2", { id: "verdict", tabindex: "-1" }, icon(verdict), words), ...more);
}

function single(item, at, version, failed, again) {
  const verdict = verdictOfItem(item);
  const summary = item.guidance ? h("p", {}, of(item.guidance.summary.text)) : null;
  const kept = item.finding ? actions([item], () => recordOf([item], at, version), failed) : null;
  return [title(verdict, verdict.title, summary), again, ...body(item, at), kept];
}

function row(item, number, at, version, failed) {
  const verdict = verdictOfItem(item);
  const { given } = item;
  const line = Array.from(given.text.trim().replace(/\s+/g, " ")).slice(0, FIRST_LINE).join("");
  const known = [given.time, given.sender].filter(Boolean).map((part) => [" · ", h("bdi", {}, inert(part))]);
  const part = folded("", () => {
    const kept = item.finding ? actions([item], () => recordOf([item], at, version), failed, false) : null;
    return [...body(item, at), kept].flat(Infinity).filter(Boolean);
  });
  part.firstChild.append(`${number}. `, h("span", { class: `label ${verdict.look}` }, icon(verdict), verdict.title), ...known.flat(),
    h("bdi", { class: "first-line", lang: "zh" }, inert(line)));
  return h("li", {}, part);
}

function counts(items) {
  const labels = ["threat", "third_party_harassment", "defamation", "lawful_reminder", "unrelated"];
  const judged = items.filter((item) => item.finding);
  const found = labels.map((label) => {
    const suspected = ACTS.includes(label) ? say("涉嫌", "suspected: ") : "";
    return [suspected + nameOf("labels", label), judged.filter(({ finding }) => finding.labels.includes(label)).length];
  });
  found.push([say("要再让人看", "to be looked at"), judged.filter(({ finding }) => finding.needs_review).length]);
  found.push([say("您自己发的", "your own"), items.filter((item) => item.own).length]);
  found.push([say("没有判断", "not judged"), items.filter((item) => !item.own && !item.finding).length]);
  return h("ul", { class: "counts" }, found.filter(([, times]) => times).map(([name, times]) => h("li", {}, say(`${name} ${times} 条`, `${name}: ${times}`))));
}

function thread(items, at, version, failed) {
  const judged = items.filter((item) => item.finding);
  const acts = judged.filter((item) => actsOf(item.finding).length && !item.finding.needs_review);
  const gravest = [...judged].sort((a, b) => weight(b) - weight(a))[0];
  const verdict = acts.length ? { look: "act", icon: "⚠" } : { look: judged.some((item) => item.finding.needs_review) ? "unsure" : "unrelated", icon: "○" };
  const words = acts.length ? say(`${items.length} 条信息，${acts.length} 条涉嫌不当催收`, `${items.length} messages, ${acts.length} suspected of improper collection`)
    : say(`${items.length} 条信息，没有发现明显不当的`, `${items.length} messages, none clearly improper`);
  return [
    title(verdict, words, counts(items)),
    gravest ? steps(gravest.guidance) : null,
    gravest ? channels(gravest.guidance) : null,
    h("h3", {}, say("逐条看（点开）", "One by one (open them)")),
    h("ol", { class: "thread" }, items.map((item, place) => row(item, place + 1, at, version, failed))),
    gravest ? actions(items, () => recordOf(items, at, version), failed) : null,
  ];
}

function weight({ finding, guidance }) {
  return actsOf(finding).length + (isDangerous(guidance) ? 4 : 0) + (finding.needs_review ? 0 : 1);
}

export function results(items, at, version, failed, again) {
  const made = items.length === 1 ? single(items[0], at, version, failed, again) : thread(items, at, version, failed);
  return made.flat(Infinity).filter(Boolean);
}
