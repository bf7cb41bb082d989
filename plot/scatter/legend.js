/**
 * Lists the classes. Their names are buttons that hide and show them; "only" singles one out, and takes that back.
 * Calls `onChange({ hidden, alone })` after each change: the set of hidden classes, and the class that is singled out, if any.
 * @returns `release`, which singles out none
 */
export function createLegend(section, { classes, colours, counts }, onChange) {
  const hidden = new Set();
  let alone;
  const names = classes.map((name, index) => nameButton(name, colours[index], counts[index]));
  const onlys = classes.map(onlyButton);
  section.querySelector("ul").append(...names.map((button, index) => item(button, onlys[index])));
  section.hidden = false;

  const update = () => {
    for (const index of classes.keys()) {
      names[index].setAttribute("aria-pressed", !hidden.has(index));
      onlys[index].setAttribute("aria-pressed", index === alone);
    }
    section.classList.toggle("singled", alone !== undefined);
    onChange({ hidden, alone });
  };
  for (const index of classes.keys()) {
    names[index].addEventListener("click", () => {
      if (!hidden.delete(index)) hidden.add(index);
      if (hidden.has(alone)) alone = undefined;
      update();
    });
    onlys[index].addEventListener("click", () => {
      alone = alone === index ? undefined : index;
      hidden.delete(index);
      update();
    });
  }
  section.querySelector("#all").addEventListener("click", () => {
    hidden.clear();
    alone = undefined;
    update();
  });
  update();

  return {
    release() {
      if (alone === undefined) return;
      alone = undefined;
      update();
    },
  };
}

function nameButton(name, colour, count) {
  const made = button("class");
  made.title = name;
  made.style.setProperty("--color", colour);
  made.append(span("name", name), span("count", count.toLocaleString("en")));
  return made;
}

function onlyButton(name) {
  const made = button("only");
  made.textContent = "only";
  made.setAttribute("aria-label", `only ${name}`);
  return made;
}

function button(className) {
  return Object.assign(document.createElement("button"), { type: "button", className });
}

function span(className, text) {
  return Object.assign(document.createElement("span"), { className, textContent: text });
}

function item(...parts) {
  const made = document.createElement("li");
  made.append(...parts);
  return made;
}
