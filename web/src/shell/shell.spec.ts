import "fake-indexeddb/auto";

import { expect, test } from "vitest";

import { chooseLanguage } from "./language";
import { description, isArrival, newDeviceId } from "./oauth";
import { forget, keep, recall } from "./vault";

test("the language is chosen, then the browser's, then German", () => {
  expect(chooseLanguage("", [])).toBe("de");
  expect(chooseLanguage("", ["fr-FR", "en-GB", "de"])).toBe("en");
  expect(chooseLanguage("a=b; kontor_language=de", ["en"])).toBe("de");
  expect(chooseLanguage("kontor_language=xx", ["en"])).toBe("en");
});

test("the client describes itself as the server wants it", () => {
  expect(description(new URL("https://chat.firma.example"))).toMatchObject({
    client_uri: "https://chat.firma.example/",
    application_type: "web",
    redirect_uris: ["https://chat.firma.example/"],
  });
  for (const address of ["http://127.0.0.1:8008", "http://localhost:8008", "http://[::1]:8008"]) {
    expect(description(new URL(address))).toMatchObject({
      client_uri: "https://localhost/",
      application_type: "native",
    });
  }
});

test("an address with an answer of the account pages is known", () => {
  expect(isArrival("#code=kc_1&state=x&iss=y")).toBe(true);
  expect(isArrival("#error=access_denied&state=x")).toBe(true);
  expect(isArrival("#/room/!x")).toBe(false);
});

test("device ids are new and plain", () => {
  expect(newDeviceId()).toMatch(/^[A-Z]{10}$/);
  expect(newDeviceId()).not.toBe(newDeviceId());
});

test("the vault gives back what was kept, and keeps it sealed", async () => {
  await keep("session", { accessToken: "kat_geheim" });
  expect(await recall("session")).toEqual({ accessToken: "kat_geheim" });
  const opening = indexedDB.open("kontor");
  const database = await new Promise<IDBDatabase>((resolve) => {
    opening.onsuccess = () => resolve(opening.result);
  });
  const reading = database.transaction("vault").objectStore("vault").get("session");
  const sealed = await new Promise<{ content: ArrayBuffer }>((resolve) => {
    reading.onsuccess = () => resolve(reading.result);
  });
  expect(new TextDecoder().decode(sealed.content)).not.toContain("geheim");
  database.close();
  await forget("session");
  expect(await recall("session")).toBeUndefined();
});
