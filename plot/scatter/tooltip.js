/** What is shown of a point: its class, its name or row and, where the page has them, its image. */
export function createTooltip(element, { classes, colours, labels, names, images }) {
  const [image, name, row] = element.children;
  const draw = images && imagePainter(image, images);
  const classOf = (point) => classes?.[labels[point]];
  const nameOf = (point) => names?.[point] ?? `row ${point.toLocaleString("en")}`;

  return {
    hide: () => {
      element.hidden = true;
    },
    /** The same in words. */
    describe: (point) => [classOf(point), nameOf(point)].filter(Boolean).join(", "),
    show: (point, [x, y]) => {
      name.hidden = !classes;
      name.textContent = classOf(point) ?? "";
      element.style.setProperty("--color", colours[labels[point]]);
      row.textContent = nameOf(point);
      draw?.(point);
      element.hidden = false;
      // To the left or above where the right or lower edge is near.
      const { clientWidth, clientHeight } = element.parentElement;
      const left = x + 14 + element.offsetWidth > clientWidth ? x - 14 - element.offsetWidth : x + 14;
      const top = Math.min(Math.max(y - element.offsetHeight / 2, 8), clientHeight - element.offsetHeight - 8);
      element.style.transform = `translate(${left}px, ${top}px)`;
    },
  };
}

function imagePainter(canvas, { data, width, height }) {
  Object.assign(canvas, { width, height, hidden: false });
  const context = canvas.getContext("2d");
  const pixels = context.createImageData(width, height);
  return (point) => {
    const from = point * width * height;
    for (let i = 0; i < width * height; i++)
      pixels.data.set([data[from + i], data[from + i], data[from + i], 255], 4 * i);
    context.putImageData(pixels, 0, 0);
  };
}
