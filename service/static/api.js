// The only requests of this page, all to the service that shows it. A key is held here and nowhere else.

import { say } from "/static/words.js";

let key = "";
let info = null;

export const useKey = (given) => { key = given; };

export class Problem extends Error {
  constructor(name, detail, wait = "") {
    super(name);
    Object.assign(this, { name, detail, wait });
  }
}

async function ask(path, body, type = "application/json") {
  const headers = key ? { "X-API-Key": key } : {};
  const sent = body instanceof Blob ? body : JSON.stringify(body);
  const options = body === undefined ? { headers } : { method: "POST", headers: { ...headers, "Content-Type": type }, body: sent };
  let answer;
  try {
    answer = await fetch(path, { ...options, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" });
  } catch {
    throw new Problem("offline", "");
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({ type: "", detail: "" }));
  throw new Problem(String(told.type).split(":").pop() || "unknown", told.detail, answer.headers.get("Retry-After") || "");
}

async function limitsOf() {
  info ??= await (await ask("/v1/info")).json();
  return info.limits;
}

export const software = () => `${info.name} ${info.version}`;

// Whether the service can read pictures.
export async function canRead() {
  await limitsOf();
  return Boolean(info.pictures);
}

export async function read(picture, type) {
  const { max_picture: most } = await limitsOf();
  if (picture.size > most) throw new Problem("picture-too-large", "");
  return (await ask("/v1/read", picture, type)).json();
}

export async function split(text) {
  return (await ask("/v1/split", { text })).json();
}

// Judges messages in batches that the service takes; `told` is called with how many are done.
export async function advise(messages, told) {
  const { max_batch: most, max_body: bytes } = await limitsOf();
  const found = [];
  for (const batch of cut(messages, Math.min(most, 100), bytes / 8)) {
    const answer = await (await ask("/v1/advise/batch", { messages: batch })).json();
    found.push(...answer.messages.map((entry) => ({ ...entry, guidance: answer.guidance[entry.guidance] })));
    told(found.length);
  }
  return found;
}

function* cut(messages, most, characters) {
  let batch = [];
  let size = 0;
  for (const message of messages) {
    if (batch.length && (batch.length === most || size + message.text.length > characters)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(message);
    size += message.text.length;
  }
  if (batch.length) yield batch;
}

export const dossierPage = async (messages, lang) => (await ask("/v1/dossier", { messages, lang })).blob();
export const dossierFiles = async (messages, lang) => (await ask("/v1/dossier/files", { messages, lang })).blob();
export const drafts = async (messages) => (await (await ask("/v1/dossier/drafts", { messages })).json()).drafts;

export function plainWords(problem) {
  const most = info ? info.limits.max_text : 4000;
  const words = {
    offline: () => say("连不上服务。请看一下网络，再试一次。", "The service cannot be reached. Check the network and try again."),
    "too-large": () => say(
      `太长或太多，没有判断。一条最多 ${most} 字；很多条的，选“每行一条”，或者分几次看。`,
      `Too long or too many; not judged. A message may have ${most} characters: choose “a message on each line”, or fewer at a time.`),
    "picture-too-large": () => say(
      `图片太大，最大 ${Math.floor((info ? info.limits.max_picture : 10485760) / 1048576)} MB。请裁小一点，或者分几张截。`,
      "The picture is too large. Crop it, or take several screenshots."),
    "unreadable-picture": () => say(
      "这张图片读不了：可能损坏、太大，或不是图片。请重新截图，或者把文字复制过来。",
      "This picture cannot be read: damaged, too large, or no picture. Take the screenshot again, or copy the words."),
    "not-a-picture": () => say("这个文件不是能读的图片。请用 PNG 或 JPEG 截图。", "This file is no picture that can be read. Use a PNG or JPEG."),
    "no-text-recognition": () => say(
      "这里没有安装文字识别，读不了图片：请把截图上的文字复制出来，粘贴到框里。",
      "No text recognition is installed here: copy the words off the screenshot and paste them."),
    unreadable: () => say("没有文字可以判断。", "There is no text to judge."),
    busy: () => again(problem),
    "rate-limited": () => again(problem),
    "timed-out": () => again(problem),
  };
  return (words[problem.name] || (() => say("出了问题，没有判断。请再试一次。", "Something went wrong. Please try again.")))();
}

const again = (problem) => say(`现在人多，请过 ${problem.wait || "几"} 秒再试。`, `The service is busy; try again in ${problem.wait || "a few"} seconds.`);
