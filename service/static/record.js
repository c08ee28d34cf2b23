// What can be copied: the evidence record, made here from what was judged; the text stands in it untouched.

import { codeOf, isUnseen } from "/static/dom.js";
import { merged, percent } from "/static/message.js";
import { originOf } from "/static/pictures.js";
import { nameOf, REVIEW, say, verdictOf } from "/static/words.js";

export function now() {
  const at = new Date();
  const two = (number) => String(Math.abs(number)).padStart(2, "0");
  const offset = -at.getTimezoneOffset();
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
  return `${day} ${clock} ${offset < 0 ? "-" : "+"}${two(Math.trunc(offset / 60))}:${two(offset % 60)}`;
}

// Words quoted outside the text itself: nothing in them may turn the writing round.
const visible = (words) => Array.from(words, (character) => (isUnseen(character) ? `[${codeOf(character)}]` : character)).join("");

function unseenIn(text) {
  const counts = new Map();
  for (const character of text) if (isUnseen(character)) counts.set(codeOf(character), (counts.get(codeOf(character)) || 0) + 1);
  return [...counts].map(([code, times]) => `${code}×${times}`).join(say("、", ", "));
}

function evidenceLines(text, evidence) {
  const characters = Array.from(text);
  return merged(evidence).map(({ start, end, names }) => {
    const words = visible(characters.slice(start, end).join("").replace(/\s+/g, " "));
    return say(`  第 ${start + 1}–${end} 字「${words}」：${[...names].join("、")}`, `  characters ${start + 1}–${end} “${words}”: ${[...names].join(", ")}`);
  });
}

function one(item, number, many) {
  const { given, finding, sha256, own } = item;
  const unseen = unseenIn(given.text);
  const { length } = Array.from(given.text);
  const cut = item.cut ? say("（从粘贴的整段文字中分出）", " (cut out of a longer paste)") : "";
  const source = item.picture ? say("（从图片上识别）", " (read off a picture)") : cut;
  const lines = [
    many ? say(`【第 ${number} 条】`, `[No. ${number}]`) : "",
    say(`原文${source}，共 ${length} 字，从下一行开始，到“原文完”为止：`, `Text${source}, ${length} characters, from the next line to “end of text”:`),
    given.text,
    say("原文完", "end of text"),
    sha256 ? `SHA-256 (UTF-8): ${sha256}` : "",
    unseen ? say(`原文含看不见的字符：${unseen}`, `The text holds unseen characters: ${unseen}`) : "",
    say("发送人（按填写或粘贴）：", "Sender (as given): ") + (visible(given.sender) || say("未填", "not given")),
    say("收到时间（按填写或粘贴）：", "Time (as given): ") + (given.time || say("未填", "not given")),
    ...(item.picture ? originOf(item.picture).map(([name, value]) => `${name}${say("：", ": ")}${value}`) : []),
  ];
  if (own) return [...lines, say("结果：收信人自己发出，未判断", "Result: written by the receiver, not judged")];
  if (!finding) return [...lines, say("结果：未判断", "Result: not judged")];
  return [
    ...lines,
    say("筛查结果：", "Result: ") + verdictOf(finding).title,
    say("标签：", "Labels: ") + finding.labels.map((label) => `${nameOf("labels", label)} (${label})`).join(", "),
    say("概率：", "Probabilities: ") + Object.entries(finding.scores).map(([name, score]) => `${nameOf("scores", name)} ${percent(score)}`).join(say("，", ", ")),
    finding.signals.length ? say("手法：", "Tactics: ") + finding.signals.map((signal) => nameOf("signals", signal)).join(say("、", ", ")) : "",
    finding.evidence.length ? say("标出的词句：", "Marked phrases:") : "",
    ...evidenceLines(given.text, finding.evidence),
    finding.needs_review ? say("需人工复核：", "A person should look: ") + finding.review_reasons.map((reason) => REVIEW[reason]?.() ?? reason).join(" ") : "",
  ];
}

export function recordOf(items, at, software) {
  const model = items.find((item) => item.finding)?.finding;
  const head = [
    say("证据记录（机器筛查）", "Evidence record (a machine's screening)"),
    say(`分析时间：${at}`, `Time of analysis: ${at}`),
    model ? say("模型：", "Model: ") + `${model.model.version}, SHA-256 ${model.model.sha256}` : "",
    model ? say(`标注规范（codebook）版本：${model.model.codebook}；策略：${model.policy}；软件：${software}`, `Codebook ${model.model.codebook}; policy ${model.policy}; software ${software}`) : "",
    say(
      "说明：这是机器对文字的筛查，不是法律意见，也不认定任何人违法。请保留手机上的原信息。",
      "Note: a machine's screening of words, no legal advice; it finds nobody guilty. Keep the original message on the phone."),
  ];
  const parts = items.map((item, place) => one(item, place + 1, items.length > 1));
  return [head, ...parts].map((lines) => lines.filter(Boolean).join("\n")).join("\n\n");
}
