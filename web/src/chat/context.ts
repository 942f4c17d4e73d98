import { createContext } from "svelte";

import type { Kontor } from "../core/kontor.svelte";

/** The chat, for everything that is shown. */
export const [useKontor, provideKontor] = createContext<Kontor>();
