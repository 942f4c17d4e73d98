// A real server with the demo organisation, on a fresh folder and a free port.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const BINARY = process.env.KONTOR_BIN ?? join(import.meta.dirname, "../../../target/debug/kontor");
const PEOPLE = /^ {2}(\w+) +([\w-]+) +@\w+:localhost$/gm;

const freePort = () =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

const untilReady = (child) =>
  new Promise((resolve, reject) => {
    let output = "";
    const read = (chunk) => {
      output += chunk;
      if (output.includes("INFO ready")) resolve(output);
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
    child.once("error", reject);
  });

/** Starts it; answers its address, the passwords by name, and how to stop it. */
export async function startServer() {
  const folder = await mkdtemp(join(tmpdir(), "kontor-openid-client-"));
  const port = await freePort();
  const args = ["serve", "--demo", "--data", folder, "--listen", `127.0.0.1:${port}`];
  const child = spawn(BINARY, args, { stdio: ["ignore", "pipe", "pipe"] });
  const output = await untilReady(child);
  const passwords = Object.fromEntries([...output.matchAll(PEOPLE)].map(([, ...pair]) => pair));
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  return { url: `http://localhost:${port}`, passwords, stop };
}
