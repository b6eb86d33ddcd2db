/** Starts the web UI. */

import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/vazirmatn/wght.css";
import "./app/global.css";

import { createRoot } from "react-dom/client";

import { App } from "./app/App";
import { startTranslations } from "./lib/i18n";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no #root.");
await startTranslations();
createRoot(root).render(<App />);
