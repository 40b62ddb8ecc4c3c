// A Chromium without a window, told what to do over its debugging pipe: https://chromedevtools.github.io/devtools-protocol/
// Each message is JSON that ends in NUL; 3 and 4 are its ends of the pipe.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const ANSWER_WITHIN_MS = 60_000;

/** The program, as $CHROMIUM or in the PATH; null when there is none. */
export function findChromium() {
    const folders = (process.env.PATH ?? "").split(":");
    const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
    return [process.env.CHROMIUM, ...paths].find((path) => path && existsSync(path)) ?? null;
}

export class Chromium {
    /** args: options of the browser, for the whole of it. */
    static async start(program, args = []) {
        const chromium = new Chromium();
        chromium.profile = mkdtempSync(join(tmpdir(), "bakery-page-"));
        const options = [
            "--headless=new",
            "--remote-debugging-pipe",
            "--no-sandbox", // as root there is none; what runs here is our own page
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--no-first-run",
            "--lang=en",
            `--user-data-dir=${chromium.profile}`,
            ...args,
            "about:blank",
        ];
        chromium.child = spawn(program, options, { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] });
        chromium.listen();
        return chromium;
    }

    listen() {
        let rest = "";
        this.lastId = 0;
        this.waiting = new Map();
        this.sessions = new Map();
        this.ended = new Promise((resolve) => this.child.on("exit", resolve));
        this.child.stdio[4].setEncoding("utf8");
        this.child.stdio[4].on("data", (text) => {
            const messages = (rest + text).split("\0");
            rest = messages.pop();
            for (const message of messages) this.take(JSON.parse(message));
        });
    }

    take({ id, result, error, method, params, sessionId }) {
        if (id === undefined) {
            this.sessions.get(sessionId)?.onEvent(method, params);
            return;
        }
        const { resolve, reject, name, timer } = this.waiting.get(id);
        this.waiting.delete(id);
        clearTimeout(timer);
        if (error) reject(new Error(`${name}: ${error.message}`));
        else resolve(result);
    }

    send(method, params = {}, sessionId = undefined) {
        const id = ++this.lastId;
        return new Promise((resolve, reject) => {
            const timer = setTimeout(() => reject(new Error(`${method}: no answer`)), ANSWER_WITHIN_MS);
            this.waiting.set(id, { resolve, reject, name: method, timer });
            this.child.stdio[3].write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
        });
    }

    async open(size = { width: 1440, height: 900 }) {
        const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
        const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
        const tab = new Tab(this, sessionId, targetId);
        this.sessions.set(sessionId, tab);
        await Promise.all(["Page", "Runtime", "Network", "Log"].map((domain) => tab.send(`${domain}.enable`)));
        await tab.send("Emulation.setDeviceMetricsOverride", { ...size, deviceScaleFactor: 1, mobile: false });
        return tab;
    }

    async stop() {
        await this.send("Browser.close").catch(() => this.child.kill());
        await this.ended;
        rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
    }
}

class Tab {
    constructor(chromium, sessionId, targetId) {
        Object.assign(this, { chromium, sessionId, targetId });
        this.requests = []; // addresses that anything was asked of
        this.complaints = []; // of the console, of the policy, and exceptions
        this.awaited = new Map();
    }

    send(method, params) {
        return this.chromium.send(method, params, this.sessionId);
    }

    onEvent(method, params) {
        if (method === "Network.requestWillBeSent") this.requests.push(params.request.url);
        if (method === "Runtime.exceptionThrown")
            this.complaints.push(params.exceptionDetails.exception?.description ?? "exception");
        if (method === "Log.entryAdded") this.complaints.push(params.entry.text);
        if (method === "Page.javascriptDialogOpening") this.complaints.push(`dialog: ${params.message}`);
        this.awaited.get(method)?.();
        this.awaited.delete(method);
    }

    event(method) {
        return new Promise((resolve) => this.awaited.set(method, resolve));
    }

    async visit(url) {
        const loaded = this.event("Page.loadEventFired");
        await this.send("Page.navigate", { url });
        await loaded;
    }

    /** The value of an expression in the page; a promise is waited for. */
    async value(expression) {
        const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
            expression,
            awaitPromise: true,
            returnByValue: true,
            userGesture: true,
        });
        if (exceptionDetails)
            throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
        return result.value;
    }

    /** Two frames later, what was done is drawn. */
    drawn() {
        return this.value(
            "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true))))",
        );
    }

    /** Presses keys by their names: "ArrowDown", "/", "Control+End". */
    async press(...keys) {
        for (const combined of keys) {
            const [, modifier, key] = /^(?:(Control|Shift)\+)?(.+)$/s.exec(combined);
            const text = key === "Enter" ? "\r" : key.length === 1 ? key : undefined;
            const code = { Enter: 13, Tab: 9, Escape: 27, PageUp: 33, PageDown: 34, End: 35, Home: 36 }[key];
            const arrows = { ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40 }[key];
            const event = {
                key,
                code: key.length === 1 ? undefined : key,
                text: modifier === "Control" ? undefined : text,
                windowsVirtualKeyCode: code ?? arrows,
                modifiers: { Control: 2, Shift: 8 }[modifier] ?? 0,
            };
            await this.send("Input.dispatchKeyEvent", { ...event, type: event.text ? "keyDown" : "rawKeyDown" });
            await this.send("Input.dispatchKeyEvent", { ...event, text: undefined, type: "keyUp" });
        }
        await this.drawn();
    }

    async type(text) {
        for (const character of text) await this.press(character);
    }

    emulate(features) {
        const list = Object.entries(features).map(([name, value]) => ({ name, value }));
        return this.send("Emulation.setEmulatedMedia", { features: list });
    }

    async picture() {
        const { data } = await this.send("Page.captureScreenshot", { format: "png" });
        return Buffer.from(data, "base64");
    }

    async pdf(options = {}) {
        const { data } = await this.send("Page.printToPDF", { printBackground: false, ...options });
        return Buffer.from(data, "base64");
    }

    async close() {
        await this.chromium.send("Target.closeTarget", { targetId: this.targetId });
        this.chromium.sessions.delete(this.sessionId);
    }
}
