// Elements from values. Text goes in as text, never as markup.

export function h(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export const byId = (id) => document.getElementById(id);

// A part that is folded away, and made only when it is opened.
export function folded(title, make, attributes = {}) {
  const part = h("details", attributes, h("summary", {}, title));
  part.addEventListener("toggle", () => part.open && part.children.length === 1 && part.append(...[make()].flat(Infinity)));
  return part;
}

// Characters without a look of their own, or that turn the writing round, are shown as their codes.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const PLAIN = "\n\t\u200d";

export const isUnseen = (character) => UNSEEN.test(character) && !PLAIN.includes(character);

export function codeOf(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

export function inert(text) {
  const parts = [];
  let plain = "";
  const characters = Array.from(text);
  for (let place = 0; place < characters.length; place += 1) {
    const character = characters[place];
    if (!isUnseen(character)) {
      plain += character;
      continue;
    }
    let times = 1;
    while (characters[place + 1] === character) {
      times += 1;
      place += 1;
    }
    if (plain) parts.push(plain);
    plain = "";
    parts.push(h("span", { class: "unseen" }, codeOf(character) + (times > 1 ? `×${times}` : "")));
  }
  return plain ? [...parts, plain] : parts;
}
