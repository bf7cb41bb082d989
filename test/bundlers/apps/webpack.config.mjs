export default {
  mode: "production",
  entry: "./app.js",
  output: { filename: "main.js" },
  performance: { hints: false },
};
