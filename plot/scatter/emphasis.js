import { boxOfMost } from "./near.js";

/**
 * Which points are to be seen and which of them stand out, the others being faded: those that somebody has selected, or else
 * the class that the legend singles out, which comes into view.
 * @param {{ view: object, home: () => void, onSelect: (count: number) => void }} page `onSelect` gets how many are selected
 */
export function createEmphasis(scatterplot, points, { view, home, onSelect }) {
  let { hidden, alone } = { hidden: new Set(), alone: undefined };
  let selected = [];

  const isHidden = (point) => hidden.has(points.labels[point]);
  const isSeen = (point) => !isHidden(point) && (alone === undefined || points.labels[point] === alone);
  const singled = () => (alone === undefined ? [] : Array.from(points.labels.keys()).filter(isSeen));

  function select(wanted) {
    selected = wanted;
    scatterplot.select(selected.length > 0 ? selected : singled(), { preventEvent: true });
    onSelect(selected.length);
  }
  scatterplot.subscribe("select", ({ points }) => select([...points]));
  scatterplot.subscribe("deselect", () => select([]));

  return {
    isSeen,
    /** Selects nothing any more; says whether anything was. */
    clear() {
      const had = selected.length > 0;
      scatterplot.hover(-1);
      select([]);
      return had;
    },
    /** Takes what the legend says. */
    showClasses(wanted) {
      const changed = wanted.alone !== alone;
      ({ hidden, alone } = wanted);
      scatterplot.hover(-1);
      const all = Array.from(points.labels.keys());
      if (hidden.size === 0) scatterplot.unfilter({ preventEvent: true });
      else
        scatterplot.filter(
          all.filter((point) => !isHidden(point)),
          { preventEvent: true },
        );
      select(changed ? [] : selected.filter((point) => !isHidden(point)));
      if (changed && alone === undefined) home();
      if (changed && alone !== undefined) view.frame(boxOfMost(points, singled()));
    },
  };
}
