/** Writes names and values into a list (`dl`), in place of what was there. */
export function listFacts(list, facts) {
  const elements = facts.flatMap(([name, value]) => [element("dt", name), element("dd", value)]);
  list.replaceChildren(...elements);
}

/** The facts of the page: beside the picture there is room for them, below it they would be in the way. */
export function showFacts(facts) {
  const about = document.getElementById("about");
  listFacts(about.querySelector("dl"), facts);
  about.hidden = facts.length === 0;
  about.open = matchMedia("(min-width: 721px)").matches;
}

function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}
