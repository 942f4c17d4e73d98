import { language } from "../shell/language";
import { de } from "./de";
import { en } from "./en";

/** The texts of the chat in her language. */
export const t = language === "de" ? de : en;
