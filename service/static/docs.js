"use strict";
// Renders /openapi.json: routes, bodies, answers with their examples, and schemas. Text goes in as text, never as HTML.

function element(name, content, ...children) {
  const made = document.createElement(name);
  if (content) made.textContent = content;
  made.append(...children);
  return made;
}

function nameOf(ref) {
  return ref.split("/").pop();
}

function typeOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" | ");
  if (schema.type === "array") return `[${typeOf(schema.items)}]`;
  if (schema.enum) return schema.enum.join(" | ");
  return schema.const || schema.type || "any";
}

function rulesOf(schema) {
  const names = ["default", "minimum", "maximum", "minLength", "maxLength", "maxItems", "pattern"];
  return names.filter((name) => name in schema).map((name) => `${name} ${schema[name]}`).join(", ");
}

function examplesOf(content) {
  if (content.examples) return Object.values(content.examples).map((each) => [each.summary, each.value]);
  return "example" in content ? [["example", content.example]] : [];
}

function shown(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

function media(contents) {
  const parts = [];
  for (const [type, content] of Object.entries(contents || {})) {
    parts.push(element("p", "", element("code", type), ` ${typeOf(content.schema)}`));
    for (const [title, value] of examplesOf(content)) {
      parts.push(element("details", "", element("summary", title), element("pre", shown(value))));
    }
  }
  return parts;
}

function route(method, path, operation) {
  const part = element("section", "", element("h2", `${method.toUpperCase()} ${path}`), element("p", operation.description));
  if (operation.security) part.append(element("p", "Needs the header X-API-Key."));
  if (operation.requestBody) part.append(element("h3", "Body"), ...media(operation.requestBody.content));
  for (const [status, response] of Object.entries(operation.responses)) {
    part.append(element("h3", `${status} ${response.description}`), ...media(response.content));
  }
  return part;
}

function schema(name, described) {
  const part = element("section", "", element("h3", name), element("p", described.description));
  const table = element("table");
  for (const [field, rules] of Object.entries(described.properties || {})) {
    const cells = [field, typeOf(rules), rulesOf(rules), rules.description];
    table.append(element("tr", "", ...cells.map((cell) => element("td", cell))));
  }
  if (described.enum) part.append(element("p", described.enum.join(", ")));
  part.append(table);
  return part;
}

async function render() {
  const described = await (await fetch("/openapi.json")).json();
  const main = document.getElementById("document");
  main.prepend(element("h1", `${described.info.title} ${described.info.version}`), element("p", described.info.description));
  for (const [path, operations] of Object.entries(described.paths)) {
    for (const [method, operation] of Object.entries(operations)) main.append(route(method, path, operation));
  }
  main.append(element("h2", "Schemas"));
  for (const [name, each] of Object.entries(described.components.schemas)) main.append(schema(name, each));
}

render();
