// Tables that stack on a narrow screen: each cell is told the name of its column, an empty one takes no
// room, and the table has the roles that it loses when it is no longer drawn as one.
const NOTHING = ["", "—"];
const ROLES = { table: "table", thead: "rowgroup", tbody: "rowgroup", tr: "row", td: "cell" };

// What a head says to the eye: a column of buttons has a name for the ear alone.
function shownName(head) {
  const shown = [...head.childNodes].filter((node) => !node.classList?.contains("visually-hidden"));
  return shown.map((node) => node.textContent).join("").trim();
}

function nameCells(root = document) {
  for (const table of root.querySelectorAll("table.stacks:not(.named)")) {
    const names = [...table.tHead.rows[0].cells].map((head) => ("plain" in head.dataset ? "" : shownName(head)));
    for (const row of table.tBodies[0].rows) {
      for (const cell of row.cells) {
        cell.dataset.label = names[cell.cellIndex] ?? "";
        if (NOTHING.includes(cell.textContent.trim()) && !cell.firstElementChild) cell.classList.add("nothing");
      }
    }
    table.setAttribute("role", ROLES.table);
    for (const part of table.querySelectorAll("thead, tbody, tr, td")) {
      part.setAttribute("role", ROLES[part.localName]);
    }
    for (const head of table.querySelectorAll("th")) {
      head.setAttribute("role", head.scope === "row" ? "rowheader" : "columnheader");
    }
    table.classList.add("named");
  }
}

nameCells();
document.addEventListener("htmx:afterSwap", ({ target }) => nameCells(target));
