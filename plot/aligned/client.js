// The script of the page: reads the embeddings out of the page and puts views, timeline, legend and facts together.
import { listFacts, showFacts } from "../scatter/facts.js";
import { createLegend } from "../scatter/legend.js";
import { palette } from "../scatter/palette.js";
import { readPlot } from "../scatter/plot-data.js";
import { shuffled } from "../scatter/shuffled.js";
import { createTooltip } from "../scatter/tooltip.js";
import { createStage } from "./stage.js";
import { createTimeline } from "./timeline.js";

const byId = (id) => document.getElementById(id);
const elements = (...ids) => Object.fromEntries(ids.map((id) => [id, byId(id)]));

function showTexts({ title, axis, facts }) {
  document.title = title;
  byId("title").textContent = title;
  byId("axis").textContent = axis;
  showFacts(facts);
}

function connectLegend(stage, { labels, classes }, colours) {
  const order = shuffled(labels.keys());
  const counts = classes.map((_, index) => labels.filter((label) => label === index).length);
  createLegend(byId("legend"), { classes, colours, counts }, ({ hidden, alone }) => {
    const isShown = (label) => (alone === undefined ? !hidden.has(label) : label === alone);
    stage.show(order.filter((point) => isShown(labels[point])));
  });
}

function connectTimeline(stage, { slices }) {
  const names = slices.map(({ name }) => name);
  createTimeline(elements("slider", "play", "ticks"), names, (time) => {
    stage.seek(time);
    listFacts(byId("now"), slices[Math.round(time)].facts);
  });
}

/** Pixels from a point at which a mouse or a finger still means it. */
const REACH = { mouse: 8, touch: 24 };

function connectHover(stage, tooltip) {
  const leave = () => {
    stage.highlight(undefined);
    tooltip.hide();
  };
  const point = (view, { clientX, clientY }, reach) => {
    const { left, top } = view.element.getBoundingClientRect();
    const [x, y] = [clientX - left, clientY - top];
    const found = stage.find(view, [x, y], reach);
    if (found === undefined) return leave();
    stage.highlight(found);
    tooltip.show(found, [x + view.element.offsetLeft, y + view.element.offsetTop]);
  };
  for (const view of stage.views) {
    view.element.addEventListener("pointermove", (event) => {
      if (event.buttons === 0) point(view, event, REACH.mouse);
    });
    // A finger does not hover.
    view.element.addEventListener("click", (event) => {
      if (event.pointerType === "touch") point(view, event, REACH.touch);
    });
    for (const kind of ["pointerleave", "pointerdown"]) view.element.addEventListener(kind, leave);
  }
}

async function main() {
  const plot = await readPlot(byId("data").textContent);
  showTexts(plot);
  const colours = palette(plot.classes.length);
  const stage = createStage(plot, colours, { area: byId("views"), ...elements("canvas", "side", "top", "labels") });
  connectLegend(stage, plot, colours);
  connectTimeline(stage, plot);
  connectHover(stage, createTooltip(byId("tooltip"), { ...plot, colours }));
  byId("reset").addEventListener("click", () => {
    for (const view of stage.views) view.controls.reset();
  });
  byId("message").hidden = true;
}

main().catch((error) => {
  byId("message").hidden = false;
  byId("message").textContent = `The plot could not be drawn: ${error.message}`;
  throw error;
});
