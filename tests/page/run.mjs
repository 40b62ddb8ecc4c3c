// The page of `bakery-cli access --format html`, in a Chromium without a window:
//
//   node run.mjs BAKERY-CLI [--pictures FOLDER]
//
// It prints how long the page takes to open and to filter; no time is asserted. With --pictures it leaves screenshots
// and PDFs of what it looks at. $CHROMIUM names a browser that is not in the PATH; without one all is skipped.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Chromium, findChromium } from "./chromium.mjs";
import { configOf, HOSTILE, hostileReport, liveReport, makeOrganization, withReport } from "./sample.mjs";

const SKIPPED = 77; // what meson takes for it
const PEOPLE = 2000;
const ACCOUNTS = 500;
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

const { values, positionals } = parseArgs({ options: { pictures: { type: "string" } }, allowPositionals: true });
const [cli] = positionals;
const folder = mkdtempSync(join(tmpdir(), "bakery-page-"));

function pageOf(name, organization) {
    const config = join(folder, `${name}.yml`);
    writeFileSync(config, configOf(organization));
    return execFileSync(cli, ["--config", config, "access", "--format", "html"], {
        encoding: "utf8",
        maxBuffer: 2 ** 28,
    });
}

function addressOf(name, page) {
    const path = join(folder, `${name}.html`);
    writeFileSync(path, page);
    return pathToFileURL(path).href;
}

async function keep(tab, name) {
    if (!values.pictures) return;
    mkdirSync(values.pictures, { recursive: true });
    await tab.drawn();
    writeFileSync(join(values.pictures, `${name}.png`), await tab.picture());
}

const milliseconds = (numbers) => `${numbers.map((number) => number.toFixed(0)).join(", ")} ms`;

// What the cells that can be seen say, and whether each stands where its numbers say.
const SEEN = `(() => {
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

async function assertSeen(tab, people, columns, types) {
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

// The cases. Each gets a new tab.

const large = makeOrganization({ people: PEOPLE, accounts: ACCOUNTS });
const largeColumns = large.environments.flatMap(({ name, accounts }) => accounts.map(() => name));
const addresses = {};

function writePages() {
    const page = pageOf("large", large);
    addresses.large = addressOf("large", page);
    addresses.live = addressOf("live", withReport(page, liveReport()));
    addresses.hostile = addressOf("hostile", withReport(page, hostileReport()));
    addresses.nobody = addressOf("nobody", pageOf("nobody", { ...makeOrganization({ people: 0, accounts: 10 }) }));
    console.log(`the page of ${PEOPLE} people and ${ACCOUNTS} accounts: ${Math.round(page.length / 1024)} KiB`);
    return page;
}

const TIMED = `(change) => {
    const begin = performance.now();
    change();
    document.body.getBoundingClientRect(); // what was asked for, and its layout
    return performance.now() - begin;
}`;

const cases = {
    "a million cells open, and few of them are elements": async (tab) => {
        const opened = [];
        for (let i = 0; i < 3; i++) {
            await tab.visit(addresses.large);
            await tab.drawn();
            opened.push(await tab.value("performance.now()"));
        }
        console.log(`from the address to the drawn page, three times: ${milliseconds(opened)}`);
        await keep(tab, "large");
        assert.equal(
            await tab.value(`document.getElementById("grid").getAttribute("aria-rowcount")`),
            String(PEOPLE + 2),
        );
        assert.equal(
            await tab.value(`document.getElementById("grid").getAttribute("aria-colcount")`),
            String(ACCOUNTS + 1),
        );
        assert.ok((await tab.value(`document.querySelectorAll("*").length`)) < 4000);
        await assertSeen(tab, large.people, largeColumns, large.types);
    },

    "scrolling shows each cell in its place": async (tab) => {
        await tab.visit(addresses.large);
        const taken = [];
        for (let i = 0; i < 24; i++) {
            const [top, left] = [(i * 7919) % (PEOPLE * 26), (i * 3571) % (ACCOUNTS * 40)];
            taken.push(
                await tab.value(`(${TIMED})(() => { page.at.grid.scrollTo(${left}, ${top}); page.grid.draw(); })`),
            );
            if (i % 4 === 0) await assertSeen(tab, large.people, largeColumns, large.types);
        }
        await tab.value("page.at.grid.scrollTo(1e9, 1e9)");
        await tab.drawn();
        await assertSeen(tab, large.people, largeColumns, large.types);
        assert.ok(
            (await tab.value(SEEN)).some(({ row, column }) => row === PEOPLE - 1 && column === ACCOUNTS - 1),
            "the last cell is there",
        );
        console.log(
            `a jump to anywhere, drawn: the median ${milliseconds([taken.sort((a, b) => a - b)[12]])}, the longest ${milliseconds([taken.at(-1)])}`,
        );
    },

    "filters leave what fits": async (tab) => {
        await tab.visit(addresses.large);
        const taken = [];
        const filter = async (key, value) =>
            taken.push(
                await tab.value(`(${TIMED})(() => { const field = page.field[${JSON.stringify(key)}]; field.value = ${JSON.stringify(value)};
                    field.dispatchEvent(new Event("input", { bubbles: true })); })`),
            );
        for (const name of ["a", "an", "ann", "anna", "anna .b", ""]) await filter("name", name);
        await filter("name", "OTTO an");
        const fits = ({ name }) => name.includes("otto") && name.includes("an");
        const found = large.people.filter(fits);
        assert.ok(found.length > 3);
        await assertSeen(tab, found, largeColumns, large.types);
        await filter("name", "");

        await filter("environment", "Mgmt");
        await filter("type", "Admin");
        const holders = large.people.filter(
            ({ isAdmin, groups }) =>
                isAdmin || groups.some(({ environment, type }) => environment === "Mgmt" && type === "Admin"),
        );
        const columns = largeColumns.filter((name) => name === "Mgmt");
        await assertSeen(tab, holders, columns, ["Admin"]);
        assert.match(
            await tab.value("page.at.status.textContent"),
            new RegExp(
                `^${holders.length} of 2,000 people, ${columns.length} of 500 accounts; 1,\\d{3} more fit, but have no access here$`,
            ),
        );
        await keep(tab, "filtered");

        await filter("account", "shop-2 200");
        assert.match(await tab.value("page.at.status.textContent"), /, 1 of 500 accounts;/);
        await filter("account", "no such");
        assert.equal(await tab.value("page.at.empty.textContent"), "No account fits these filters.");
        await tab.value("page.at.filters.reset()");
        await tab.drawn();
        assert.match(await tab.value("page.at.status.textContent"), /^2,000 of 2,000 people, 500 of 500 accounts$/);
        await filter("group", "MyTeamProdDeploy");
        const members = large.people.filter(({ groups }) =>
            groups.some(({ environment, type }) => environment === "Prod" && type === "Deploy"),
        );
        await assertSeen(
            tab,
            members,
            largeColumns.filter((name) => name === "Prod"),
            ["Deploy"],
        );
        console.log(
            `a filter, applied and drawn: the median ${milliseconds([taken.sort((a, b) => a - b)[taken.length >> 1]])}, the longest ${milliseconds([taken.at(-1)])}`,
        );
    },

    "the keys walk the matrix": async (tab) => {
        await tab.visit(addresses.live);
        const cursor = () =>
            tab.value(`document.getElementById(page.at.grid.getAttribute("aria-activedescendant"))?.getAttribute("aria-label")
            ?? document.querySelector(".cursor").textContent`);
        const focused = () => tab.value("document.activeElement.id || document.activeElement.name");
        await tab.press("/");
        assert.equal(await focused(), "name");
        await tab.type("a/b");
        assert.equal(await tab.value("page.field.name.value"), "a/b", "a slash is text in a field");
        await tab.press("Escape");
        assert.equal(await tab.value("page.filters.name"), "", "Escape empties the field");
        assert.equal(await focused(), "name");
        await tab.press("Escape");
        assert.equal(await focused(), "grid");

        assert.equal(await cursor(), "anna.berg, Dev, NonProd: Admin");
        await tab.press("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight");
        assert.equal(await cursor(), "carla.hansen, Sandbox, NonProd: ReadOnly, config.yml and IAM differ");
        await tab.press("ArrowUp", "ArrowLeft");
        assert.equal(await cursor(), "bert.fischer, Stg, NonProd: PowerUser");
        await tab.press("End");
        assert.equal(await cursor(), "bert.fischer, Backup, Mgmt: no access");
        await tab.press("ArrowRight", "Control+End");
        assert.equal(await cursor(), "lars.vogel, Backup, Mgmt: no access");
        await tab.press("ArrowDown", "Control+Home");
        assert.equal(await cursor(), "anna.berg, Dev, NonProd: Admin");
        await tab.press("PageDown");
        assert.match(await cursor(), /^lars.vogel, Dev/);
        await tab.press("Control+ArrowUp", "Control+ArrowRight", "Home");
        assert.equal(await cursor(), "anna.berg, Dev, NonProd: Admin");
        await tab.press("ArrowLeft");
        assert.equal(await cursor(), "anna.berg");
        await tab.press("ArrowLeft", "ArrowRight", "ArrowUp");
        assert.equal(await cursor(), "Dev");
        await tab.press("ArrowDown");

        await tab.press("Enter");
        assert.equal(await focused(), "detail-title");
        assert.match(
            await tab.value("page.at.detail.innerText"),
            /Admin through MyTeamNonProdAdmin\s+arn:aws:iam::222222222222:role\/bakery\/Dev-NonProd-Admin/,
        );
        await keep(tab, "detail");
        await tab.press("Escape");
        assert.equal(await focused(), "grid");
        assert.ok(await tab.value("page.at.detail.hidden"));
        await tab.press("ArrowLeft", "Enter");
        assert.match(await tab.value("page.at.detail.innerText"), /MyTeamProdReadOnly\s+Prod\s+ReadOnly/);
        await tab.press("Escape", "ArrowRight", "ArrowUp", "Enter");
        assert.match(
            await tab.value("page.at.detail.innerText"),
            /Admin: 1 person\s[\s\S]*Bakery admins, who can take every role: 2\s+david.keller/,
        );
    },

    "the cursor stays in sight": async (tab) => {
        await tab.visit(addresses.large);
        await tab.value("page.at.grid.focus()");
        const isSeen = `(() => {
            const cursor = document.querySelector(".grid .cursor").getBoundingClientRect();
            const grid = page.at.grid.getBoundingClientRect();
            return cursor.top >= grid.top + page.grid.topHeight - 1 && cursor.left >= grid.left + page.grid.headWidth - 1
                && cursor.bottom <= grid.top + page.at.grid.clientHeight + 2 && cursor.right <= grid.left + page.at.grid.clientWidth + 2;
        })()`;
        for (const keys of [
            ["Control+End"],
            ["PageUp", "PageUp"],
            ["Home"],
            ["Control+Home"],
            Array(30).fill("ArrowDown"),
            Array(25).fill("ArrowRight"),
        ]) {
            await tab.press(...keys);
            assert.ok(await tab.value(isSeen), keys[0]);
        }
        await tab.value("page.at.grid.scrollTo(0, 20000)");
        await tab.drawn();
        assert.equal(
            await tab.value(`page.at.grid.getAttribute("aria-activedescendant")`),
            null,
            "what is not there is not named",
        );
        await tab.press("ArrowDown");
        assert.ok(await tab.value(isSeen));
        assert.equal(await tab.value(`page.at.grid.getAttribute("aria-activedescendant")`), "cell-31-25");
    },

    "Tab comes by everything": async (tab) => {
        await tab.visit(addresses.live);
        await tab.value("page.at.grid.focus()");
        await tab.press("Enter");
        await tab.value(
            "document.activeElement.blur(); window.getSelection().removeAllRanges(); document.body.focus()",
        );
        const names = new Set();
        for (let i = 0; i < 40; i++) {
            await tab.press("Tab");
            names.add(
                await tab.value(
                    "document.activeElement.name || document.activeElement.id || document.activeElement.textContent",
                ),
            );
            const ring =
                await tab.value(`document.activeElement === document.body || document.activeElement.id === "grid"
                || getComputedStyle(document.activeElement).outlineStyle !== "none"`);
            assert.ok(ring, "what has the focus has a ring");
        }
        for (const name of [
            "rows",
            "name",
            "account",
            "environment",
            "type",
            "group",
            "differences",
            "everyone",
            "Clear",
            "copy",
            "print",
            "tab-matrix",
            "grid",
            "Close",
        ])
            assert.ok(names.has(name), `${name} is not reached: ${[...names]}`);
        await tab.value(`page.at["tab-matrix"].focus()`);
        await tab.press("ArrowRight");
        assert.equal(await tab.value("document.activeElement.id"), "tab-differences");
        assert.ok(await tab.value("!page.at.differences.hidden && page.at.matrix.hidden"));
    },

    "cells say what groups, conditions, denies and own policies give": async (tab) => {
        await tab.visit(addresses.live);
        await keep(tab, "live");
        const seen = await tab.value(SEEN);
        const rows = new Map();
        for (const { name, column, text, isMarked } of seen) {
            if (!rows.has(name)) rows.set(name, []);
            rows.get(name)[column] = text + (isMarked ? "≠" : "");
        }
        const all = ["all", "all", "all≠", "all", "all≠", "all", "all", "all", "all"];
        assert.deepEqual(Object.fromEntries(rows), {
            "anna.berg": ["A", "A", "A", "RO", "RO", "RO", "", "", ""],
            "bert.fischer": ["PU", "PU", "PU", "", "", "", "", "", ""],
            "carla.hansen": ["RO", "RO", "RO≠", "RO", "RO", "RO", "RO", "≠", "≠"],
            "david.keller": all,
            "emma.lang": ["", "", "", "A RO", "A RO≠", "A RO", "A≠", "", ""],
            "finn.meyer": ["PU? RO?≠", "PU? RO≠", "RO≠", "", "", "", "", "", ""],
            "greta.nowak": ["RO", "RO", "RO≠", "", "", "", "RO", "≠", "≠"],
            "ida.pohl": ["", "", "", "A≠", "A≠", "A≠", "", "", ""],
            "klara.sommer": all,
            "lars.vogel": ["RO", "RO", "RO≠", "", "", "", "", "", ""],
        });
        await tab.value(`page.change({ everyone: true, name: "hugo" })`);
        assert.deepEqual(
            (await tab.value(SEEN)).map(({ name, text }) => name + text),
            Array(9).fill("hugo.otto"),
        );
        await tab.value(`page.change({ name: "", everyone: false, rows: "groups" })`);
        assert.match(await tab.value("page.at.status.textContent"), /^9 of 11 groups/);
        assert.equal(
            (await tab.value(SEEN)).find(({ name, column }) => name === "Contractors" && column === 0).text,
            "PU?",
        );
    },

    "differences are listed, filtered and found": async (tab) => {
        await tab.visit(addresses.live);
        const lines = () =>
            tab.value(
                `[...document.querySelectorAll("#differences tbody tr")].map((line) => line.children[1].textContent)`,
            );
        await tab.value(`page.change({ differences: true })`);
        assert.equal(await tab.value("page.at.status.textContent"), "8 of 12 people, 9 of 9 accounts");
        await keep(tab, "only-differences");
        await tab.value(`page.change({ differences: false, view: "differences" })`);
        assert.equal((await lines()).length, 8);
        await keep(tab, "differences");
        const shown = async (filters) => {
            await tab.value(`page.change({ ...NO_FILTERS, view: "differences", ...${JSON.stringify(filters)} })`);
            return (
                await tab.value(`[...document.querySelectorAll("#differences .kind")].map((kind) => kind.textContent)`)
            ).join();
        };
        assert.equal(await shown({ environment: "Prod" }), "extra member,trust without mfa,missing group");
        assert.equal(await shown({ type: "Admin" }), "extra member,extra grant,trust without mfa");
        assert.equal(await shown({ name: "emma" }), "extra grant,trust without mfa");
        assert.equal(await shown({ name: "finn" }), "missing role,extra grant");
        assert.equal(await shown({ account: "777" }), "missing role,extra grant");
        assert.equal(await shown({ group: "MyTeamNonProdReadOnly" }), "missing role,extra admin,extra grant");
        assert.equal(await shown({ name: "nobody" }), "");

        await shown({});
        await tab.value(`document.querySelectorAll("#differences button")[1].click()`);
        await tab.drawn();
        assert.equal(
            await tab.value(`document.querySelector(".grid .cursor").getAttribute("aria-label")`),
            "emma.lang, Logs, Mgmt: Admin, config.yml and IAM differ",
        );
        assert.match(
            await tab.value("page.at.detail.innerText"),
            /by a policy of the person’s own[\s\S]*a policy of the user emma.lang grants Admin/,
        );
    },

    "the address keeps the filters": async (tab) => {
        await tab.visit(addresses.live);
        await tab.value(
            `page.field.name.value = "an & b=c#d"; page.field.everyone.checked = true; page.field.type.value = "Admin"; page.readForm()`,
        );
        await tab.value("new Promise((resolve) => setTimeout(resolve, 400))");
        const address = await tab.value("location.href");
        await tab.visit("about:blank");
        await tab.visit(address);
        assert.deepEqual(
            await tab.value(
                "[page.filters.name, page.filters.type, page.filters.everyone, page.field.name.value, page.field.everyone.checked]",
            ),
            ["an & b=c#d", "Admin", true, "an & b=c#d", true],
        );
        await tab.value(`location.hash = "#environment=Prod"; new Promise((resolve) => setTimeout(resolve, 100))`);
        assert.deepEqual(await tab.value("[page.filters.name, page.field.name.value, page.field.environment.value]"), [
            "",
            "",
            "Prod",
        ]);
    },

    "hostile text is text": async (tab) => {
        await tab.visit(addresses.hostile);
        await keep(tab, "hostile");
        for (const view of ["matrix", "differences"]) {
            await tab.value(`page.change({ view: "${view}", everyone: true })`);
            await tab.drawn();
        }
        await tab.value(`page.change({ view: "matrix" }); page.at.grid.focus()`);
        for (let row = 0; row < 12; row++) await tab.press("Enter", "Escape", "ArrowDown");
        await tab.press("ArrowLeft", "Enter", "Escape", "Control+Home", "ArrowUp", "Enter");
        await tab.value("page.drawPaper()");
        assert.equal(await tab.value("globalThis.hostile"), undefined);
        const strange = await tab.value(
            `document.querySelectorAll("img, svg, iframe, object, [onerror], [onload]").length + document.scripts.length`,
        );
        assert.equal(strange, 1, "the page's own script, and no other");
        const names = await tab.value(
            `[...new Set([...document.querySelectorAll(".row-head")].map((head) => head.textContent))].filter(Boolean).sort()`,
        );
        assert.deepEqual(names, [...HOSTILE].sort());
        const css = await tab.value(`page.drawPaper(); csvOf(matrixLines(page.selection, "Person"))`);
        assert.match(css, /^'=1\+2,/m, "a spreadsheet does not compute a name");
        assert.deepEqual(tab.complaints, []);
    },

    "nothing is fetched, and nothing else runs": async (tab) => {
        for (const name of ["large", "live", "hostile"]) await tab.visit(addresses[name]);
        assert.deepEqual(tab.complaints, []);
        const tried = await tab.value(`(async () => {
            const refused = [];
            document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "globalThis.ran = 1";
            const image = new Image();
            image.src = "http://127.0.0.1:9/";
            const form = document.createElement("form");
            document.body.append(script, image);
            document.body.insertAdjacentHTML("beforeend", '<p id="styled" style="color: red" onclick="globalThis.ran = 1">');
            document.getElementById("styled").click();
            await fetch("http://127.0.0.1:9/").catch(() => {});
            await new Promise((resolve) => setTimeout(resolve, 100));
            return { ran: globalThis.ran ?? 0, refused: [...new Set(refused)].sort() };
        })()`);
        assert.deepEqual(tried, {
            ran: 0,
            refused: ["connect-src", "img-src", "script-src-attr", "script-src-elem", "style-src-attr"],
        });
        const strange = tab.requests.filter(
            (address) => !Object.values(addresses).includes(address) && !address.startsWith("http://127.0.0.1:9/"),
        );
        assert.deepEqual(strange, []);
    },

    "what is shown is copied as CSV": async (tab) => {
        await tab.chromium.send("Browser.grantPermissions", {
            permissions: ["clipboardReadWrite", "clipboardSanitizedWrite"],
        });
        await tab.visit(`${addresses.live}#environment=Mgmt&name=a`);
        await tab.value(`page.at.copy.click(); new Promise((resolve) => setTimeout(resolve, 100))`);
        assert.equal(await tab.value("page.at.status.textContent"), "Copied 5 lines as CSV.");
        assert.equal(
            await tab.value("navigator.clipboard.readText()"),
            [
                "Person,Mgmt Logs 666666666666,Mgmt Audit 999999999999,Mgmt Backup 121212121212",
                "carla.hansen,ReadOnly,(differs),(differs)",
                "david.keller,Bakery admin,Bakery admin,Bakery admin",
                "emma.lang,Admin (differs),,",
                "greta.nowak,ReadOnly,(differs),(differs)",
                "klara.sommer,Bakery admin,Bakery admin,Bakery admin",
                "",
            ].join("\r\n"),
        );
        assert.equal(await tab.value(`csvOf([["a,b", 'c"d', "e\\nf", "@g", "h"]])`), `"a,b","c""d","e\nf",'@g,h\r\n`);
        await tab.visit(addresses.large);
        console.log(
            `a million cells as CSV: ${milliseconds([await tab.value(`(${TIMED})(() => csvOf(matrixLines(page.selection, "Person")))`)])}`,
        );
    },

    "paper gets a plain table": async (tab) => {
        await tab.visit(`${addresses.live}#group=MyTeamNonProdReadOnly`);
        const narrow = await tab.pdf({ landscape: true });
        assert.equal(narrow.subarray(0, 5).toString(), "%PDF-");
        assert.ok(await tab.value("page.at.paper.childElementCount === 0"), "what was made for paper is gone again");
        await tab.value(`window.dispatchEvent(new Event("beforeprint"))`);
        const table = `[...document.querySelectorAll("#paper tr")].map((row) => [...row.children].map((cell) => cell.textContent).join("|"))`;
        assert.deepEqual(await tab.value(table), [
            "Person|NonProd Dev|NonProd Stg|NonProd Sandbox",
            "carla.hansen|ReadOnly|ReadOnly|ReadOnly ≠",
            "finn.meyer|ReadOnly (conditional) ≠|ReadOnly ≠|ReadOnly ≠",
            "greta.nowak|ReadOnly|ReadOnly|ReadOnly ≠",
            "klara.sommer|Bakery admin|Bakery admin|Bakery admin ≠",
            "lars.vogel|ReadOnly|ReadOnly|ReadOnly ≠",
            "Kind|Difference|Person|Group|Account|Role",
            "missing-role|Sandbox (777777777777) has no Sandbox-NonProd-ReadOnly|||777777777777|arn:aws:iam::777777777777:role/bakery/Sandbox-NonProd-ReadOnly",
            "extra-admin|a policy of the user klara.sommer makes an admin of the Bakery account|klara.sommer|||",
            "extra-grant|Contractors grants PowerUser in Dev (222222222222), Stg (333333333333), under a condition that cannot be judged from here||Contractors||",
        ]);
        assert.equal(
            await tab.value(`document.querySelector("#paper p").textContent`),
            "Shown: group “MyTeamNonProdReadOnly”.",
        );
        await tab.send("Emulation.setEmulatedMedia", { media: "print" });
        assert.deepEqual(await tab.value(`["filters", "grid", "paper"].map((id) => page.at[id].checkVisibility())`), [
            false,
            false,
            true,
        ]);
        await tab.send("Emulation.setEmulatedMedia", { media: "" });

        await tab.visit(`${addresses.large}#name=anna`);
        const wide = await tab.pdf();
        await tab.value("page.drawPaper()");
        const [head, first] = await tab.value(table);
        assert.deepEqual([head, first], ["Person|Roles", "anna.berg|" + rolesOf(large.people[0])]);
        if (values.pictures) {
            writeFileSync(join(values.pictures, "narrow.pdf"), narrow);
            writeFileSync(join(values.pictures, "wide.pdf"), wide);
        }
    },

    "light and dark can be read": async (tab) => {
        const contrasts = `(() => {
            const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
            const luminance = (colour) => channels(colour).slice(0, 3).map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
                .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
            const background = (node) => {
                const colour = getComputedStyle(node).backgroundColor;
                return channels(colour)[3] === 0 ? background(node.parentNode) : colour;
            };
            const kinds = ["h1", "#origin", "#status", "label", "button", "input", ".cell.held", ".cell.admin", ".cell.marked", ".row-head", ".head-cell", ".sign", ".keys", ".tabs button:last-child"];
            return kinds.map((kind) => {
                const node = document.querySelector(kind);
                const [a, b] = [getComputedStyle(node).color, background(node)].map(luminance);
                return [kind, (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)];
            });
        })()`;
        const backgrounds = [];
        for (const scheme of ["light", "dark"]) {
            await tab.emulate({ "prefers-color-scheme": scheme });
            await tab.visit(addresses.live);
            for (const [kind, contrast] of await tab.value(contrasts))
                assert.ok(contrast >= 4.5, `${kind}, ${scheme}: ${contrast.toFixed(1)}`);
            backgrounds.push(await tab.value("getComputedStyle(document.body).backgroundColor"));
            await tab.value("page.at.grid.focus()");
            await tab.press("ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight", "Enter");
            await keep(tab, scheme);
        }
        assert.notEqual(backgrounds[0], backgrounds[1]);
    },

    "without people the groups are the rows": async (tab) => {
        await tab.visit(addresses.nobody);
        assert.match(
            await tab.value("page.at.status.textContent"),
            /^41 of 42 groups, 10 of 10 accounts; 1 more fit, but have no access here$/,
        );
        assert.equal((await tab.value(SEEN))[0].name, "MyTeamProdAdmin");
        await tab.value(`page.change({ rows: "people" })`);
        assert.match(await tab.value("page.at.empty.textContent"), /^This report names no people/);
        await tab.value(`page.change({ view: "differences" })`);
        assert.match(await tab.value("page.at.differences.textContent"), /made from config.yml alone/);
    },
};

function rolesOf({ groups }) {
    const parts = large.environments.flatMap(({ name, accounts }) => {
        const types = large.types.filter((type) =>
            groups.some((group) => group.environment === name && group.type === type),
        );
        return types.length > 0 ? [`${name}: ${types.join(", ")} in all ${accounts.length} accounts`] : [];
    });
    return parts.join("; ");
}

async function run(chromium) {
    let failed = 0;
    for (const [name, test] of Object.entries(cases)) {
        const tab = await chromium.open();
        try {
            await test(tab);
            assert.deepEqual(
                tab.complaints.filter((text) => !text.includes("Content Security Policy")),
                [],
            );
        } catch (error) {
            failed++;
            console.log(`FAILED: ${name}\n${error.stack}`);
        }
        await tab.close();
    }
    console.log(`${Object.keys(cases).length - failed} passed, ${failed} failed`);
    return failed;
}

const program = findChromium();
if (!program) {
    console.log("skipped: there is no Chromium in the PATH, nor in $CHROMIUM");
    process.exit(SKIPPED);
}
let chromium;
try {
    writePages();
    chromium = await Chromium.start(program);
    process.exitCode = (await run(chromium)) > 0 ? 1 : 0;
} finally {
    await chromium?.stop();
    rmSync(folder, { recursive: true, force: true });
}
