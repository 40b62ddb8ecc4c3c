// What the cases share: the pages in a folder of their own, and pictures for whoever wants to look.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { configOf, hostileReport, liveReport, makeOrganization, withReport } from "./sample.mjs";

export const PEOPLE = 2000;
export const ACCOUNTS = 500;
export const large = makeOrganization({ people: PEOPLE, accounts: ACCOUNTS });
export const largeColumns = large.environments.flatMap(({ name, accounts }) => accounts.map(() => name));

/** Of the pages large, live (a report of IAM), hostile, and nobody (without people). */
export const addresses = {};

let folder = null;
let pictures = null;

export function writePages(cli, picturesFolder) {
    folder = mkdtempSync(join(tmpdir(), "bakery-page-"));
    const page = pageOf(cli, "large", large);
    addresses.large = addressOf("large", page);
    addresses.live = addressOf("live", withReport(page, liveReport()));
    addresses.hostile = addressOf("hostile", withReport(page, hostileReport()));
    addresses.nobody = addressOf("nobody", pageOf(cli, "nobody", makeOrganization({ people: 0, accounts: 10 })));
    pictures = picturesFolder ?? null;
    console.log(`the page of ${PEOPLE} people and ${ACCOUNTS} accounts: ${Math.round(page.length / 1024)} KiB`);
}

function pageOf(cli, name, organization) {
    const config = join(folder, `${name}.yml`);
    writeFileSync(config, configOf(organization));
    const args = ["--config", config, "access", "--format", "html"];
    return execFileSync(cli, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
}

function addressOf(name, page) {
    const path = join(folder, `${name}.html`);
    writeFileSync(path, page);
    return pathToFileURL(path).href;
}

export function removePages() {
    rmSync(folder, { recursive: true, force: true });
}

/** Leaves a picture, or a PDF, of what a case looks at, when a folder for them was named. */
export async function keep(tab, name, pdf = null) {
    if (!pictures) return;
    mkdirSync(pictures, { recursive: true });
    await tab.drawn();
    writeFileSync(join(pictures, `${name}.${pdf ? "pdf" : "png"}`), pdf ?? (await tab.picture()));
}
