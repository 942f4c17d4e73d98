import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";

const PROGRAM = "/usr/bin/turnserver";
const SECRET = "a secret that only the two servers know";

/** A real relay (coturn), to which Kontor gives passes. */
export class Relay {
  private constructor(
    /** What Kontor has to be told about it. */
    readonly settings: Record<string, string>,
    private readonly child: ChildProcess,
    private readonly folder: string,
  ) {}

  /** Starts one on an address of this machine. */
  static async start(): Promise<Relay> {
    const addresses = Object.values(networkInterfaces()).flat();
    const own = addresses.find((it) => it?.family === "IPv4" && !it.internal);
    const address = own?.address ?? "127.0.0.1";
    const port = await freePort(address);
    const folder = await mkdtemp(join(tmpdir(), "kontor-relay-"));
    const args = [
      "-n",
      "--log-file=stdout",
      "--no-cli",
      "--no-tls",
      "--no-dtls",
      "--allow-loopback-peers",
      "--use-auth-secret",
      `--static-auth-secret=${SECRET}`,
      "--realm=kontor.test",
      `--listening-ip=${address}`,
      `--relay-ip=${address}`,
      `--listening-port=${port}`,
      `--pidfile=${join(folder, "pid")}`,
      `--userdb=${join(folder, "users")}`,
    ];
    const child = spawn(PROGRAM, args, { stdio: ["ignore", "pipe", "ignore"] });
    await untilReady(child);
    const uri = `turn:${address}:${port}?transport=udp`;
    const settings = { KONTOR_TURN_URIS: uri, KONTOR_TURN_SECRET: SECRET };
    return new Relay(settings, child, folder);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

function freePort(address: string): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, address, () => {
      const bound = probe.address();
      probe.close(() => resolve(typeof bound === "object" && bound ? bound.port : 0));
    });
  });
}

function untilReady({ stdout }: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    let told = "";
    stdout?.on("data", (chunk: Buffer) => {
      told += chunk.toString();
      if (told.includes("Total General servers")) resolve();
    });
  });
}
