/**
 * Lists the classes as buttons and calls `onChange(hidden)` with the set of hidden classes after each change.
 * A double-click shows one class alone, or all again where it was alone already.
 */
export function createLegend(section, { classes, colours, counts }, onChange) {
  const hidden = new Set();
  const buttons = classes.map((name, index) => legendButton(name, colours[index], counts[index]));
  section.querySelector("ul").append(...buttons.map(inItem));
  section.hidden = false;

  const update = () => {
    for (const [index, button] of buttons.entries()) button.setAttribute("aria-pressed", String(!hidden.has(index)));
    onChange(hidden);
  };
  const show = (wanted) => {
    hidden.clear();
    for (const index of classes.keys()) if (!wanted(index)) hidden.add(index);
    update();
  };
  buttons.forEach((button, index) => {
    button.addEventListener("click", (event) => {
      // The second click of a double-click: the first has toggled this class, and that is overruled here.
      if (event.detail === 2) return show(button.wasAlone ? () => true : (other) => other === index);
      button.wasAlone = hidden.size === classes.length - 1 && !hidden.has(index);
      if (!hidden.delete(index)) hidden.add(index);
      update();
    });
  });
  section.querySelector("#all").addEventListener("click", () => show(() => true));
  update();
}

function legendButton(name, colour, count) {
  const button = document.createElement("button");
  button.type = "button";
  button.title = name;
  button.style.setProperty("--color", colour);
  button.append(span("name", name), span("count", count.toLocaleString("en")));
  return button;
}

function span(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

function inItem(button) {
  const item = document.createElement("li");
  item.append(button);
  return item;
}
