// Opening, scrolling, filtering, the keys. Each case gets a new tab.

import assert from "node:assert/strict";
import { ACCOUNTS, addresses, keep, large, largeColumns, PEOPLE } from "./world.mjs";
import { assertSeen, milliseconds, SEEN, spread, TIMED } from "./seen.mjs";

export const matrixCases = {
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
        console.log(`a jump to anywhere, drawn: ${spread(taken)}`);
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
        const left = `[...document.querySelectorAll(".row:not([hidden]) .cell:not([hidden]), .head-cell:not([hidden])")]`;
        const columnsLeft = await tab.value(`[...new Set(${left}.map((cell) => cell.getAttribute("aria-colindex")))]`);
        assert.deepEqual(columnsLeft, ["2"], "what was drawn before is gone, for who cannot see as well");
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
        console.log(`a filter, applied and drawn: ${spread(taken)}`);
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
};
