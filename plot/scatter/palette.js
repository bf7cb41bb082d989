// Twelve colours that stay apart on white and on near-black, then as many more as are needed.
const CHOSEN = [
  "#3274d9",
  "#e8743b",
  "#2a9d56",
  "#d43d4f",
  "#8e5bd0",
  "#8a5a3c",
  "#de62b0",
  "#7c8798",
  "#b5a51c",
  "#17a7b8",
  "#0b4f8a",
  "#6ab82e",
];

/** The golden angle spreads hues evenly however many there are; lightness alternates so that close hues still differ. */
function further(index) {
  const hue = ((index * 137.508) % 360) / 360;
  const lightness = [0.45, 0.6, 0.36][index % 3];
  const channel = (shift) => {
    const at = (shift + hue * 12) % 12;
    const value = lightness - 0.6 * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(at - 3, 9 - at, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, "0");
  };
  return `#${channel(0)}${channel(8)}${channel(4)}`;
}

export const palette = (count) => Array.from({ length: count }, (_, index) => CHOSEN[index] ?? further(index));
