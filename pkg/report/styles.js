// How a report looks. Colours are the system's, and follow `color-scheme`; custom properties and parts (report.d.ts) go before.
export const STYLES = `
:host {
  display: block;
  container-type: inline-size;
  color: var(--nightlatch-text, CanvasText);
  font: inherit;
  line-height: 1.5;
}

:host([hidden]) {
  display: none;
}

article {
  --good: var(--nightlatch-good, #17694a);
  --open: var(--nightlatch-open, #8f4a00);
  --dim: var(--nightlatch-dim, color-mix(in srgb, CanvasText 70%, Canvas));
  --line: var(--nightlatch-line, color-mix(in srgb, CanvasText 18%, Canvas));
  --bar: var(--nightlatch-bar, currentColor);
  display: grid;
  gap: 1rem;
}

@supports (color: light-dark(red, red)) {
  article {
    --good: var(--nightlatch-good, light-dark(#17694a, #84dcb1));
    --open: var(--nightlatch-open, light-dark(#8f4a00, #ffbe78));
  }
}

p, h1, h2, h3, h4, h5, h6, ul {
  margin: 0;
  padding: 0;
}

ul {
  list-style: none;
}

[part~="eyebrow"], [part~="summary"], [part~="text"], [part~="items"] {
  color: var(--dim);
}

[part~="eyebrow"], [part~="text"], [part~="items"], [part~="problem"] {
  font-size: 0.94em;
}

[part~="title"] {
  font-size: 1.5em;
  line-height: 1.15;
  text-wrap: balance;
}

[part~="name"], [part~="problems-title"] {
  font-size: 1.05em;
  line-height: 1.4;
}

[part~="layers"] {
  border-top: 1px solid var(--line);
}

[part~="layer"] {
  display: grid;
  grid-template-columns: 1.5rem minmax(0, 1fr) 8.5rem 7rem;
  gap: 0.2rem 1rem;
  align-items: start;
  padding: 0.9rem 0;
  border-bottom: 1px solid var(--line);
}

[part~="mark"] {
  display: grid;
  box-sizing: border-box;
  width: 1.5rem;
  height: 1.5rem;
  place-items: center;
  border: 2px solid currentColor;
  border-radius: 50%;
  color: var(--dim);
  font-size: 0.85rem;
  font-weight: 800;
  line-height: 1;
}

[part~="mark"]::before {
  content: "–";
}

[part~="mark"][part~="good"] {
  border-color: var(--good);
  background: var(--good);
  color: var(--nightlatch-surface, Canvas);
}

[part~="mark"][part~="good"]::before {
  content: "✓";
}

[part~="mark"][part~="open"]::before {
  content: "!";
}

[part~="outcome"] {
  font-weight: 600;
}

[part~="outcome"][part~="none"] {
  color: var(--dim);
  font-weight: 400;
}

[part~="outcome"][part~="good"] {
  color: var(--good);
}

:is([part~="mark"], [part~="outcome"])[part~="open"] {
  color: var(--open);
}

[part~="time"] {
  display: grid;
  gap: 0.45rem;
  font-variant-numeric: tabular-nums;
  text-align: end;
}

[part~="bar"] {
  display: block;
  height: 0.25rem;
  border-radius: 99rem;
  background: var(--line);
}

[part~="bar"]::before {
  content: "";
  display: block;
  width: max(0.25rem, calc(var(--at) * 100%));
  height: 100%;
  border-radius: inherit;
  background: var(--bar);
}

summary {
  width: fit-content;
  cursor: pointer;
}

:focus-visible {
  outline: 3px solid var(--nightlatch-ring, currentColor);
  outline-offset: 3px;
}

[part~="items"] ul {
  display: grid;
  gap: 0.2rem;
  margin-top: 0.4rem;
}

[part~="problems"] {
  display: grid;
  gap: 0.3rem;
}

code {
  font: 0.92em ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  overflow-wrap: anywhere;
}

@container (max-width: 34rem) {
  [part~="layer"] {
    grid-template-columns: 1.5rem minmax(0, 1fr) auto;
  }

  [part~="words"] {
    grid-column: 2 / -1;
  }

  [part~="outcome"] {
    grid-area: 2 / 2;
  }

  [part~="time"] {
    grid-area: 2 / 3;
    min-width: 5rem;
  }
}

@media print {
  [part~="layer"] {
    break-inside: avoid;
  }

  [part~="bar"] {
    display: none;
  }
}
`;
