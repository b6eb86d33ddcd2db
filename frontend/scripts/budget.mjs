// What the first load weighs, compressed, and what each page adds. Fails when the shell is over its budget;
// with --report it writes BUNDLE.md.
import { readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET = 300 * 1024;
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist)));

const weights = new Map();
function weight(file) {
  if (!weights.has(file)) weights.set(file, gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length);
  return weights.get(file);
}

/** Every file that a chunk needs before it runs: itself, what it imports statically, and their styles. */
function needed(key, seen = new Set()) {
  const chunk = manifest[key];
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const each of chunk.imports ?? []) needed(each, seen);
  return seen;
}

function files(keys) {
  return new Set([...keys].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]));
}

function sum(set) {
  return [...set].reduce((total, file) => total + weight(file), 0);
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const shellKeys = [
  "src/app/shell/Shell.tsx",
  "src/app/locales/en.json",
  "src/components/feedback/locales/en.json",
];
const shell = files([entry, ...shellKeys].flatMap((key) => [...needed(key)]));
const total = sum(shell);
const kB = (bytes) => `${(bytes / 1024).toFixed(1)} kB`;

const pages = Object.keys(manifest)
  .filter((key) => manifest[key].isDynamicEntry && /^src\/(features|components)\/.*\.tsx?$/.test(key))
  .map((key) => [key, sum([...files(needed(key))].filter((file) => !shell.has(file)))])
  .sort(([, a], [, b]) => b - a);

if (process.argv.includes("--report")) {
  const rows = pages.map(([key, bytes]) => `| \`${key.replace("src/", "")}\` | ${kB(bytes)} |`);
  const text = [
    "# What the browser loads",
    "",
    "Compressed with gzip; written by `npm run report`. Fonts come on top: only the scripts that a page shows are fetched.",
    "",
    `**First load of the shell: ${kB(total)}** (budget ${kB(BUDGET)}, checked by every build).`,
    "",
    "| Loaded on demand, beyond the shell | |",
    "|---|---|",
    ...rows,
    "",
  ];
  writeFileSync(new URL("../BUNDLE.md", import.meta.url), text.join("\n"));
}
console.log(`first load ${kB(total)} compressed, budget ${kB(BUDGET)}`);
if (total > BUDGET) {
  console.error("The first load is over its budget.");
  process.exit(1);
}
