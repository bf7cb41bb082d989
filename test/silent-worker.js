// A worker that never says it is ready.
setInterval(() => {}, 1000);
