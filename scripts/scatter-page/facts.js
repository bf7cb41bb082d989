/** Writes names and values into a list (`dl`), in place of what was there. */
export function listFacts(list, facts) {
  const elements = facts.flatMap(([name, value]) => [element("dt", name), element("dd", value)]);
  list.replaceChildren(...elements);
}

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
