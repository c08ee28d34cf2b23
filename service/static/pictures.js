// Screenshots: read by the service, shown for a person to correct, and only then judged like any other text.

import * as api from "/static/api.js";
import { byId, h } from "/static/dom.js";
import { percent } from "/static/message.js";
import { say } from "/static/words.js";

const TYPES = { png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", webp: "image/webp", bmp: "image/bmp", gif: "image/gif",
  tif: "image/tiff", tiff: "image/tiff", heic: "image/heic", heif: "image/heif", avif: "image/avif" };

let held = []; // { picture: { sha256, engine, shown }, messages: [{ read, text, own, removed }] }

// A browser that does not know a kind of picture gives no type: then its name has to do.
const typeOf = (file) => (file.type.startsWith("image/") ? file.type : TYPES[file.name.split(".").pop().toLowerCase()] || "");

export const picturesIn = (files) => [...files].filter(typeOf);

export async function readPictures(files, notice) {
  let found = 0;
  for (const [place, file] of files.entries()) {
    notice(say(`正在识别第 ${place + 1} / ${files.length} 张截图……`, `Reading screenshot ${place + 1} of ${files.length} …`));
    const { sha256, engine, messages } = await api.read(file, typeOf(file));
    held.push({ picture: { sha256, engine, shown: await asData(file) }, messages: messages.map((read) => ({ read, text: read.text, own: read.own })) });
    found += messages.length;
    show();
  }
  if (found) {
    byId("read").scrollIntoView({ block: "start" });
    byId("read-title").focus({ preventScroll: true });
  }
  return found;
}

function asData(file) {
  return new Promise((done) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(reader.result));
    reader.addEventListener("error", () => done(""));
    reader.readAsDataURL(file);
  });
}

export function clearPictures() {
  held = [];
  show();
}

// What is left of the messages, in the form in which pasted ones are judged.
export function messagesRead(alone) {
  return held.flatMap(({ picture, messages }) => messages.filter(({ text, removed }) => !removed && text.trim()).map(({ read, text, own }) => ({
    given: { text, sender: own ? "我" : read.sender || alone.sender, time: read.time || alone.time },
    own,
    picture: { sha256: picture.sha256, engine: picture.engine, confidence: read.confidence, changed: text !== read.text },
  })));
}

function known({ read }, number) {
  const parts = [say(`第 ${number} 条`, `No. ${number}`), read.time, read.sender];
  return parts.filter(Boolean).join(" · ");
}

function one(message, number) {
  const area = h("textarea", { rows: "2", autocomplete: "off", spellcheck: "false", lang: "zh", "aria-label": say(`第 ${number} 条的文字`, `Text of no. ${number}`) });
  area.value = message.text;
  area.addEventListener("input", () => { message.text = area.value; });
  const own = h("input", { type: "checkbox" });
  own.checked = message.own;
  own.addEventListener("change", () => { message.own = own.checked; });
  const doubt = message.read.unsure ? h("p", { class: "review" }, say("这一条认得不准，请对照原图改正。", "This one was hard to read: compare it with the picture.")) : null;
  const remove = h("button", { type: "button", click: () => {
    message.removed = true;
    show();
    byId("read-title").focus();
  } }, say(`去掉第 ${number} 条`, `Remove no. ${number}`));
  return h("li", {}, h("p", { class: "soft" }, h("bdi", {}, known(message, number))), doubt, area,
    h("label", { class: "choice" }, own, say("这条是我自己发的，不用判断", "I wrote this one; do not judge it")), remove);
}

export function show() {
  const place = byId("read");
  let number = 0;
  const parts = held.map(({ picture, messages }, at) => {
    const left = messages.filter(({ removed }) => !removed);
    const shown = h("img", { src: picture.shown, alt: say(`第 ${at + 1} 张截图`, `Screenshot ${at + 1}`) });
    return [
      h("details", { class: "original" }, h("summary", {}, say(`对照第 ${at + 1} 张原图`, `Compare with screenshot ${at + 1}`)), shown),
      left.length ? h("ol", { class: "thread" }, left.map((message) => one(message, number += 1))) : h("p", {}, say("这张图上没有认出文字。", "No text was found on this picture.")),
    ];
  });
  const title = h("h2", { id: "read-title", tabindex: "-1" }, say("截图上认出的文字：请先对照改正", "Read off the screenshots: correct it first"));
  const go = number ? h("button", { class: "primary", type: "submit" }, say("改好了，看一看", "Corrected: look at it")) : null;
  place.hidden = !held.length;
  place.replaceChildren(...(held.length ? [title, ...parts.flat(), go].filter(Boolean) : []));
}

// Where a message comes from, for the record.
export function originOf({ sha256, engine, confidence, changed }) {
  const by = changed ? say("文字经人改过", "corrected by a person") : say("文字照识别结果", "as it was read");
  return [
    [say("图片 SHA-256", "SHA-256 of the picture"), sha256],
    [say("文字识别", "Text recognition"), say(`${engine}，把握 ${percent(confidence)}，${by}`, `${engine}, sure to ${percent(confidence)}, ${by}`)],
  ];
}
