// What the page shows, read from its elements by their place on the screen, and compared with the organization itself.

import assert from "node:assert/strict";

const CODES = {
    Admin: "A",
    PowerUser: "PU",
    ReadOnly: "RO",
    Billing: "B",
    Support: "Su",
    Network: "N",
    Security: "Se",
    Deploy: "D",
};

// What the cells that can be seen say, and whether each stands where its numbers say.
export const SEEN = `(() => {
    const grid = document.getElementById("grid");
    const box = grid.getBoundingClientRect();
    const size = (name) => parseFloat(grid.style.getPropertyValue(name));
    const seen = [];
    for (const cell of grid.querySelectorAll(".cell")) {
        const place = cell.getBoundingClientRect();
        if (place.width === 0 || cell.parentNode.hidden) continue;
        if (place.right <= box.left + size("--head-width") + 1 || place.left >= box.left + grid.clientWidth) continue;
        if (place.bottom <= box.top + size("--head-height") + 24 + 1 || place.top >= box.top + grid.clientHeight) continue;
        const row = cell.parentNode.getAttribute("aria-rowindex") - 3;
        const column = cell.getAttribute("aria-colindex") - 2;
        const top = box.top + grid.clientTop + size("--head-height") + 24 + row * 26 - grid.scrollTop;
        const left = box.left + grid.clientLeft + size("--head-width") + column * size("--cell-width") - grid.scrollLeft;
        seen.push({ row, column, text: cell.textContent, isPlaced: Math.abs(place.top - top) < 2 && Math.abs(place.left - left) < 2,
            name: cell.parentNode.querySelector(".row-head").textContent, isMarked: cell.classList.contains("marked") });
    }
    return seen;
})()`;

// What a cell must say, from the organization and not from the page.
function textOf(person, environment, types) {
    if (person.isAdmin) return "all";
    const held = types.filter((type) =>
        person.groups.some((group) => group.environment === environment && group.type === type),
    );
    return held.map((type) => CODES[type]).join(" ");
}

export async function assertSeen(tab, people, columns, types) {
    const seen = await tab.value(SEEN);
    const box = await tab.value(`({ rows: Math.floor((page.at.grid.clientHeight - page.grid.topHeight) / 26),
        columns: Math.floor((page.at.grid.clientWidth - page.grid.headWidth) / page.grid.cellWidth) })`);
    assert.ok(
        seen.length >= Math.min(box.rows, people.length) * Math.min(box.columns, columns.length),
        "the window is filled",
    );
    assert.equal(
        new Set(seen.map(({ row, column }) => `${row} ${column}`)).size,
        seen.length,
        "no cell is there twice",
    );
    for (const { row, column, text, name, isPlaced } of seen) {
        const wanted = textOf(people[row], columns[column], types);
        assert.ok(isPlaced, `row ${row} column ${column} stands elsewhere`);
        assert.equal(name, people[row].name);
        if (!text.includes("+")) assert.equal(text, wanted, `${name}, column ${column}`);
        else assert.ok(wanted.startsWith(text.slice(0, text.indexOf(" +"))), `${name}: ${text} for ${wanted}`);
    }
}

// How long a change takes until it is drawn.
export const TIMED = `(change) => {
    const begin = performance.now();
    change();
    document.body.getBoundingClientRect(); // what was asked for, and its layout
    return performance.now() - begin;
}`;

export const milliseconds = (numbers) => `${numbers.map((value) => value.toFixed(0)).join(", ")} ms`;
export const spread = (numbers) => {
    const sorted = [...numbers].sort((a, b) => a - b);
    return `the median ${milliseconds([sorted[sorted.length >> 1]])}, the longest ${milliseconds([sorted.at(-1)])}`;
};
