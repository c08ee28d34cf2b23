// Copying and downloading. What was copied is shown too, so that it can be read and taken by hand.

import { h } from "/static/dom.js";
import * as api from "/static/api.js";
import { actsOf, lang, say } from "/static/words.js";

let made = 0;

async function toClipboard(text, field) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}

async function showCopied(place, title, text) {
  made += 1;
  const id = `made-${made}`;
  const field = h("textarea", { id, readonly: true, rows: "10", lang: "zh" });
  field.value = text;
  const done = h("p", { class: "notice", role: "status" });
  place.replaceChildren(h("div", { class: "made" }, done, h("label", { for: id }, title), field));
  const copied = await toClipboard(text, field);
  done.textContent = copied ? say("已复制。请先核对，再使用。", "Copied. Check it before you use it.")
    : say("没能自动复制：请在下面的框里全选、复制。", "Could not copy by itself: select all below and copy.");
}

function download(blob, name) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

const complainable = ({ finding }) => finding && (actsOf(finding).length > 0 || finding.signals.includes("night_or_frequent"));
const asked = (items) => items.map(({ given: { text, sender, time } }) => ({ text, sender, time }));

// `whole`: not the record alone, but drafts and downloads too.
export function actions(items, record, failed, whole = true) {
  const place = h("div");
  const button = (zh, en, work) => h("button", {
    type: "button",
    click: async (event) => {
      const pressed = event.currentTarget;
      pressed.disabled = true;
      try {
        await work();
      } catch (problem) {
        failed(problem);
      } finally {
        pressed.disabled = false;
      }
    },
  }, say(zh, en));
  const told = (text) => place.replaceChildren(h("p", { class: "notice", role: "status" }, text));
  const draft = async () => {
    const [first, ...others] = await api.drafts(asked(items));
    const after = others.map((each) => button(`复制：${each.title}`, `Copy: ${each.title}`, () => showCopied(place, each.title, each.text)));
    await showCopied(place, say(`${first.title}（草稿，＿＿ 处自己填）`, `${first.title} (a draft, in Chinese; fill in the blanks ＿＿)`), first.text);
    place.append(h("div", { class: "buttons actions" }, after));
  };
  const keep = (get, name) => async () => {
    download(await get(asked(items), lang()), name);
    told(say(`已下载 ${name}。它只在您的设备上。`, `Downloaded ${name}. It is on your device only.`));
  };
  return h("div", {},
    h("h3", {}, say("留作证据", "Keep it as evidence")),
    h("div", { class: "buttons actions" },
      button("复制证据记录", "Copy evidence record", () => showCopied(place, say("证据记录", "Evidence record"), record())),
      whole && items.some(complainable) ? button("复制投诉草稿", "Copy complaint draft", draft) : null,
      whole ? button("下载档案", "Download dossier", keep(api.dossierPage, "dossier.html")) : null,
      whole ? button("下载档案和附件", "Dossier with attachments", keep(api.dossierFiles, "dossier.zip")) : null),
    place);
}
