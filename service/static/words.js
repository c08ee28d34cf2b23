// Two languages: what stands in the page carries its English beside it (data-en), what is made says both.

let english = false;
let known = { labels: {}, signals: {}, roles: {}, scores: {} };

export const say = (zh, en) => (english ? en : zh);
export const lang = () => (english ? "en" : "zh");
export const of = (text) => (text ? say(text.zh, text.en) : "");
export const nameOf = (kind, id) => of(known[kind][id]) || id;

export async function loadNames() {
  known = await (await fetch("/static/names.json")).json();
}

export function speak(inEnglish) {
  english = inEnglish;
  document.documentElement.lang = say("zh-CN", "en");
  document.title = say("催债信息，先看一看", "A message about a debt: a first look");
  for (const part of document.querySelectorAll("[data-en]")) {
    part.dataset.zh ??= part.textContent;
    part.textContent = say(part.dataset.zh, part.dataset.en);
  }
}

export const REVIEW = {
  near_threshold: () => say("这条很接近界线，机器拿不准。", "It is close to the line; the machine is unsure."),
  fraud_signal: () => say(
    "有链接或私人收款，可能是诈骗：先用合同或官方App上的号码核实，核实前不要付款。",
    "A link or a private account: it may be fraud. Call the number in the contract or official app before you pay."),
  abusive_passage: () => say("全文看不明显，但其中有一句像是施压或恐吓。", "The whole is plain, but one sentence of it looks abusive."),
  low_ocr_confidence: () => say("图片上的字可能认错了，请对照原图。", "The picture may have been misread; compare it."),
  not_chinese: () => say("几乎没有中文，本工具读不懂。", "There is hardly any Chinese; this tool cannot read it."),
  too_short: () => say("字太少，看不出来。", "Too short to say."),
};

const UNREADABLE = ["not_chinese", "too_short"];
export const ACTS = ["third_party_harassment", "threat", "defamation"];

export const actsOf = (finding) => finding.labels.filter((label) => ACTS.includes(label));

// What a finding is called: a word for its looks, an icon, and a title that suspects and never finds.
export function verdictOf(finding) {
  const acts = actsOf(finding);
  const reasons = finding.review_reasons;
  const names = acts.map((act) => nameOf("labels", act)).join(say("、", ", "));
  if (reasons.some((reason) => UNREADABLE.includes(reason)) && !acts.length) {
    return { look: "unsure", icon: "?", title: say("看不出来", "Cannot tell") };
  }
  if (acts.length && reasons.includes("near_threshold")) {
    return { look: "unsure", icon: "?", title: say(`可能涉嫌${names}，不能确定`, `Perhaps ${names}; not certain`) };
  }
  if (acts.length) return { look: "act", icon: "⚠", title: say(`涉嫌${names}`, `Suspected: ${names}`) };
  if (reasons.includes("fraud_signal")) {
    return { look: "unsure", icon: "!", title: say("当心诈骗：先核实，别付款", "Beware of fraud: verify, do not pay") };
  }
  const unsure = reasons.length > 0;
  const name = nameOf("labels", finding.label);
  const title = finding.label === "unrelated" ? say("看起来不是催收信息", "It seems to be no collection message")
    : say(`从文字看，是${name}`, `By its words: ${name}`);
  if (unsure) return { look: "unsure", icon: "?", title: title + say("，不能确定", "; not certain") };
  return { look: finding.label, icon: finding.label === "unrelated" ? "○" : "✓", title };
}
