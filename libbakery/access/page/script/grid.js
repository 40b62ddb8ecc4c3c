// The matrix. A million cells are never in the document: of those that can be seen there is one element each, in a
// ring, so that the cell of row r and column c stands in element r % height, c % width, and scrolling fills only what
// came in.

const ROW_HEIGHT = 26; // pixels, as in style.css
const BAND_HEIGHT = 24;
const SPARE = 2; // rows and columns that are ready beyond the edge

/**
 * host is {cellText(row, account), isMarked(row, account), labelOf(row, account), onMove(), onOpen({takeFocus})}.
 * The cursor is on a cell, on the head of a row (column -1) or on the head of a column (row -1).
 */
class Grid {
    constructor(root, host) {
        this.root = root;
        this.host = host;
        this.rows = [];
        this.accounts = [];
        this.cursor = { row: 0, column: 0 };
        this.generation = 0; // what was drawn for an older one is stale
        this.heads = []; // of columns, in a ring as well
        this.ring = []; // of rows: {element, head, cells, row}
        this.build();
        root.addEventListener("scroll", () => this.drawSoon(), { passive: true });
        root.addEventListener("keydown", (event) => this.onKey(event));
        root.addEventListener("click", (event) => this.onClick(event));
        new ResizeObserver(() => this.drawSoon()).observe(root);
    }

    build() {
        this.corner = element("div", { class: "corner", role: "columnheader", "aria-colindex": "1" });
        this.band = element("div", { class: "band", role: "row", "aria-rowindex": "1" });
        this.headRow = element("div", { class: "heads", role: "row", "aria-rowindex": "2" }, this.corner);
        this.top = element("div", { class: "top", role: "rowgroup" }, this.band, this.headRow);
        this.body = element("div", { class: "body", role: "rowgroup" });
        this.root.append(this.top, this.body);
    }

    /** Shows other rows and columns. The cursor stays on its row and account where they are still there. */
    show(rows, accounts, cornerText) {
        const row = rows.indexOf(this.rows[this.cursor.row]);
        const column = accounts.indexOf(this.accounts[this.cursor.column]);
        this.rows = rows;
        this.accounts = accounts;
        this.cursor = { row: Math.max(row, 0), column: Math.max(column, 0) };
        this.generation++;
        this.corner.textContent = cornerText;
        this.width = this.headWidth + accounts.length * this.cellWidth;
        this.setSizes({ "--width": this.width, "--body-height": rows.length * ROW_HEIGHT });
        this.root.setAttribute("aria-rowcount", rows.length + 2);
        this.root.setAttribute("aria-colcount", accounts.length + 1);
        this.buildBand();
        this.clampScroll();
        this.draw();
    }

    /** Sizes follow from the widest texts: names of rows and accounts, and what stands in cells. To be called first. */
    measure(rows, accounts, cellTexts) {
        const widest = (texts) => texts.reduce((most, text) => Math.max(most, this.textWidth(text)), 0);
        const within = (value, least, most) => Math.ceil(Math.min(Math.max(value, least), most));
        const names = (list) => list.map(({ name }) => name);
        const room = this.root.parentNode.clientWidth;
        this.headWidth = within(widest(names(rows)) + 40, 130, Math.min(300, room * 0.4));
        this.headHeight = within(widest(names(accounts)) + 28, 60, 170);
        this.cellWidth = within(widest(cellTexts) + 12, 30, 100);
        this.topHeight = BAND_HEIGHT + this.headHeight;
        this.setSizes({
            "--head-width": this.headWidth,
            "--head-height": this.headHeight,
            "--cell-width": this.cellWidth,
        });
    }

    setSizes(sizes) {
        for (const [name, pixels] of Object.entries(sizes)) this.root.style.setProperty(name, `${pixels}px`);
    }

    // In the widest of the page's fonts, which is what marked cells and admins stand in. Names are measured once.
    textWidth(text) {
        if (!this.pen) {
            this.pen = document.createElement("canvas").getContext("2d");
            this.pen.font = `600 13px ${getComputedStyle(this.root).fontFamily}`;
            this.widths = new Map();
        }
        let width = this.widths.get(text);
        if (width === undefined) this.widths.set(text, (width = this.pen.measureText(text).width));
        return width;
    }

    // Environments stand above their accounts; the name stays in sight as long as one of them does.
    buildBand() {
        const spans = [];
        this.accounts.forEach((account, column) => {
            const last = spans.at(-1);
            if (last?.environment === account.environment) last.length++;
            else spans.push({ environment: account.environment, column, length: 1 });
        });
        this.band.replaceChildren(
            ...spans.map(({ environment, column, length }) => {
                const name = element("bdi", { class: "band-name", text: environment.name });
                const made = element(
                    "div",
                    { class: "span", role: "columnheader", "aria-colindex": column + 2, "aria-colspan": length },
                    name,
                );
                made.title = `${environment.name}: ${count(length, "account")}`;
                made.style.left = `${this.headWidth + column * this.cellWidth}px`;
                made.style.width = `${length * this.cellWidth}px`;
                return made;
            }),
        );
    }

    // Without this the browser would itself come down from a place that is gone, and draw twice.
    clampScroll() {
        const { root } = this;
        root.scrollTop = Math.min(
            root.scrollTop,
            Math.max(0, this.rows.length * ROW_HEIGHT + this.topHeight - root.clientHeight),
        );
        root.scrollLeft = Math.min(root.scrollLeft, Math.max(0, this.width - root.clientWidth));
    }

    drawSoon() {
        this.frame ??= requestAnimationFrame(() => {
            this.frame = null;
            this.draw();
        });
    }

    /** Rows and columns that can be seen now, with some to spare: from is in, to is out. */
    window() {
        const { scrollTop, scrollLeft, clientWidth, clientHeight } = this.root;
        const between = (first, seen, size) => {
            const from = Math.max(0, first - SPARE);
            return { from, to: Math.min(size, first + seen + SPARE) };
        };
        return {
            rows: between(
                Math.floor(scrollTop / ROW_HEIGHT),
                Math.ceil((clientHeight - this.topHeight) / ROW_HEIGHT) + 1,
                this.rows.length,
            ),
            columns: between(
                Math.floor(scrollLeft / this.cellWidth),
                Math.ceil((clientWidth - this.headWidth) / this.cellWidth) + 1,
                this.accounts.length,
            ),
        };
    }

    draw() {
        const { rows, columns } = this.window();
        this.sizeRing(rows.to - rows.from, columns.to - columns.from);
        const isStale = this.drawn !== this.generation;
        if (isStale) this.forget();
        for (let column = columns.from; column < columns.to; column++) this.drawHead(column);
        for (let row = rows.from; row < rows.to; row++) this.drawRow(row, columns);
        if (isStale) this.hideRest();
        this.markCursor();
    }

    // The ring grows with the window and never shrinks.
    sizeRing(height, width) {
        if (height <= this.ring.length && width <= this.heads.length) return;
        while (this.heads.length < width) this.heads.push(this.makeHead());
        while (this.ring.length < height) this.ring.push(this.makeRow());
        for (const line of this.ring)
            while (line.cells.length < this.heads.length) {
                const cell = element("div", { role: "gridcell" });
                line.cells.push(cell);
                line.element.append(cell);
            }
        this.generation++; // another size of the ring is another element for each cell
    }

    forget() {
        this.drawn = this.generation;
        for (const head of this.heads) head.column = -1;
        for (const line of this.ring) {
            line.row = -1;
            for (const cell of line.cells) cell.column = -1;
        }
    }

    hideRest() {
        for (const head of this.heads) hide(head, head.column < 0);
        for (const line of this.ring) {
            hide(line.element, line.row < 0);
            for (const cell of line.cells) hide(cell, cell.column < 0);
        }
    }

    makeHead() {
        const head = element("div", { class: "head-cell", role: "columnheader" }, nameElement(""));
        this.headRow.append(head);
        return head;
    }

    makeRow() {
        const head = element("div", { class: "row-head", role: "rowheader", "aria-colindex": "1" }, nameElement(""));
        const made = element("div", { class: "row", role: "row" }, head);
        this.body.append(made);
        return { element: made, head, cells: [], row: -1 };
    }

    drawHead(column) {
        const head = this.heads[column % this.heads.length];
        if (head.column === column) return;
        const account = this.accounts[column];
        head.column = column;
        head.firstChild.textContent = account.name;
        head.title = `${account.name} (${account.id}), ${account.environment.name}`;
        head.className = `head-cell${account.differences.length > 0 ? " marked" : ""}`;
        this.putIn(head, column);
    }

    drawRow(index, columns) {
        const line = this.ring[index % this.ring.length];
        if (line.row !== index) this.drawRowHead(line, index);
        for (let column = columns.from; column < columns.to; column++) {
            const cell = line.cells[column % line.cells.length];
            if (cell.column !== column || cell.row !== index) this.drawCell(cell, index, column);
        }
    }

    drawRowHead(line, index) {
        const row = this.rows[index];
        const differences = row.isGroup ? differencesOfRow(row) : row.differences;
        line.row = index;
        line.head.firstChild.textContent = row.name;
        line.head.title = row.isAdmin ? `${row.name}, Bakery admin: every role` : row.name;
        line.head.className = `row-head${row.isAdmin ? " admin" : ""}${differences.length > 0 ? " marked" : ""}`;
        line.element.className = index % 2 === 1 ? "row odd" : "row";
        line.element.setAttribute("aria-rowindex", index + 3);
        line.element.style.transform = `translateY(${index * ROW_HEIGHT}px)`;
        hide(line.element, false);
    }

    drawCell(cell, index, column) {
        const [row, account] = [this.rows[index], this.accounts[column]];
        const text = this.host.cellText(row, account);
        const isFirst = column > 0 && this.accounts[column - 1].environment !== account.environment;
        let kind = "cell";
        if (text) kind += " held";
        if (row.isAdmin) kind += " admin";
        if (isFirst) kind += " first";
        if (this.host.isMarked(row, account)) kind += " marked";
        if (cell.textContent !== text) cell.textContent = text;
        if (cell.className !== kind) cell.className = kind;
        cell.row = index;
        cell.column = column;
        this.putIn(cell, column);
    }

    // Most cells stay in their column when something is scrolled or filtered.
    putIn(node, column) {
        const left = this.headWidth + column * this.cellWidth;
        if (node.left !== left) {
            node.left = left;
            node.style.left = `${left}px`;
        }
        if (node.colIndex !== column) {
            node.colIndex = column;
            node.setAttribute("aria-colindex", column + 2);
        }
        hide(node, false);
    }

    /** The element of a place; null while it is not drawn. */
    elementOf({ row, column }) {
        const head = this.heads[column % this.heads.length];
        if (row < 0) return head?.column === column ? head : null;
        const line = this.ring[row % this.ring.length];
        if (line?.row !== row) return null;
        if (column < 0) return line.head;
        const cell = line.cells[column % line.cells.length];
        return cell?.column === column && cell.row === row ? cell : null;
    }

    // A cell gets its id and its label with the cursor: the other thousand need none.
    markCursor() {
        const { row, column } = this.cursor;
        for (const old of this.root.querySelectorAll(".crossed")) old.classList.remove("crossed");
        const old = this.root.querySelector(".cursor");
        old?.classList.remove("cursor");
        old?.removeAttribute("id");
        old?.removeAttribute("aria-label");
        if (row >= 0) this.elementOf({ row, column: -1 })?.classList.add("crossed");
        if (column >= 0) this.elementOf({ row: -1, column })?.classList.add("crossed");

        const cell = this.elementOf(this.cursor);
        if (!cell) {
            this.root.removeAttribute("aria-activedescendant");
            return;
        }
        cell.classList.add("cursor");
        cell.id = row < 0 ? `head-${column}` : column < 0 ? `row-${row}` : `cell-${row}-${column}`;
        if (row >= 0 && column >= 0)
            cell.setAttribute("aria-label", this.host.labelOf(this.rows[row], this.accounts[column]));
        this.root.setAttribute("aria-activedescendant", cell.id);
    }

    moveTo(row, column) {
        const within = (value, most) => Math.min(Math.max(value, -1), most);
        row = within(row, this.rows.length - 1);
        column = within(column, this.accounts.length - 1);
        if (row < 0 && column < 0) return;
        this.cursor = { row, column };
        this.reveal();
        this.draw();
        this.host.onMove();
    }

    /** Scrolls as little as brings the cursor's place out from under the heads and into sight. */
    reveal() {
        const { root, cursor } = this;
        const scrolled = (place, size, from, room) =>
            place < from ? place : place + size > from + room ? place + size - room : from;
        if (cursor.row >= 0)
            root.scrollTop = scrolled(
                cursor.row * ROW_HEIGHT,
                ROW_HEIGHT,
                root.scrollTop,
                root.clientHeight - this.topHeight,
            );
        if (cursor.column >= 0)
            root.scrollLeft = scrolled(
                cursor.column * this.cellWidth,
                this.cellWidth,
                root.scrollLeft,
                root.clientWidth - this.headWidth,
            );
    }

    onKey(event) {
        if (event.altKey || event.metaKey || event.target !== this.root) return;
        const { row, column } = this.cursor;
        const page = Math.max(1, Math.floor((this.root.clientHeight - this.topHeight) / ROW_HEIGHT) - 1);
        const last = { row: this.rows.length - 1, column: this.accounts.length - 1 };
        const far = event.ctrlKey;
        const moves = {
            ArrowUp: [far ? 0 : row - 1, column],
            ArrowDown: [far ? last.row : row + 1, column],
            ArrowLeft: [row, far ? 0 : column - 1],
            ArrowRight: [row, far ? last.column : column + 1],
            PageUp: [Math.max(0, row - page), column],
            PageDown: [row + page, column],
            Home: [far ? 0 : row, 0],
            End: [far ? last.row : row, last.column],
        };
        if (moves[event.key]) this.moveTo(...moves[event.key]);
        else if (event.key === "Enter" || event.key === " ") this.host.onOpen({ takeFocus: true });
        else return;
        event.preventDefault();
    }

    onClick(event) {
        const place = event.target.closest(".cell, .row-head, .head-cell");
        if (!place) return;
        const row = place.classList.contains("head-cell")
            ? -1
            : this.ring.find((line) => line.element === place.parentNode).row;
        const column = place.classList.contains("row-head") ? -1 : place.column;
        this.moveTo(row, column);
        this.host.onOpen({ takeFocus: false });
    }
}

function hide(node, hidden) {
    if (node.hidden !== hidden) node.hidden = hidden;
}
