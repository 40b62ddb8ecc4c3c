// The page of `bakery-cli access --format html`, in a Chromium without a window:
//
//   node run.mjs BAKERY-CLI [--pictures FOLDER]
//
// It prints how long the page takes to open and to filter; no time is asserted. With --pictures it leaves screenshots
// and PDFs of what it looks at. $CHROMIUM names a browser that is not in the PATH; without one all is skipped.

import assert from "node:assert/strict";
import { parseArgs } from "node:util";
import { Chromium, findChromium } from "./chromium.mjs";
import { matrixCases } from "./matrix_cases.mjs";
import { reportCases } from "./report_cases.mjs";
import { removePages, writePages } from "./world.mjs";

const SKIPPED = 77; // what meson takes for it

async function run(chromium) {
    const cases = Object.entries({ ...matrixCases, ...reportCases });
    let failed = 0;
    for (const [name, test] of cases) {
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
    console.log(`${cases.length - failed} passed, ${failed} failed`);
    return failed;
}

async function main() {
    const { values, positionals } = parseArgs({ options: { pictures: { type: "string" } }, allowPositionals: true });
    const program = findChromium();
    let chromium;
    if (!program) {
        console.log("skipped: there is no Chromium in the PATH, nor in $CHROMIUM");
        return SKIPPED;
    }
    try {
        writePages(positionals[0], values.pictures);
        chromium = await Chromium.start(program);
        return (await run(chromium)) > 0 ? 1 : 0;
    } finally {
        await chromium?.stop();
        removePages();
    }
}

process.exitCode = await main();
