"use client";
import { useEffect } from "react";
// Imported on the server too, where the page is rendered first.
import { UMAP } from "umap-wasm";

export default function Page() {
  useEffect(() => void import("../app.js"), []);
  return <p>{UMAP.name}</p>;
}
