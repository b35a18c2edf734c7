"use strict";
// Search, and sorting by a column, for tables that are long; without this script they are plain tables.
(() => {
  const scale = { thousand: 1e3, million: 1e6, billion: 1e9 };
  const value = (text) => {
    const found = text.replace(/,/g, "").match(/-?\d+(\.\d+)?/);
    if (!found) return null;
    const word = text.match(/thousand|million|billion/);
    return Number(found[0]) * (word ? scale[word[0]] : 1);
  };
  const compare = (column, numeric) => (a, b) => {
    const [x, y] = [a, b].map((row) => row.cells[column].textContent.trim());
    if (!numeric) return x.localeCompare(y);
    return (value(x) ?? -Infinity) - (value(y) ?? -Infinity);
  };
  for (const table of document.querySelectorAll("table.list")) {
    const body = table.tBodies[0], rows = [...body.rows];
    const label = document.createElement("label"), box = document.createElement("input");
    const told = document.createElement("output");
    box.type = "search";
    label.className = "find";
    label.append("Find in this table ", box, told);
    table.closest(".scroll").before(label);
    box.addEventListener("input", () => {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        shown += row.hidden ? 0 : 1;
      }
      const count = "{shown} of {count}".replace("{shown}", shown).replace("{count}", rows.length);
      told.textContent = words.length ? ` ${count}` : "";
    });
    [...table.tHead.rows[0].cells].forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const order = [...rows].sort(compare(column, head.classList.contains("n")));
        body.append(...(down ? order.reverse() : order));
      });
    });
  }
})();
