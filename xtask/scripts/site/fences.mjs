/** The code that stands in fences on a page: its language, what follows it, the number of the fence's line, and the code. */
export function fences(text) {
  const found = [];
  let open;
  for (const [at, line] of text.split("\n").entries()) {
    const fence = /^```(\w*) ?(.*)/.exec(line);
    if (open && line === "```") {
      const { lines, ...rest } = open;
      found.push({ ...rest, code: lines.join("\n") });
      open = undefined;
    } else if (open) {
      open.lines.push(line);
    } else if (fence) {
      open = { language: fence[1], mark: fence[2], line: at + 1, lines: [] };
    }
  }
  return found;
}
