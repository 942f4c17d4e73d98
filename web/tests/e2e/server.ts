import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/** A real server with the demo organisation. */
export interface Server {
  url: string;
  /** Passwords by name: anna, ben, clara. */
  passwords: Record<string, string>;
  stop(): Promise<void>;
}

const BINARY = process.env.KONTOR_BIN ?? join(import.meta.dirname, "../../../target/debug/kontor");
const PEOPLE = /^ {2}(\w+) +([\w-]+) +@\w+:localhost$/gm;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** How a server is started: what its operator has decided before. */
export interface Start {
  /** Roles that the operator gives: `{ clara: "dsb" }`. */
  readonly offices?: Record<string, string>;
  /** Names of people who are guests. */
  readonly guests?: readonly string[];
  /** Variables of its environment. */
  readonly settings?: Record<string, string>;
}

/** Starts a server on a fresh folder. */
export async function startServer({
  offices = {},
  guests = [],
  settings = {},
}: Start = {}): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "kontor-e2e-"));
  const port = await freePort();
  const args = ["serve", "--demo", "--data", folder, "--listen", `127.0.0.1:${port}`];
  const env = { ...process.env, ...settings };
  const start = (): ChildProcess => spawn(BINARY, args, { stdio: ["ignore", "pipe", "pipe"], env });
  let child = start();
  const output = await untilReady(child);
  const passwords = Object.fromEntries(
    [...output.matchAll(PEOPLE)].map(([, name, password]) => [name, password]),
  ) as Record<string, string>;
  const roles = { ...offices, ...Object.fromEntries(guests.map((name) => [name, "guest"])) };
  if (Object.keys(roles).length > 0) {
    // The operator's word counts while the server is stopped.
    await stop(child);
    const say = (...words: string[]): Promise<{ stdout: string }> =>
      promisify(execFile)(BINARY, [...words, "--data", folder]);
    for (const name of guests) {
      const { stdout } = await say("user", "create", name, "--json");
      passwords[name] = (JSON.parse(stdout) as { password: string }).password;
    }
    for (const [name, role] of Object.entries(roles)) {
      await say("role", "grant", name, role, "--reason", "Test");
    }
    child = start();
    await untilReady(child);
  }
  sayIfItEnds(child);
  return {
    url: `http://localhost:${port}`,
    passwords,
    stop: async () => {
      await stop(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A server that ends although nobody asked it to is no fault of the page that misses it. */
function sayIfItEnds(child: ChildProcess): void {
  let last = "";
  const read = (chunk: Buffer): void => void (last = (last + chunk.toString()).slice(-2_000));
  child.stdout?.on("data", read);
  child.stderr?.on("data", read);
  child.once("exit", (code, signal) => {
    if (!stopped.has(child)) console.error(`the server ended with ${code ?? signal}: ${last}`);
  });
}

const stopped = new WeakSet<ChildProcess>();

async function stop(child: ChildProcess): Promise<void> {
  stopped.add(child);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await ended;
}

function untilReady(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = "";
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (output.includes("INFO ready")) resolve(output);
    };
    child.stdout?.on("data", read);
    child.stderr?.on("data", read);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
    child.once("error", reject);
  });
}
