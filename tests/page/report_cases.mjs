// What the page says, and what leaves it. Each case gets a new tab.

import assert from "node:assert/strict";
import { HOSTILE, visible } from "./sample.mjs";
import { addresses, keep, large } from "./world.mjs";
import { milliseconds, SEEN, TIMED } from "./seen.mjs";

export const reportCases = {
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
        assert.equal(await tab.value("page.at.status.textContent"), "9 of 12 people, 9 of 9 accounts");
        await keep(tab, "only-differences");
        await tab.value(`page.change({ differences: false, view: "differences" })`);
        assert.equal((await lines()).length, 9);
        await keep(tab, "differences");
        const shown = async (filters) => {
            await tab.value(`page.change({ ...NO_FILTERS, view: "differences", ...${JSON.stringify(filters)} })`);
            return (
                await tab.value(`[...document.querySelectorAll("#differences .kind")].map((kind) => kind.textContent)`)
            ).join();
        };
        assert.equal(await shown({ environment: "Prod" }), "extra member,trust without mfa,missing group");
        assert.equal(await shown({ type: "Admin" }), "extra member,extra grant,trust without mfa,unknown role");
        assert.equal(await shown({ name: "emma" }), "extra grant,trust without mfa");
        assert.equal(await shown({ name: "finn" }), "missing role,extra grant,unknown role");
        assert.equal(await shown({ account: "000" }), "unknown role");
        assert.equal(await shown({ account: "777" }), "missing role,extra grant");
        assert.equal(
            await shown({ group: "MyTeamNonProdReadOnly" }),
            "missing role,extra admin,extra grant,unknown role",
        );
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
        assert.deepEqual(names, HOSTILE.map(visible).sort());
        const all = await tab.value(`document.documentElement.outerHTML + location.hash + document.title`);
        assert.doesNotMatch(all, /[\u2028\u2029\p{DI}]/u, "nothing hidden is left, in no attribute either");
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
            "unknown-role|MyTeamNonProdAdmin grants a role of an account that is none of ours||MyTeamNonProdAdmin|000000000000|arn:aws:iam::000000000000:role/Admin",
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
        await keep(tab, "narrow", narrow);
        await keep(tab, "wide", wide);
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
