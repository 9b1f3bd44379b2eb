import "@fontsource-variable/fredoka/index.css";
import "@fontsource-variable/nunito/index.css";
import "./app/styles/index.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { session } from "./api/client";
import { App } from "./app/App";
import { takeShare } from "./features/viewer/shareLinks";

takeShare();
void session.restore();

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
